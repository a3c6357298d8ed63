// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The IOMMU driver: tables in memory, set and cleared as the core says. */
#include <linux/module.h>

#include "src/conform/linux/module/mock.h"

#define UNITS 4

static struct iommu_device units[UNITS + 1];

/* ---- Tables. */
int mock_table_set(struct device *dev, ioasid_t pasid, u32 as)
{
	struct mock_dev *d = mock_dev_of(dev);

	/* VT-d: a table that cannot grow has no entry to give. */
	if (pasid != IOMMU_NO_PASID && mock_table_fails(dev))
		return -ENODEV;
	if (xa_err(xa_store(&d->table, pasid, xa_mk_value(as), GFP_KERNEL)))
		return -ENODEV;
	return 0;
}

void mock_table_clear(struct device *dev, ioasid_t pasid)
{
	xa_erase(&mock_dev_of(dev)->table, pasid);
}

void mock_tables_read(struct mock_tables *tables)
{
	u32 i;

	tables->entries = 0;
	for (i = 1; i <= mock_dev_count(); i++) {
		struct mock_dev *d = mock_dev(i);
		unsigned long pasid;
		void *as;

		xa_for_each (&d->table, pasid, as) {
			if (tables->entries == MOCK_ENTRIES || xa_to_value(as) == 0)
				continue;
			tables->entry[tables->entries].dev = i;
			tables->entry[tables->entries].pasid = pasid;
			tables->entry[tables->entries].as = xa_to_value(as);
			tables->entries++;
		}
	}
}

/* ---- Domains. */
static int attach_nothing(struct iommu_domain *domain, struct device *dev, struct iommu_domain *old)
{
	mock_table_clear(dev, IOMMU_NO_PASID);
	return 0;
}

static int block_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid, struct iommu_domain *old)
{
	if (old && old->type == IOMMU_DOMAIN_SVA)
		mock_sva_forget(old, dev, pasid);
	mock_table_clear(dev, pasid);
	return 0;
}

static const struct iommu_domain_ops identity_ops = { .attach_dev = attach_nothing };
static struct iommu_domain identity = { .type = IOMMU_DOMAIN_IDENTITY, .ops = &identity_ops };
static const struct iommu_domain_ops blocked_ops = { .attach_dev = attach_nothing, .set_dev_pasid = block_pasid };
static struct iommu_domain blocked = { .type = IOMMU_DOMAIN_BLOCKED, .ops = &blocked_ops };

static int paging_attach(struct iommu_domain *domain, struct device *dev, struct iommu_domain *old)
{
	return mock_table_set(dev, IOMMU_NO_PASID, to_mock_domain(domain)->as);
}

static int paging_set_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid, struct iommu_domain *old)
{
	return mock_table_set(dev, pasid, to_mock_domain(domain)->as);
}

static phys_addr_t paging_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova)
{
	return 0;
}

static void paging_free(struct iommu_domain *domain)
{
	kfree(to_mock_domain(domain));
}

static const struct iommu_domain_ops paging_ops = {
	.attach_dev = paging_attach,
	.set_dev_pasid = paging_set_pasid,
	.iova_to_phys = paging_iova_to_phys,
	.free = paging_free,
};

static struct iommu_domain *alloc_paging(struct device *dev)
{
	struct mock_domain *d = kzalloc(sizeof(*d), GFP_KERNEL);

	if (!d)
		return NULL;
	d->domain.type = IOMMU_DOMAIN_UNMANAGED;
	d->domain.pgsize_bitmap = PAGE_SIZE;
	d->domain.geometry.aperture_end = ~0ULL;
	d->domain.ops = &paging_ops;
	return &d->domain;
}

/* ---- Devices. */
static struct iommu_device *probe_device(struct device *dev)
{
	if (!mock_is_ours(dev))
		return ERR_PTR(-ENODEV);
	return &units[mock_dev_of(dev)->is.unit];
}

static void release_device(struct device *dev)
{
}

static struct iommu_group *device_group(struct device *dev)
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

static int def_domain_type(struct device *dev)
{
	return IOMMU_DOMAIN_IDENTITY;
}

static const struct iommu_ops ops = {
	.domain_alloc_paging = alloc_paging,
	.domain_alloc_sva = mock_domain_alloc_sva,
	.probe_device = probe_device,
	.release_device = release_device,
	.device_group = device_group,
	.def_domain_type = def_domain_type,
	.default_domain_ops = &paging_ops,
	.identity_domain = &identity,
	.blocked_domain = &blocked,
	.owner = THIS_MODULE,
};

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

	identity.owner = &ops;
	blocked.owner = &ops;
	for (i = 1; i <= UNITS; i++) {
		units[i].max_pasids = 1U << 20;
		err = iommu_device_sysfs_add(&units[i], NULL, NULL, "mock%d", i);
		if (!err)
			err = iommu_device_register(&units[i], &ops, NULL);
		if (err) {
			mock_iommu_unregister();
			return err;
		}
	}
	return 0;
}
