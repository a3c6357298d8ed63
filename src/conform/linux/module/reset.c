// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Function level resets. */
#include "src/conform/linux/module/mock.h"

/* What the core does around a function level reset. */
static int reset(struct mock_attach *a, bool prepare)
{
	struct mock_dev *d = mock_dev(a->dev);
	int err = 0;

	if (!d || d->resetting == prepare)
		return -ENXIO;
	d->resetting = true;
	if (prepare)
		err = pci_dev_reset_iommu_prepare(d->pdev);
	else
		pci_dev_reset_iommu_done(d->pdev);
	d->resetting = prepare && !err;
	if (d->resetting)
		mock_work_lost(d);
	return err;
}

/* As a number is taken off the table for good, so for a reset: VT-d has its page requests answered. */
u32 mock_reset_waits(u32 dev)
{
	struct mock_dev *d = mock_dev(dev);

	return d && (d->is.flags & MOCK_ATS) && mock_pages_waiting(d, 0, 0) ? MOCK_FOR_REQUESTS : 0;
}

int mock_reset_prepare(struct mock_attach *a)
{
	return reset(a, true);
}

int mock_reset_done(struct mock_attach *a)
{
	return reset(a, false);
}

void mock_resets_end(void)
{
	u32 i;

	for (i = 1; i <= mock_dev_count(); i++) {
		if (mock_dev(i)->resetting)
			pci_dev_reset_iommu_done(mock_dev(i)->pdev);
		mock_dev(i)->resetting = false;
	}
}
