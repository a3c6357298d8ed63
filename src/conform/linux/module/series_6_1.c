// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Linux 6.1: the core attaches nothing under PASIDs, and a bind is the driver's work. Of the stable series, where
 * iommu_sva_bind_device() asks no driver on x86: no bind takes a number and no entry is set. But a driver can have the
 * core give an mm its number.
 */
#include <linux/ioasid.h>
#include <linux/module.h>
#include <linux/pci-ats.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "src/conform/linux/module/mock.h"

static int attach_nothing(struct iommu_domain *domain, struct device *dev)
{
	return 0;
}

static void free_domain(struct iommu_domain *domain)
{
	kfree(domain);
}

static const struct iommu_domain_ops nothing_ops = { .attach_dev = attach_nothing, .free = free_domain };

static struct iommu_domain *alloc_domain(unsigned int type)
{
	return type == IOMMU_DOMAIN_IDENTITY ? kzalloc(sizeof(struct iommu_domain), GFP_KERNEL) : NULL;
}

/* A kernel that comes here is none of this series, and the errno is one that no rule gives. */
static struct iommu_sva *bind(struct device *dev, struct mm_struct *mm, void *data)
{
	return ERR_PTR(-ENOSYS);
}

static void unbind(struct iommu_sva *handle)
{
}

const struct iommu_ops mock_ops = {
	.domain_alloc = alloc_domain,
	.sva_bind = bind,
	.sva_unbind = unbind,
	.probe_device = mock_probe_device,
	.release_device = mock_release_device,
	.device_group = mock_device_group,
	.def_domain_type = mock_def_domain_type,
	.default_domain_ops = &nothing_ops,
	.owner = THIS_MODULE,
};

/* Declared in a private header of the core's. */
int iommu_sva_alloc_pasid(struct mm_struct *mm, ioasid_t min, ioasid_t max);

/* intel_svm_alloc_pasid() */
static int alloc_pasid(struct mock_attach *a)
{
	struct mock_dev *d = mock_dev(a->dev);
	int err;

	if (!d)
		return -ENXIO;
	err = iommu_sva_alloc_pasid(current->mm, 1, pci_max_pasids(d->pdev) - 1);
	a->pasid = current->mm->pasid;
	return err;
}

/* Beside those of processes, in the same space. */
ioasid_t iommu_alloc_global_pasid(struct device *dev)
{
	return ioasid_alloc(NULL, 1, mock_dev_of(dev)->is.max_pasids - 1, NULL);
}

void iommu_free_global_pasid(ioasid_t pasid)
{
	ioasid_free(pasid);
}

const struct mock_request mock_requests[] = {
	{ MOCK_ALLOC_PASID, alloc_pasid },
	{},
};
const u32 mock_can_fail = 1U << MOCK_FAIL_MM_DATA;

const char *const mock_never_allocates =
    "nothing is attached under PASIDs, and a bind is refused before it allocates: x86 since 6.1.163";

int mock_start(void)
{
	mock_failures_start();
	return 0;
}

void mock_release_all(void)
{
}

int mock_tables_read(struct mock_tables *tables)
{
	tables->entries = 0;
	return 0;
}
