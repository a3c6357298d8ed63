/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef MOCK_QUEUE_H
#define MOCK_QUEUE_H

#include <linux/atomic.h>
#include <linux/iommu.h>

#include "src/conform/linux/module/pasid_mock.h"

/* A file of /dev/pasid_mock; it is an open queue from a successful bind on. */
struct mock_queue {
	struct iommu_sva *handle;
	struct mm_struct *mm; /* compared only */
	u32 queue;
	atomic_t mapped;
};

int mock_queue_bind(struct mock_queue *q, struct mock_bind *bind);
int mock_queue_mmap(struct mock_queue *q, struct vm_area_struct *vma);
void mock_queue_release(struct mock_queue *q);

#endif
