// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Linux 6.12: detaching is an operation of the driver's. Of the stable series, where iommu_sva_bind_device() asks no
 * driver on x86: there are no domains of processes.
 */
#include <linux/module.h>

#include "src/conform/linux/module/domains.h"

static int attach_nothing(struct iommu_domain *domain, struct device *dev)
{
	mock_table_clear(dev, IOMMU_NO_PASID);
	return 0;
}

static const struct iommu_domain_ops nothing_ops = { .attach_dev = attach_nothing };
static struct iommu_domain identity = { .type = IOMMU_DOMAIN_IDENTITY, .ops = &nothing_ops, .owner = &mock_ops };
static struct iommu_domain blocked = { .type = IOMMU_DOMAIN_BLOCKED, .ops = &nothing_ops, .owner = &mock_ops };

/* intel_iommu_attach_device() */
static int paging_attach(struct iommu_domain *domain, struct device *dev)
{
	mock_table_clear(dev, IOMMU_NO_PASID);
	return mock_table_set(dev, IOMMU_NO_PASID, to_mock_domain(domain)->as);
}

static int paging_set_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid, struct iommu_domain *old)
{
	mock_expect_old(dev, pasid, old);
	return mock_table_set(dev, pasid, to_mock_domain(domain)->as);
}

static void remove_pasid(struct device *dev, ioasid_t pasid, struct iommu_domain *domain)
{
	mock_expect_old(dev, pasid, domain);
	mock_table_clear(dev, pasid);
}

const struct iommu_domain_ops mock_paging_ops = {
	.attach_dev = paging_attach,
	.set_dev_pasid = paging_set_pasid,
	.iova_to_phys = mock_paging_iova_to_phys,
	.free = mock_paging_free,
};

/* A kernel that comes here is from before 6.12.64, where x86 binds: it is not one of those whose rules are known. */
static struct iommu_domain *alloc_sva(struct device *dev, struct mm_struct *mm)
{
	return ERR_PTR(-ENOSYS);
}

const struct iommu_ops mock_ops = {
	.domain_alloc_sva = alloc_sva,
	.domain_alloc_paging = mock_alloc_paging,
	.remove_dev_pasid = remove_pasid,
	.probe_device = mock_probe_device,
	.release_device = mock_release_device,
	.device_group = mock_device_group,
	.def_domain_type = mock_def_domain_type,
	.default_domain_ops = &mock_paging_ops,
	.identity_domain = &identity,
	.blocked_domain = &blocked,
	.owner = THIS_MODULE,
};

const struct mock_request mock_requests[] = {
	{ MOCK_RID_ATTACH, mock_rid_attach },
	{ MOCK_KERNEL_ENABLE, mock_kernel_enable },
	{ MOCK_KERNEL_DISABLE, mock_kernel_disable },
	{ MOCK_RESET_PREPARE, mock_reset_prepare },
	{ MOCK_RESET_DONE, mock_reset_done },
	{},
};

const u32 mock_can_fail = 1U << MOCK_FAIL_TABLE | 1U << MOCK_FAIL_LATER_TABLE | 1U << MOCK_FAIL_SLOT;

const char *const mock_never_allocates =
    "a bind is refused before it allocates: iommu_sva_bind_device(), x86 since 6.12.64";

int mock_start(void)
{
	int err = mock_events_start();

	if (err)
		return err;
	mock_failures_start();
	mock_taken_start();
	return 0;
}

void mock_release_all(void)
{
	mock_resets_end();
	mock_domains_release();
}
