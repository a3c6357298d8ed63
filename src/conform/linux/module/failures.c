// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Failures to order. They meet only the task that ordered them. The driver's own are easy; those of the core's
 * allocations are made by probes, which answer in the place of the allocator: probes.c, or the series' own.
 */
#include <linux/kprobes.h>
#include <linux/linkage.h>
#include <linux/sched.h>

#include "src/conform/linux/module/mock.h"
#include "src/conform/linux/module/probes.h"

static struct task_struct *failing;
static u32 failure;
static struct device *first; /* whose table the request came to first */

void mock_fail(u32 what)
{
	failing = what == MOCK_FAIL_NOTHING ? NULL : current;
	failure = what;
	first = NULL;
}

bool mock_fails(u32 what)
{
	return failing == current && failure == what;
}

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

int mock_answer(struct pt_regs *regs, long result)
{
	regs->ax = result;
	regs->ip = (unsigned long)mock_just_return;
	return 1;
}

void mock_after(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

const char *mock_why_not(u32 what)
{
	const bool by_driver = what == MOCK_FAIL_TABLE || what == MOCK_FAIL_LATER_TABLE;

	if (!(mock_can_fail & 1U << what))
		return mock_never_allocates;
	return by_driver || mock_probed(what) ? NULL : "the kernel lets nobody probe its allocator";
}
