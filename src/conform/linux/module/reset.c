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
	return err;
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
