// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The page that devices ask for, at one place in every process that has bound. Nothing is behind it, so that it is not
 * there at any time: whoever handles a request for it comes by here, and in which process is what is to be known.
 */
#include <linux/mm.h>

#include "src/conform/linux/module/mock.h"

u32 mock_touched;
u32 mock_strayed;

static vm_fault_t touch(struct vm_fault *fault)
{
	mock_touched = mock_name_of(fault->vma->vm_mm);
	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct touch_ops = { .fault = touch };

int mock_page_mmap(struct vm_area_struct *vma)
{
	mock_vm_flags_set(vma, VM_DONTCOPY | VM_IO | VM_DONTEXPAND);
	vma->vm_ops = &touch_ops;
	return 0;
}
