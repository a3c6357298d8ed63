// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A process that has a device's highest PASID can bind to it once: highest-pasid-once.md. For Linux 6.1:
 *
 *   pasid linux boot 6.1 --module tests/findings/highest-pasid-once.c
 *
 * The process is whoever loads this. It keeps its number to its end.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/ioasid.h>
#include <linux/module.h>
#include <linux/sched.h>

/* Declared in a private header of the core's. */
int iommu_sva_alloc_pasid(struct mm_struct *mm, ioasid_t min, ioasid_t max);

static void ask(ioasid_t highest)
{
	const int err = iommu_sva_alloc_pasid(current->mm, 1, highest);

	pr_info("for a device whose highest is %u: %d; the process has %u\n", highest, err, current->mm->pasid);
}

static int __init start(void)
{
	ask(1);
	ask(1); /* -75, EOVERFLOW; 0 is right */
	ask(2);
	return 0;
}

module_init(start);
MODULE_DESCRIPTION("Asks twice for a PASID");
MODULE_LICENSE("Dual MIT/GPL");
