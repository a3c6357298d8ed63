// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Failures to order. They meet only the task that ordered them. The driver's own are easy; those of the core's
 * allocations are made by probes, which answer in the place of the allocator.
 */
#include <linux/kprobes.h>
#include <linux/linkage.h>
#include <linux/sched.h>

#include "src/conform/linux/module/mock.h"

static struct task_struct *failing;
static u32 failure;
static struct device *first; /* whose table the request came to first */

/* A table that cannot grow cannot at the second attempt either: bind tries each domain of the mm in turn. */
bool mock_table_fails(struct device *dev)
{
	if (failing != current)
		return false;
	if (!first)
		first = dev;
	return failure == (dev == first ? MOCK_FAIL_TABLE : MOCK_FAIL_LATER_TABLE);
}

/* Where a function that is left out goes: back to its caller. */
void mock_just_return(void);
asm(".text\n\t"
    ".type mock_just_return, @function\n\t"
    ".globl mock_just_return\n"
    "mock_just_return:\n\t" ANNOTATE_NOENDBR "\n\t" ASM_RET ".size mock_just_return, .-mock_just_return\n");

static int answer(struct pt_regs *regs, long result)
{
	regs->ax = result;
	regs->ip = (unsigned long)mock_just_return;
	return 1;
}

static int before_kmalloc(struct kprobe *probe, struct pt_regs *regs)
{
	const size_t size = regs->dx;

	if (failing != current)
		return 0;
	if ((failure == MOCK_FAIL_HANDLE && size == sizeof(struct iommu_sva)) ||
	    (failure == MOCK_FAIL_MM_DATA && size == sizeof(struct iommu_mm_data)))
		return answer(regs, 0);
	return 0;
}

static int before_insert(struct kprobe *probe, struct pt_regs *regs)
{
	if (failing == current && failure == MOCK_FAIL_SLOT && !xa_load((struct xarray *)regs->di, regs->si))
		return answer(regs, -ENOMEM);
	return 0;
}

/* With a post handler the probe is not optimised, and may say where to go on. */
static void after(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe kmalloc_probe = { .symbol_name = "__kmalloc_cache_noprof",
				       .pre_handler = before_kmalloc,
				       .post_handler = after };
static struct kprobe insert_probe = { .symbol_name = "__xa_insert",
				      .pre_handler = before_insert,
				      .post_handler = after };
static bool kmalloc_probed, insert_probed;

void mock_fail(u32 what)
{
	failing = what == MOCK_FAIL_NOTHING ? NULL : current;
	failure = what;
	first = NULL;
}

/* The probes stay: to switch one on or off takes a grace period of all tasks. Where a function is inlined or may not be
 * probed, what it allocates cannot be made to fail. */
void mock_failures_start(void)
{
	kmalloc_probed = !register_kprobe(&kmalloc_probe);
	insert_probed = !register_kprobe(&insert_probe);
}

const char *mock_why_not(u32 what)
{
	const bool by_driver = what == MOCK_FAIL_TABLE || what == MOCK_FAIL_LATER_TABLE;
	const bool probed = what == MOCK_FAIL_SLOT ? insert_probed : kmalloc_probed;

	if (!(mock_can_fail & 1U << what))
		return mock_never_allocates;
	return by_driver || probed ? NULL : "the kernel lets nobody probe its allocator";
}
