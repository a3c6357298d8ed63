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

bool mock_is_book(const void *ida)
{
	return book && ida == book;
}

/* Notes what is out of a chunk of the book: a bitmap as an IDA keeps it, or a value while it has low numbers only. Those
 * that this module keeps from it are its own affair; -EUCLEAN: one of them is in the book no more. */
static int read_chunk(struct mock_taken *out, unsigned long chunk, void *entry)
{
	const unsigned long *mine = mock_pool_kept() + chunk * IDA_BITMAP_LONGS;
	unsigned long low[IDA_BITMAP_LONGS] = {};
	const unsigned long *bits = entry && !xa_is_value(entry) ? ((struct ida_bitmap *)entry)->bitmap : low;
	unsigned long bit;

	if (xa_is_value(entry))
		low[0] = xa_to_value(entry);
	if (!memcmp(bits, mine, IDA_CHUNK_SIZE))
		return 0;
	if (!bitmap_subset(mine, bits, IDA_BITMAP_BITS))
		return -EUCLEAN;
	for_each_andnot_bit (bit, bits, mine, IDA_BITMAP_BITS) {
		if (out->numbers == MOCK_ENTRIES)
			return -EOVERFLOW;
		out->number[out->numbers++] = chunk * IDA_BITMAP_BITS + bit;
	}
	return 0;
}

int mock_taken_read(struct mock_taken *out)
{
	unsigned long chunk, flags;
	int err = 0;

	out->numbers = 0;
	if (!book)
		return -ENOTTY;
	xa_lock_irqsave(&book->xa, flags);
	for (chunk = 0; chunk * IDA_BITMAP_BITS < MOCK_PASIDS && !err; chunk++)
		err = read_chunk(out, chunk, xa_load(&book->xa, chunk));
	xa_unlock_irqrestore(&book->xa, flags);
	return err;
}
