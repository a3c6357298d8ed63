// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Linux 6.1: the core attaches nothing under PASIDs, and a bind is the driver's work. Of the stable series, where
 * iommu_sva_bind_device() asks no driver on x86: no number is taken and no entry set.
 */
#include <linux/module.h>
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

const struct mock_request mock_requests[] = { {} };
const u32 mock_can_fail;

int mock_start(void)
{
	return 0;
}

void mock_release_all(void)
{
}

int mock_reserve(const struct mock_world *world)
{
	return 0;
}

void mock_tables_read(struct mock_tables *tables)
{
	tables->entries = 0;
}

void mock_fail(u32 failure)
{
}
