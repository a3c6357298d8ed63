// SPDX-License-Identifier: GPL-2.0 OR MIT
/* What drivers and user space attach under PASIDs, as idxd and iommufd ask the core for it; and the pool of numbers. */
#include <linux/delay.h>
#include <linux/module.h>

#include "src/conform/linux/module/mock.h"

/* Declared in a private header of the core's. */
int iommu_replace_device_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid,
			       struct iommu_attach_handle *handle);

#define ATTACHMENTS 32
#define POOL (1U << 20)
#define RESERVED_MOST 4096

static struct iommu_domain *domains[MOCK_SPACES + 1];
static struct iommu_group *rid_groups[MOCK_DEVICES + 1]; /* by group; attached to rid_spaces[] */
static u32 rid_spaces[MOCK_DEVICES + 1];

static struct attachment {
	struct mock_dev *dev; /* NULL: this place is free */
	ioasid_t pasid;
	u32 as;
	bool kernel;
	struct iommu_attach_handle handle;
} attachments[ATTACHMENTS];

static DECLARE_BITMAP(reserved, POOL);

/* The domain of that name; the first request makes it. */
static struct iommu_domain *domain_of(struct mock_dev *d, u32 as)
{
	struct iommu_domain *domain;

	if (as == 0 || as > MOCK_SPACES)
		return ERR_PTR(-EINVAL);
	if (domains[as])
		return domains[as];
	domain = iommu_paging_domain_alloc(&d->pdev->dev);
	if (IS_ERR(domain))
		return domain;
	to_mock_domain(domain)->as = as;
	domains[as] = domain;
	return domain;
}

static struct attachment *place(void)
{
	int i;

	for (i = 0; i < ATTACHMENTS; i++)
		if (!attachments[i].dev)
			return &attachments[i];
	return NULL;
}

/* Of a device of the same group; pasid 0: any. */
static struct attachment *find(struct mock_dev *d, ioasid_t pasid, u32 as, bool kernel)
{
	int i;

	for (i = 0; i < ATTACHMENTS; i++) {
		struct attachment *x = &attachments[i];

		if (x->dev && x->dev->is.group == d->is.group && (!pasid || x->pasid == pasid) &&
		    (!as || x->as == as) && x->kernel == kernel && (!kernel || x->dev == d))
			return x;
	}
	return NULL;
}

int mock_rid_attach(struct mock_attach *a)
{
	struct mock_dev *d = mock_dev(a->dev);
	struct iommu_domain *domain;
	int err;

	if (!d || rid_groups[d->is.group])
		return -ENXIO;
	domain = domain_of(d, a->as);
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	err = iommu_attach_group(domain, d->pdev->dev.iommu_group);
	if (err)
		return err;
	rid_groups[d->is.group] = d->pdev->dev.iommu_group;
	rid_spaces[d->is.group] = a->as;
	return 0;
}

/* idxd_enable_system_pasid() */
int mock_kernel_enable(struct mock_attach *a)
{
	struct mock_dev *d = mock_dev(a->dev);
	struct attachment *x = place();
	struct iommu_domain *domain;
	ioasid_t pasid;
	int err;

	if (!d || !x || a->as == 0 || a->as > MOCK_SPACES)
		return -ENXIO;
	domain = iommu_get_domain_for_dev(&d->pdev->dev);
	if (!domain || domain != domains[a->as])
		return -EPERM;
	pasid = iommu_alloc_global_pasid(&d->pdev->dev);
	if (pasid == IOMMU_PASID_INVALID)
		return -ENOSPC;
	err = iommu_attach_device_pasid(domain, &d->pdev->dev, pasid, NULL);
	if (err) {
		iommu_free_global_pasid(pasid);
		return err;
	}
	*x = (struct attachment){ .dev = d, .pasid = pasid, .as = a->as, .kernel = true };
	a->pasid = pasid;
	return 0;
}

static void drop(struct attachment *x)
{
	iommu_detach_device_pasid(domains[x->as], &x->dev->pdev->dev, x->pasid);
	if (x->kernel)
		iommu_free_global_pasid(x->pasid);
	x->dev = NULL;
}

/* idxd_disable_system_pasid() */
int mock_kernel_disable(struct mock_attach *a)
{
	struct mock_dev *d = mock_dev(a->dev);
	struct attachment *x = d ? find(d, 0, a->as, true) : NULL;

	if (!x)
		return -ENXIO;
	drop(x);
	return 0;
}

