// SPDX-License-Identifier: GPL-2.0 OR MIT
/* An open queue, as idxd's character device has it: a bond, and portals mapped from it. */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "src/conform/linux/module/mock.h"
#include "src/conform/linux/module/queue.h"

static DEFINE_MUTEX(lock);
static u32 clients[MOCK_QUEUES + 1]; /* of each queue */
static u32 open_queues;

/* idxd_cdev_open() */
int mock_queue_bind(struct mock_queue *q, struct mock_bind *bind)
{
	struct mock_dev *d = mock_dev(bind->dev);
	struct iommu_sva *handle;
	int err = 0;

	if (!d || q->handle || bind->queue == 0 || bind->queue > MOCK_QUEUES || bind->as == 0 || bind->as > MOCK_SPACES)
		return -ENXIO;
	mutex_lock(&lock);
	if (!bind->shared && clients[bind->queue] > 0) {
		err = mock_refuse(-EBUSY);
		goto out;
	}
	mock_name_mm(bind->as, current->mm);
	mock_fail(bind->fail);
	handle = mock_sva_bind(&d->pdev->dev, current->mm);
	mock_fail(MOCK_FAIL_NOTHING);
	if (IS_ERR(handle)) {
		err = PTR_ERR(handle);
		goto out;
	}
	bind->pasid = iommu_sva_get_pasid(handle);
	q->handle = handle;
	q->mm = current->mm;
	q->dev = d;
	q->queue = bind->queue;
	q->shared = bind->shared;
	q->as = bind->as;
	q->pasid = bind->pasid;
	clients[q->queue]++;
	open_queues++;
out:
	mutex_unlock(&lock);
	return err;
}

/* idxd_cdev_release() */
void mock_queue_release(struct mock_queue *q)
{
	if (!q->handle)
		return;
	mock_queue_drain(q);
	mutex_lock(&lock);
	iommu_sva_unbind_device(q->handle);
	clients[q->queue]--;
	open_queues--;
	mutex_unlock(&lock);
}

bool mock_queues_open(void)
{
	bool open;

	mutex_lock(&lock);
	open = open_queues > 0;
	mutex_unlock(&lock);
	return open;
}

static void portal_open(struct vm_area_struct *vma)
{
	atomic_inc(&((struct mock_queue *)vma->vm_private_data)->mapped);
}

static void portal_close(struct vm_area_struct *vma)
{
	atomic_dec(&((struct mock_queue *)vma->vm_private_data)->mapped);
}

static const struct vm_operations_struct portal_ops = { .open = portal_open, .close = portal_close };

/* idxd_cdev_mmap(); there is no device behind the page, and nobody touches it. */
int mock_queue_mmap(struct mock_queue *q, struct vm_area_struct *vma)
{
	if (!q->handle)
		return -ENODEV;
	if (q->mm != current->mm)
		return mock_refuse(-EPERM);
	mock_vm_flags_set(vma, VM_DONTCOPY | VM_IO | VM_DONTEXPAND);
	vma->vm_ops = &portal_ops;
	vma->vm_private_data = q;
	portal_open(vma);
	return 0;
}
