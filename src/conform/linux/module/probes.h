/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Probes that answer in the place of an allocator. */
#ifndef MOCK_PROBES_H
#define MOCK_PROBES_H

#include <linux/kprobes.h>

/* The current task has ordered that failure. */
bool mock_fails(u32 what);
/* For a handler to give back: the function is left out, and this is what it answers. */
int mock_answer(struct pt_regs *regs, long result);
/* Does nothing. With a post handler a probe is not optimised, and may say where to go on. */
void mock_after(struct kprobe *probe, struct pt_regs *regs, unsigned long flags);

/* Of the series: the allocator of that failure is probed. */
bool mock_probed(u32 what);

#endif
