// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Which numbers are out, by the core's own book. It has no function that tells: the book is read where it lies. */
#include <linux/idr.h>
#include <linux/kprobes.h>
#include <linux/string.h>

#include "src/conform/linux/module/mock.h"

static struct ida *book; /* NULL: it was not found */

/* Modules may not ask where a symbol is, but a probe is told where the function is that knows. */
static void *address_of(const char *name)
{
	static const u8 endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long (*lookup)(const char *name);
	u8 *at;

	if (register_kprobe(&probe))
		return NULL;
	at = (u8 *)probe.addr;
	unregister_kprobe(&probe);
	/* A probe stands behind the mark that says where one may jump to. */
	if (!memcmp(at - sizeof(endbr), endbr, sizeof(endbr)))
		at -= sizeof(endbr);
	lookup = (void *)at;
	return (void *)lookup(name);
}

void mock_taken_start(void)
{
	book = address_of("iommu_global_pasid_ida");
}

bool mock_taken_can_be_read(void)
{
	return book;
}

/* One chunk of the book, as an IDA keeps it: a bitmap, or a value while it has low numbers only. */
static void read_chunk(unsigned long *bits, unsigned long chunk)
{
	void *entry = xa_load(&book->xa, chunk);

	memset(bits, 0, IDA_CHUNK_SIZE);
	if (xa_is_value(entry))
		bits[0] = xa_to_value(entry);
	else if (entry)
		memcpy(bits, ((struct ida_bitmap *)entry)->bitmap, IDA_CHUNK_SIZE);
}

/* Those that this module keeps from it are its own affair; -EUCLEAN: one of them is in the book no more. */
int mock_taken_read(struct mock_taken *out)
{
	const unsigned long *kept = mock_pool_kept();
	unsigned long bits[IDA_BITMAP_LONGS], chunk, bit, flags;
	int i, err = 0;

	out->numbers = 0;
	if (!book)
		return -ENOTTY;
	xa_lock_irqsave(&book->xa, flags);
	for (chunk = 0; chunk * IDA_BITMAP_BITS < MOCK_PASIDS; chunk++) {
		read_chunk(bits, chunk);
		for (i = 0; i < IDA_BITMAP_LONGS; i++) {
			const unsigned long mine = kept[chunk * IDA_BITMAP_LONGS + i];

			if (mine & ~bits[i])
				err = -EUCLEAN;
			bits[i] &= ~mine;
		}
		for_each_set_bit (bit, bits, IDA_BITMAP_BITS) {
			if (out->numbers == MOCK_ENTRIES)
				err = -EOVERFLOW;
			else
				out->number[out->numbers++] = chunk * IDA_BITMAP_BITS + bit;
		}
	}
	xa_unlock_irqrestore(&book->xa, flags);
	return err;
}
