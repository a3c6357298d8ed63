/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Domains and where they are attached: for kernels whose core attaches them under PASIDs. */
#ifndef MOCK_DOMAINS_H
#define MOCK_DOMAINS_H

#include "src/conform/linux/module/mock.h"

struct attachment {
	struct mock_dev *dev; /* NULL: this place is free */
	ioasid_t pasid;
	u32 as;
	bool kernel;
	struct iommu_attach_handle handle;
};

/* The callbacks of domains with a page table; what the series calls them with is its own matter. */
extern const struct iommu_domain_ops mock_paging_ops;
struct iommu_domain *mock_alloc_paging(struct device *dev);
phys_addr_t mock_paging_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova);
void mock_paging_free(struct iommu_domain *domain);

/* The domain of that name; the first request makes it. */
struct iommu_domain *mock_domain_of(struct mock_dev *d, u32 as);
/* A free one, or NULL. */
struct attachment *mock_place(void);
/* Of a device of the same group; pasid 0: any. */
struct attachment *mock_find(struct mock_dev *d, ioasid_t pasid, u32 as, bool kernel);
void mock_drop(struct attachment *x);
void mock_domains_release(void);

/* What can be asked of them. */
int mock_rid_attach(struct mock_attach *a);
int mock_kernel_enable(struct mock_attach *a);
int mock_kernel_disable(struct mock_attach *a);
/* user.c */
int mock_user_attach(struct mock_attach *a);
int mock_user_detach(struct mock_attach *a);
int mock_user_replace(struct mock_attach *a);

#endif
