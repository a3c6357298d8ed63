// SPDX-License-Identifier: GPL-2.0 OR MIT
/* What drivers attach under the RID and under PASIDs, as idxd asks the core for it. */
#include <linux/slab.h>

#include "src/conform/linux/module/domains.h"

#define ATTACHMENTS 32

phys_addr_t mock_paging_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova)
{
	return 0;
}

void mock_paging_free(struct iommu_domain *domain)
{
	kfree(to_mock_domain(domain));
}

struct iommu_domain *mock_alloc_paging(struct device *dev)
{
	struct mock_domain *d = kzalloc(sizeof(*d), GFP_KERNEL);

	if (!d)
		return NULL;
	d->domain.type = IOMMU_DOMAIN_UNMANAGED;
	d->domain.pgsize_bitmap = PAGE_SIZE;
	d->domain.geometry.aperture_end = ~0ULL;
	d->domain.ops = &mock_paging_ops;
	return &d->domain;
}

static struct iommu_domain *domains[MOCK_SPACES + 1];
static struct iommu_group *rid_groups[MOCK_DEVICES + 1]; /* by group; attached to rid_spaces[] */
static u32 rid_spaces[MOCK_DEVICES + 1];

static struct attachment attachments[ATTACHMENTS];

struct iommu_domain *mock_domain_of(struct mock_dev *d, u32 as)
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

struct attachment *mock_place(void)
{
	int i;

	for (i = 0; i < ATTACHMENTS; i++)
		if (!attachments[i].dev)
			return &attachments[i];
	return NULL;
}

struct attachment *mock_find(struct mock_dev *d, ioasid_t pasid, u32 as, bool kernel)
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
	domain = mock_domain_of(d, a->as);
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
	struct attachment *x = mock_place();
	struct iommu_domain *domain;
	ioasid_t pasid;
	int err;

	if (!d || !x || a->as == 0 || a->as > MOCK_SPACES)
		return -ENXIO;
	domain = iommu_get_domain_for_dev(&d->pdev->dev);
	if (!domain || domain != domains[a->as])
		return mock_refuse(-EPERM);
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

void mock_drop(struct attachment *x)
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
	struct attachment *x = d ? mock_find(d, 0, a->as, true) : NULL;

	if (!x)
		return -ENXIO;
	mock_drop(x);
	return 0;
}

void mock_domains_release(void)
{
	int i;

	for (i = 0; i < ATTACHMENTS; i++)
		if (attachments[i].dev)
			mock_drop(&attachments[i]);
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
}
