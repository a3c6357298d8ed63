// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The PASID tables of the devices, in memory, and what the hardware has cached of processes that were in them. */
#include "src/conform/linux/module/mock.h"

int mock_table_set(struct device *dev, ioasid_t pasid, u32 as)
{
	struct mock_dev *d = mock_dev_of(dev);

	/* VT-d: a table that cannot grow has no entry to give. */
	if (pasid != IOMMU_NO_PASID && mock_table_fails(dev))
		return mock_refuse(-ENODEV);
	if (xa_err(xa_store(&d->table, pasid, xa_mk_value(as), GFP_KERNEL)))
		return -ENODEV;
	mock_event(MOCK_SET, mock_number(d), pasid, as);
	return 0;
}

int mock_table_set_process(struct device *dev, ioasid_t pasid, u32 as)
{
	struct mock_dev *d = mock_dev_of(dev);
	int err;

	if (xa_err(xa_store(&d->cache, pasid, xa_mk_value(1), GFP_KERNEL)))
		return -ENODEV;
	err = mock_table_set(dev, pasid, as);
	if (err)
		xa_erase(&d->cache, pasid);
	return err;
}

bool mock_dev_caches(struct mock_dev *d, ioasid_t pasid)
{
	return xa_load(&d->cache, pasid);
}

static void flush(struct mock_dev *d, ioasid_t pasid)
{
	xa_erase(&d->cache, pasid);
	mock_event(MOCK_FLUSHED, mock_number(d), pasid, 0);
}

/* As VT-d's driver does in one: where there is an entry it goes, and then what is cached of it. */
void mock_table_clear(struct device *dev, ioasid_t pasid)
{
	struct mock_dev *d = mock_dev_of(dev);

	if (!xa_erase(&d->table, pasid))
		return;
	mock_event(MOCK_CLEARED, mock_number(d), pasid, 0);
	flush(d, pasid);
}

/* What the core says is attached there. The entry may have gone before: at the end of a process, in a reset. */
void mock_expect_old(struct device *dev, ioasid_t pasid, struct iommu_domain *old)
{
	void *entry = xa_load(&mock_dev_of(dev)->table, pasid);
	const bool ours = old && old->type != IOMMU_DOMAIN_BLOCKED;

	if (entry && (!ours || to_mock_domain(old)->as != xa_to_value(entry)))
		dev_err(dev, "BUG: under PASID %u is %lu, and the core says that %u is there\n", pasid,
			xa_to_value(entry), ours ? to_mock_domain(old)->as : 0);
}

int mock_tables_read(struct mock_tables *tables)
{
	u32 i;

	tables->entries = 0;
	for (i = 1; i <= mock_dev_count(); i++) {
		struct mock_dev *d = mock_dev(i);
		unsigned long pasid;
		void *as;

		xa_for_each (&d->table, pasid, as) {
			if (xa_to_value(as) == 0 && pasid == IOMMU_NO_PASID)
				continue; /* the domain that the core began with */
			if (xa_to_value(as) == 0)
				return -EUCLEAN;
			if (tables->entries == MOCK_ENTRIES)
				return -EOVERFLOW;
			tables->entry[tables->entries].dev = i;
			tables->entry[tables->entries].pasid = pasid;
			tables->entry[tables->entries].as = xa_to_value(as);
			tables->entries++;
		}
	}
	return 0;
}
