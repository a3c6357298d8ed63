// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Kernels that bind nothing: no queue is open, nothing is submitted, and nothing waits. */
#include "src/conform/linux/module/queue.h"
#include "src/conform/linux/module/mock.h"

int mock_queue_store(struct mock_queue *q, unsigned long work)
{
	return -ENXIO;
}

int mock_queue_write(struct mock_queue *q, unsigned long work)
{
	return -ENXIO;
}

u32 mock_queue_waits(const struct mock_queue *q)
{
	return 0;
}

void mock_queue_drain(const struct mock_queue *q)
{
}

u32 mock_pages_waiting(struct mock_dev *d, ioasid_t pasid, u32 as)
{
	return 0;
}

void mock_work_lost(struct mock_dev *d)
{
}
