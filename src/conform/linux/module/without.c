// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Linux 6.1, whose core attaches nothing: its book of numbers (ioasid_find()), and what there is not. */
#include <linux/err.h>
#include <linux/ioasid.h>

#include "src/conform/linux/module/mock.h"

/* To look at a million takes too long. The pool gives the lowest that it has: of what this module leaves to it, it does
 * not come further than this. */
#define LOOKED_AT 4096

bool mock_taken_can_be_read(void)
{
	return true;
}

static bool is_taken(ioasid_t pasid)
{
	return !IS_ERR(ioasid_find(NULL, pasid, NULL));
}

int mock_taken_read(struct mock_taken *out)
{
	const unsigned long *kept = mock_pool_kept();
	unsigned long pasid;
	u32 n;

	for (n = 0, pasid = find_next_bit(kept, MOCK_PASIDS, 1); n < LOOKED_AT && pasid < MOCK_PASIDS;
	     n++, pasid = find_next_bit(kept, MOCK_PASIDS, pasid + 1))
		if (!is_taken(pasid))
			return -EUCLEAN;
	out->numbers = 0;
	for (n = 0, pasid = find_next_zero_bit(kept, MOCK_PASIDS, 1); n < LOOKED_AT && pasid < MOCK_PASIDS;
	     n++, pasid = find_next_zero_bit(kept, MOCK_PASIDS, pasid + 1)) {
		if (!is_taken(pasid))
			continue;
		if (out->numbers == MOCK_ENTRIES)
			return -EOVERFLOW;
		out->number[out->numbers++] = pasid;
	}
	return 0;
}

int mock_events_read(struct mock_events *out)
{
	return -EOPNOTSUPP; /* nothing comes to a device */
}
