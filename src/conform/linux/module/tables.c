// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The PASID tables of the devices, in memory. */
#include "src/conform/linux/module/mock.h"

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
