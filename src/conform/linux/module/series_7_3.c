// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Linux 7.3: every domain knows which one it follows, and detaching is attaching the blocked one. */
#include <linux/module.h>

#include "src/conform/linux/module/domains.h"

static int attach_nothing(struct iommu_domain *domain, struct device *dev, struct iommu_domain *old)
{
	mock_table_clear(dev, IOMMU_NO_PASID);
	return 0;
}

/* intel_pasid_tear_down_entry(), and intel_iommu_drain_pasid_prq() in it */
void mock_tear_down(struct device *dev, ioasid_t pasid)
{
	mock_table_clear(dev, pasid);
	mock_pages_drain(mock_dev_of(dev), pasid);
}

/* blocking_domain_set_dev_pasid() */
static int block_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid, struct iommu_domain *old)
{
	mock_expect_old(dev, pasid, old);
	mock_tear_down(dev, pasid);
	mock_sva_forget(old, dev, pasid);
	return 0;
}

static const struct iommu_domain_ops identity_ops = { .attach_dev = attach_nothing };
static struct iommu_domain identity = { .type = IOMMU_DOMAIN_IDENTITY, .ops = &identity_ops, .owner = &mock_ops };
static const struct iommu_domain_ops blocked_ops = { .attach_dev = attach_nothing, .set_dev_pasid = block_pasid };
static struct iommu_domain blocked = { .type = IOMMU_DOMAIN_BLOCKED, .ops = &blocked_ops, .owner = &mock_ops };

/* intel_iommu_attach_device(); no request comes without a PASID. */
static int paging_attach(struct iommu_domain *domain, struct device *dev, struct iommu_domain *old)
{
	mock_table_clear(dev, IOMMU_NO_PASID);
	return mock_table_set(dev, IOMMU_NO_PASID, to_mock_domain(domain)->as);
}

/* intel_iommu_set_dev_pasid() */
static int paging_set_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid, struct iommu_domain *old)
{
	int err;

	mock_expect_old(dev, pasid, old);
	if (old)
		mock_tear_down(dev, pasid);
	err = mock_table_set(dev, pasid, to_mock_domain(domain)->as);
	if (!err)
		mock_sva_forget(old, dev, pasid);
	return err;
}

const struct iommu_domain_ops mock_paging_ops = {
	.attach_dev = paging_attach,
	.set_dev_pasid = paging_set_pasid,
	.iova_to_phys = mock_paging_iova_to_phys,
	.free = mock_paging_free,
};

const struct iommu_ops mock_ops = {
	.domain_alloc_paging = mock_alloc_paging,
	.domain_alloc_sva = mock_domain_alloc_sva,
	.probe_device = mock_probe_device,
	.probe_finalize = mock_pages_add,
	.release_device = mock_pages_remove,
	.page_response = mock_page_response,
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
	{ MOCK_USER_ATTACH, mock_user_attach },
	{ MOCK_USER_DETACH, mock_user_detach },
	{ MOCK_USER_REPLACE, mock_user_replace },
	{ MOCK_RESET_PREPARE, mock_reset_prepare },
	{ MOCK_RESET_DONE, mock_reset_done },
	{ MOCK_RAISE, mock_page_raise },
	{ MOCK_RESOLVE, mock_page_resolve },
	{ MOCK_REAP, mock_work_reap },
	{},
};

const u32 mock_can_fail = 1U << MOCK_FAIL_TABLE | 1U << MOCK_FAIL_LATER_TABLE | 1U << MOCK_FAIL_SLOT |
			  1U << MOCK_FAIL_HANDLE | 1U << MOCK_FAIL_MM_DATA;

const char *const mock_never_allocates;

int mock_start(void)
{
	int err = mock_pages_start();

	if (!err)
		err = mock_events_start();
	if (err)
		return err;
	mock_failures_start();
	mock_taken_start();
	return 0;
}

void mock_release_all(void)
{
	mock_resets_end();
	mock_pages_drain(NULL, 0);
	mock_domains_release();
}
