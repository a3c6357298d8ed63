// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Function level resets, as the PCI core makes them: pcie_flr(), by a worker. Where it tells the device to reset itself
 * (mock_reset_begun()), the device takes as long as it is told to; what the core does before and after is its own.
 */
#include "src/conform/linux/module/mock.h"

static void reset(struct work_struct *work)
{
	struct mock_dev *d = container_of(work, struct mock_dev, reset);

	d->reset_failed = pcie_flr(d->pdev);
	complete(&d->begun); /* in case that it never was */
	complete(&d->over);
}

void mock_reset_ready(struct mock_dev *d)
{
	INIT_WORK(&d->reset, reset);
	init_completion(&d->begun);
	init_completion(&d->end);
	init_completion(&d->over);
	d->resetting = false;
}

void mock_reset_begun(struct mock_dev *d)
{
	d->resetting = true;
	mock_work_lost(d);
	complete(&d->begun);
	wait_for_completion_state(&d->end, TASK_IDLE);
}

static void finish(struct mock_dev *d)
{
	complete(&d->end);
	wait_for_completion(&d->over);
	d->resetting = false;
}

/* As a number is taken off the table for good, so for a reset: VT-d has its page requests answered. */
u32 mock_reset_waits(u32 dev)
{
	struct mock_dev *d = mock_dev(dev);

	return d && (d->is.flags & MOCK_ATS) && mock_pages_waiting(d, 0, 0) ? MOCK_FOR_REQUESTS : 0;
}

int mock_reset_prepare(struct mock_attach *a)
{
	struct mock_dev *d = mock_dev(a->dev);

	if (!d || d->resetting)
		return -ENXIO;
	reinit_completion(&d->begun);
	reinit_completion(&d->end);
	reinit_completion(&d->over);
	schedule_work(&d->reset);
	wait_for_completion(&d->begun);
	if (d->resetting)
		return 0;
	wait_for_completion(&d->over);
	return d->reset_failed ?: -EIO;
}

int mock_reset_done(struct mock_attach *a)
{
	struct mock_dev *d = mock_dev(a->dev);

	if (!d || !d->resetting)
		return -ENXIO;
	finish(d);
	if (d->reset_failed)
		dev_err(&d->pdev->dev, "BUG: its reset has failed: %d\n", d->reset_failed);
	return 0;
}

void mock_resets_end(void)
{
	u32 i;

	for (i = 1; i <= mock_dev_count(); i++)
		if (mock_dev(i)->resetting)
			finish(mock_dev(i));
}
