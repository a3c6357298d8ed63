// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Of the allocations of 6.12 and 7.3. The probes stay: to switch one on or off takes a grace period of all tasks. Where
 * a function is inlined or may not be probed, what it allocates cannot be made to fail. */
#include <linux/idr.h>
#include <linux/slab.h>

#include "src/conform/linux/module/mock.h"
#include "src/conform/linux/module/probes.h"

static int before_kmalloc(struct kprobe *probe, struct pt_regs *regs)
{
	const size_t size = regs->dx;

	/* What interrupts the task allocates for itself. */
	if (!in_task())
		return 0;
	if ((mock_fails(MOCK_FAIL_HANDLE) && size == sizeof(struct iommu_sva)) ||
	    (mock_fails(MOCK_FAIL_MM_DATA) && size == sizeof(struct iommu_mm_data)))
		return mock_answer(regs, 0);
	return 0;
}

static int before_insert(struct kprobe *probe, struct pt_regs *regs)
{
	if (mock_fails(MOCK_FAIL_SLOT) && !xa_load((struct xarray *)regs->di, regs->si))
		return mock_answer(regs, -ENOMEM);
	return 0;
}

static int before_id(struct kprobe *probe, struct pt_regs *regs)
{
	return mock_fails(MOCK_FAIL_ID) && mock_is_book((void *)regs->di) ? mock_answer(regs, -ENOMEM) : 0;
}

static struct kprobe kmalloc_probe = { .symbol_name = "__kmalloc_cache_noprof",
				       .pre_handler = before_kmalloc,
				       .post_handler = mock_after };
static struct kprobe insert_probe = { .symbol_name = "__xa_insert",
				      .pre_handler = before_insert,
				      .post_handler = mock_after };
static struct kprobe id_probe = { .symbol_name = "ida_alloc_range",
				  .pre_handler = before_id,
				  .post_handler = mock_after };
static bool kmalloc_probed, insert_probed, id_probed;

void mock_failures_start(void)
{
	kmalloc_probed = !register_kprobe(&kmalloc_probe);
	insert_probed = !register_kprobe(&insert_probe);
	id_probed = !register_kprobe(&id_probe);
}

bool mock_probed(u32 what)
{
	switch (what) {
	case MOCK_FAIL_SLOT:
		return insert_probed;
	case MOCK_FAIL_ID:
		return id_probed;
	default:
		return kmalloc_probed;
	}
}
