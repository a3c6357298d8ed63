// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Of the one allocation of 6.1: what ioasid_alloc() keeps of a number, which iommu_sva_alloc_pasid() answers -ENOMEM
 * without. */
#include <linux/gfp.h>
#include <linux/preempt.h>

#include "src/conform/linux/module/mock.h"
#include "src/conform/linux/module/probes.h"

/* The call allocates nothing else that is atomic. */
static int before_kmalloc(struct kprobe *probe, struct pt_regs *regs)
{
	const gfp_t how = regs->si;

	if (mock_fails(MOCK_FAIL_MM_DATA) && in_task() && how == (GFP_ATOMIC | __GFP_ZERO))
		return mock_answer(regs, 0);
	return 0;
}

static struct kprobe kmalloc_probe = { .symbol_name = "kmalloc_trace",
				       .pre_handler = before_kmalloc,
				       .post_handler = mock_after };
static bool probed;

void mock_failures_start(void)
{
	probed = !register_kprobe(&kmalloc_probe);
}

bool mock_probed(u32 what)
{
	return probed;
}