int mock_user_attach(struct mock_attach *a)
{
	struct mock_dev *d = mock_dev(a->dev);
	struct attachment *x = place();
	struct iommu_domain *domain;
	int err;

	if (!d || !x)
		return -ENXIO;
	domain = domain_of(d, a->as);
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	*x = (struct attachment){ .pasid = a->pasid, .as = a->as };
	err = iommu_attach_device_pasid(domain, &d->pdev->dev, a->pasid, &x->handle);
	if (!err)
		x->dev = d;
	return err;
}

int mock_user_detach(struct mock_attach *a)
{
	struct mock_dev *d = mock_dev(a->dev);
	struct attachment *x = d ? find(d, a->pasid, a->as, false) : NULL;

	if (!x)
		return -ENXIO;
	drop(x);
	return 0;
}

/* iommufd knows what it has attached, and replaces nothing else. */
int mock_user_replace(struct mock_attach *a)
{
	struct mock_dev *d = mock_dev(a->dev);
	struct attachment *y = place();
	struct iommu_domain *domain;
	struct attachment *x;
	int err;

	if (!d || !y)
		return -ENXIO;
	x = a->pasid ? find(d, a->pasid, a->old, false) : NULL;
	if (!x)
		return -EINVAL;
	domain = domain_of(d, a->as);
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	*y = (struct attachment){ .pasid = a->pasid, .as = a->as };
	err = iommu_replace_device_pasid(domain, &d->pdev->dev, a->pasid, &y->handle);
	if (err)
		return err;
	y->dev = x->dev;
	x->dev = NULL;
	return 0;
}

/* What the core does around a function level reset. */
int mock_reset(struct mock_attach *a, bool prepare)
{
	struct mock_dev *d = mock_dev(a->dev);
	int err = 0;

	if (!d || d->resetting == prepare)
		return -ENXIO;
	if (prepare)
		err = pci_dev_reset_iommu_prepare(d->pdev);
	else
		pci_dev_reset_iommu_done(d->pdev);
	if (!err)
		d->resetting = prepare;
	return err;
}

void mock_domains_release(void)
{
	unsigned long pasid;
	int i;

	for (i = 1; i <= mock_dev_count(); i++) {
		if (mock_dev(i)->resetting)
			pci_dev_reset_iommu_done(mock_dev(i)->pdev);
		mock_dev(i)->resetting = false;
	}
	for (i = 0; i < ATTACHMENTS; i++)
		if (attachments[i].dev)
			drop(&attachments[i]);
	for (i = 1; i <= MOCK_DEVICES; i++) {
		if (rid_groups[i])
			iommu_detach_group(domains[rid_spaces[i]], rid_groups[i]);
		rid_groups[i] = NULL;
	}
	for (i = 1; i <= MOCK_SPACES; i++) {
		if (domains[i])
			iommu_domain_free(domains[i]);
		domains[i] = NULL;
	}
	for_each_set_bit (pasid, reserved, POOL)
		iommu_free_global_pasid(pasid);
	bitmap_zero(reserved, POOL);
}

static bool wanted(const struct mock_world *world, u32 pasid)
{
	u32 i;

	for (i = 0; i < world->ranges; i++)
		if (world->reserved[i][0] <= pasid && pasid <= world->reserved[i][1])
			return true;
	return false;
}

/* The numbers of processes that have ended come back a little later: mm structs are freed after a grace period. */
int mock_reserve(const struct mock_world *world)
{
	struct mock_dev *widest = NULL;
	u32 i, top = 0, tries;
	ioasid_t pasid = 0;

	for (i = 1; i <= mock_dev_count(); i++)
		if (!widest || mock_dev(i)->is.max_pasids > widest->is.max_pasids)
			widest = mock_dev(i);
	if (!widest || widest->is.max_pasids < 2)
		return 0;
	top = min(widest->is.max_pasids - 1, 16U);
	for (i = 0; i < world->ranges; i++)
		if (world->reserved[i][0] < widest->is.max_pasids)
			top = max(top, min(world->reserved[i][1], widest->is.max_pasids - 1));
	if (top > RESERVED_MOST)
		return -E2BIG;
	for (tries = 0; tries < 1000; tries++) {
		bool empty = true;

		for (i = 1; i <= top && empty; i++) {
			pasid = iommu_alloc_global_pasid(&widest->pdev->dev);
			empty = pasid == i;
			if (pasid != IOMMU_PASID_INVALID)
				set_bit(pasid, reserved);
		}
		for_each_set_bit (i, reserved, POOL) {
			if (empty && wanted(world, i))
				continue;
			clear_bit(i, reserved);
			iommu_free_global_pasid(i);
		}
		if (empty)
			return 0;
		usleep_range(500, 1000);
	}
	return -EBUSY;
}

MODULE_IMPORT_NS("IOMMUFD_INTERNAL");
