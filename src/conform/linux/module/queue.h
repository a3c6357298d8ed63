/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef MOCK_QUEUE_H
#define MOCK_QUEUE_H

#include <linux/atomic.h>
#include <linux/iommu.h>

#include "src/conform/linux/module/pasid_mock.h"

struct mock_dev;

/* A file of /dev/pasid_mock; it is an open queue from a successful bind on. */
struct mock_queue {
	struct iommu_sva *handle;
	struct mm_struct *mm; /* compared only */
	struct mock_dev *dev;
	u32 queue;
	bool shared;
	u32 as;
	ioasid_t pasid;
	atomic_t mapped;
};

int mock_queue_bind(struct mock_queue *q, struct mock_bind *bind);
int mock_queue_mmap(struct mock_queue *q, struct vm_area_struct *vma);
void mock_queue_release(struct mock_queue *q);

/* work.c, or idle.c where nothing is ever open. */
int mock_queue_store(struct mock_queue *q, unsigned long work);
int mock_queue_write(struct mock_queue *q, unsigned long work);
/* Bits of mock_reason: what its release would wait for. */
u32 mock_queue_waits(const struct mock_queue *q);
/* At its release. */
void mock_queue_drain(const struct mock_queue *q);

#endif
