// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Domains of processes. As VT-d's do, they hear of the end of the address space and turn translation off then. */
#include <linux/mmu_notifier.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "src/conform/linux/module/mock.h"
#include "src/conform/linux/module/probes.h"

#define PLACES 8

struct sva_domain {
	struct mock_domain mock;
	struct mmu_notifier notifier;
	spinlock_t lock;
	struct {
		struct device *dev;
		ioasid_t pasid;
	} at[PLACES]; /* where it is attached */
};

static struct sva_domain *to_sva(struct iommu_domain *domain)
{
	return container_of(domain, struct sva_domain, mock.domain);
}

static void remember(struct sva_domain *d, struct device *dev, ioasid_t pasid, bool there)
{
	struct device *from = there ? NULL : dev;
	int i;

	for (i = 0; i < PLACES; i++) {
		if (d->at[i].dev != from || (from && d->at[i].pasid != pasid))
			continue;
		d->at[i].dev = there ? dev : NULL;
		d->at[i].pasid = pasid;
		return;
	}
}

void mock_sva_forget(struct iommu_domain *domain, struct device *dev, ioasid_t pasid)
{
	struct sva_domain *d;

	if (!domain || domain->type != IOMMU_DOMAIN_SVA)
		return;
	d = to_sva(domain);
	spin_lock(&d->lock);
	remember(d, dev, pasid, false);
	spin_unlock(&d->lock);
}

/* As intel_iommu_sva_supported(): a domain that there is already comes to devices that could not have one made. */
static int supported(struct device *dev)
{
	const struct mock_device *is = &mock_dev_of(dev)->is;

	if (!(is->flags & MOCK_SVM))
		return mock_refuse(-ENODEV);
	return is->flags & MOCK_ATS ? 0 : mock_refuse(-EINVAL);
}

/* intel_svm_set_dev_pasid(): the domain hears of the end of its mm before the entry is there. */
static int sva_set_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid, struct iommu_domain *old)
{
	struct sva_domain *d = to_sva(domain);
	int err = supported(dev);

	if (err)
		return err;
	mock_expect_old(dev, pasid, old);
	spin_lock(&d->lock);
	remember(d, dev, pasid, true);
	spin_unlock(&d->lock);
	if (old)
		mock_tear_down(dev, pasid);
	err = mock_table_set_process(dev, pasid, d->mock.as);
	mock_sva_forget(err ? domain : old, dev, pasid);
	return err;
}

static void release(struct mmu_notifier *n, struct mm_struct *mm)
{
	struct sva_domain *d = container_of(n, struct sva_domain, notifier);
	int i;

	spin_lock(&d->lock);
	for (i = 0; i < PLACES; i++)
		if (d->at[i].dev)
			mock_table_clear(d->at[i].dev, d->at[i].pasid);
	spin_unlock(&d->lock);
}

static void free_notifier(struct mmu_notifier *n)
{
	kfree(container_of(n, struct sva_domain, notifier));
}

static const struct mmu_notifier_ops notifier_ops = { .release = release, .free_notifier = free_notifier };

static void sva_free(struct iommu_domain *domain)
{
	mmu_notifier_put(&to_sva(domain)->notifier);
}

static const struct iommu_domain_ops sva_ops = { .set_dev_pasid = sva_set_pasid, .free = sva_free };

struct iommu_domain *mock_domain_alloc_sva(struct device *dev, struct mm_struct *mm)
{
	struct sva_domain *d;
	int err = supported(dev);

	if (err)
		return ERR_PTR(err);
	d = mock_fails(MOCK_FAIL_DOMAIN) ? NULL : kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return ERR_PTR(mock_refuse(-ENOMEM));
	d->mock.domain.ops = &sva_ops;
	d->mock.as = mock_name_of(mm);
	d->notifier.ops = &notifier_ops;
	spin_lock_init(&d->lock);
	err = mmu_notifier_register(&d->notifier, mm);
	if (err) {
		kfree(d);
		return ERR_PTR(err);
	}
	return &d->mock.domain;
}
