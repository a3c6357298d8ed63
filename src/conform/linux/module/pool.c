// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The kernel's pool of numbers. */
#include <linux/delay.h>

#include "src/conform/linux/module/mock.h"

#define POOL (1U << 20)
#define RESERVED_MOST 4096

static DECLARE_BITMAP(reserved, POOL);

static bool wanted(const struct mock_world *world, u32 pasid)
{
	u32 i;

	for (i = 0; i < world->ranges; i++)
		if (world->reserved[i][0] <= pasid && pasid <= world->reserved[i][1])
			return true;
	return false;
}

/* The numbers of processes that have ended come back a little later: mm structs are freed after a grace period. */
int mock_reserve(const struct mock_world *world)
{
	struct mock_dev *widest = NULL;
	u32 i, top = 0, tries;
	ioasid_t pasid = 0;

	for (i = 1; i <= mock_dev_count(); i++)
		if (!widest || mock_dev(i)->is.max_pasids > widest->is.max_pasids)
			widest = mock_dev(i);
	if (!widest || widest->is.max_pasids < 2)
		return 0;
	top = min(widest->is.max_pasids - 1, 16U);
	for (i = 0; i < world->ranges; i++)
		if (world->reserved[i][0] < widest->is.max_pasids)
			top = max(top, min(world->reserved[i][1], widest->is.max_pasids - 1));
	if (top > RESERVED_MOST)
		return -E2BIG;
	for (tries = 0; tries < 1000; tries++) {
		bool empty = true;

		for (i = 1; i <= top && empty; i++) {
			pasid = iommu_alloc_global_pasid(&widest->pdev->dev);
			empty = pasid == i;
			if (pasid != IOMMU_PASID_INVALID)
				set_bit(pasid, reserved);
		}
		for_each_set_bit (i, reserved, POOL) {
			if (empty && wanted(world, i))
				continue;
			clear_bit(i, reserved);
			iommu_free_global_pasid(i);
		}
		if (empty)
			return 0;
		usleep_range(500, 1000);
	}
	return -EBUSY;
}

void mock_pool_release(void)
{
	unsigned long pasid;

	for_each_set_bit (pasid, reserved, POOL)
		iommu_free_global_pasid(pasid);
	bitmap_zero(reserved, POOL);
}
