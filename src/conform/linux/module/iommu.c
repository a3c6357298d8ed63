// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The IOMMU driver, as far as it is the same in every series: which devices it has, and how they are grouped. */
#include <linux/module.h>

#include "src/conform/linux/module/mock.h"

#define UNITS 4

static struct iommu_device units[UNITS + 1];

struct iommu_device *mock_probe_device(struct device *dev)
{
	if (!mock_is_ours(dev))
		return ERR_PTR(-ENODEV);
	return &units[mock_dev_of(dev)->is.unit];
}

void mock_release_device(struct device *dev)
{
}

struct iommu_group *mock_device_group(struct device *dev)
{
	struct pci_dev *other = NULL;
	struct iommu_group *group = NULL;

	while (!group && (other = pci_get_device(to_pci_dev(dev)->vendor, to_pci_dev(dev)->device, other))) {
		if (&other->dev != dev && mock_is_ours(&other->dev) &&
		    mock_dev_of(&other->dev)->is.group == mock_dev_of(dev)->is.group)
			group = iommu_group_get(&other->dev);
	}
	pci_dev_put(other);
	return group ? group : generic_device_group(dev);
}

int mock_def_domain_type(struct device *dev)
{
	return IOMMU_DOMAIN_IDENTITY;
}

void mock_iommu_unregister(void)
{
	int i;

	for (i = 1; i <= UNITS; i++) {
		if (!units[i].dev)
			continue;
		iommu_device_unregister(&units[i]);
		iommu_device_sysfs_remove(&units[i]);
		units[i].dev = NULL;
	}
}

int mock_iommu_register(void)
{
	int i, err;

	for (i = 1; i <= UNITS; i++) {
		mock_unit_takes(&units[i], 1U << 20);
		err = iommu_device_sysfs_add(&units[i], NULL, NULL, "mock%d", i);
		if (!err)
			err = iommu_device_register(&units[i], &mock_ops, NULL);
		if (err) {
			mock_iommu_unregister();
			return err;
		}
	}
	return 0;
}
