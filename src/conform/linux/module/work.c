// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Work on the devices. There are none: it is in flight from when it is given to a queue until it is reaped. Who waits
 * for it is idxd's affair, as who waits for page requests is VT-d's; whether the core comes to that is its own.
 */
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "src/conform/linux/module/mock.h"
#include "src/conform/linux/module/queue.h"

static struct {
	struct mock_dev *dev; /* NULL: it is not in flight */
	u32 queue;
	ioasid_t pasid;
	u32 as; /* whose number it carries */
} works[MOCK_WORKS + 1];

static int submit(struct mock_queue *q, unsigned long work)
{
	if (!q->handle || work == 0 || work > MOCK_WORKS || works[work].dev)
		return -ENXIO;
	works[work].dev = q->dev;
	works[work].queue = q->queue;
	works[work].pasid = q->pasid;
	works[work].as = q->as;
	return 0;
}

int mock_queue_store(struct mock_queue *q, unsigned long work)
{
	return q->shared ? -ENXIO : submit(q, work);
}

/* idxd_cdev_write() */
int mock_queue_write(struct mock_queue *q, unsigned long work)
{
	return q->mm != current->mm ? mock_refuse(-EPERM) : submit(q, work);
}

int mock_page_raise(struct mock_attach *a)
{
	if (a->work == 0 || a->work > MOCK_WORKS || !works[a->work].dev)
		return -ENXIO;
	return mock_page_request(works[a->work].dev, works[a->work].pasid, works[a->work].as);
}

/* It ends where its addresses are translated and nothing is waited for, and in an error where they are not. */
int mock_work_reap(struct mock_attach *a)
{
	if (a->work == 0 || a->work > MOCK_WORKS || !works[a->work].dev)
		return -ENXIO;
	if (mock_pages_waiting(works[a->work].dev, works[a->work].pasid, works[a->work].as) &&
	    xa_load(&works[a->work].dev->table, works[a->work].pasid))
		return -EINPROGRESS;
	works[a->work].dev = NULL;
	return 0;
}

void mock_work_lost(struct mock_dev *d)
{
	u32 i;

	for (i = 1; i <= MOCK_WORKS; i++)
		if (!d || works[i].dev == d)
			works[i].dev = NULL;
}

/* What carries the file's number on the device; of a dedicated queue, everything that is there. */
static bool has_work(const struct mock_queue *q)
{
	u32 i;

	for (i = 1; i <= MOCK_WORKS; i++)
		if (works[i].dev &&
		    (q->shared ? works[i].dev == q->dev && works[i].pasid == q->pasid : works[i].queue == q->queue))
			return true;
	return false;
}

/* The core detaches with the last of those who share the handle, and by its count; the group's devices are blocked one
 * after the other. */
static bool has_requests(const struct mock_queue *q)
{
	u32 i;

	if (refcount_read(&q->handle->users) > 1)
		return false;
	for (i = 1; i <= mock_dev_count(); i++)
		if (mock_dev(i)->is.group == q->dev->is.group && mock_pages_waiting(mock_dev(i), q->pasid, 0))
			return true;
	return false;
}

u32 mock_queue_waits(const struct mock_queue *q)
{
	if (!q->handle)
		return 0;
	return (atomic_read(&q->mapped) ? MOCK_FOR_PORTALS : 0) | (has_work(q) ? MOCK_FOR_WORK : 0) |
	       (has_requests(q) ? MOCK_FOR_REQUESTS : 0);
}

static u32 releaser(const struct mock_queue *q)
{
	if (current->flags & PF_EXITING)
		return MOCK_BY_DYING;
	if (is_global_init(current))
		return MOCK_BY_INIT;
	return current->mm == q->mm ? MOCK_BY_OPENER : MOCK_BY_OTHER;
}

/* idxd_device_drain_pasid(), idxd_wq_drain() */
void mock_queue_drain(const struct mock_queue *q)
{
	mock_event(MOCK_RELEASED, mock_number(q->dev), q->pasid, releaser(q));
	if (has_work(q))
		mock_wait(MOCK_FOR_WORK, q->dev);
}
