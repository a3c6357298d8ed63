// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The kernel's pool of numbers. It hands out the lowest that is free: what is reserved is taken from it and not used.
 */
#include <linux/delay.h>
#include <linux/sched.h>

#include "src/conform/linux/module/mock.h"

/* It takes seconds to take a million numbers. Those from here on stay taken, in worlds that reserve none of them too:
 * what such a world asks for comes from below. */
#define KEPT 4096

static DECLARE_BITMAP(taken, MOCK_PASIDS);

const unsigned long *mock_pool_kept(void)
{
	return taken;
}

/* Both included. */
static void give_back(u32 from, u32 to)
{
	unsigned long pasid;

	for (pasid = find_next_bit(taken, to + 1, from); pasid <= to; pasid = find_next_bit(taken, to + 1, pasid)) {
		iommu_free_global_pasid(pasid);
		clear_bit(pasid, taken);
	}
}

/* All up to `top`. False: somebody else has one. */
static bool take(struct mock_dev *d, u32 top)
{
	unsigned long next;

	for (next = find_next_zero_bit(taken, top + 1, 1); next <= top;
	     next = find_next_zero_bit(taken, top + 1, next)) {
		ioasid_t pasid = iommu_alloc_global_pasid(&d->pdev->dev);

		if (pasid != next) {
			if (pasid != IOMMU_PASID_INVALID)
				iommu_free_global_pasid(pasid);
			return false;
		}
		set_bit(pasid, taken);
		cond_resched();
	}
	return true;
}

/* The end of the world's range that the number is in; 0: it is in none. */
static u32 range_end(const struct mock_world *world, u32 pasid)
{
	u32 i;

	for (i = 0; i < world->ranges; i++)
		if (world->reserved[i][0] <= pasid && pasid <= world->reserved[i][1])
			return world->reserved[i][1];
	return 0;
}

/* Those that stay in the world before and this one are not touched: a world differs from the next in a few. The numbers
 * of processes that have ended come back a little later: mm structs are freed after a grace period. */
int mock_reserve(const struct mock_world *world)
{
	struct mock_dev *widest = NULL;
	u32 i, end, top, tries;

	for (i = 1; i <= mock_dev_count(); i++)
		if (!widest || mock_dev(i)->is.max_pasids > widest->is.max_pasids)
			widest = mock_dev(i);
	if (!widest || widest->is.max_pasids < 2)
		return 0;
	top = min(widest->is.max_pasids - 1, 16U);
	for (i = 0; i < world->ranges; i++)
		if (world->reserved[i][0] < widest->is.max_pasids)
			top = max(top, min(world->reserved[i][1], widest->is.max_pasids - 1));
	for (tries = 0; !take(widest, top); tries++) {
		if (tries == 1000)
			return -EXFULL;
		usleep_range(500, 1000);
	}
	for (i = 1; i < KEPT; i = end + 1) {
		end = range_end(world, i);
		if (!end)
			give_back(end = i, i);
	}
	return 0;
}
