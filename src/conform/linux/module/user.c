// SPDX-License-Identifier: GPL-2.0 OR MIT
/* What user space attaches under PASIDs of its own choice, as iommufd asks the core for it. */
#include <linux/module.h>

#include "src/conform/linux/module/domains.h"

/* Declared in a private header of the core's. */
int iommu_replace_device_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid,
			       struct iommu_attach_handle *handle);

int mock_user_attach(struct mock_attach *a)
{
	struct mock_dev *d = mock_dev(a->dev);
	struct attachment *x = mock_place();
	struct iommu_domain *domain;
	int err;

	if (!d || !x)
		return -ENXIO;
	domain = mock_domain_of(d, a->as);
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
	struct attachment *x = d ? mock_find(d, a->pasid, a->as, false) : NULL;

	if (!x)
		return -ENXIO;
	mock_drop(x);
	return 0;
}

/* iommufd_device_do_replace() looks first at what it has attached under that number, whatever the table; of what others
 * have there it knows nothing. The rest is the core's. */
int mock_user_replace(struct mock_attach *a)
{
	struct mock_dev *d = mock_dev(a->dev);
	struct attachment *y = mock_place();
	struct iommu_domain *domain;
	struct attachment *x;
	int err;

	if (!d || !y)
		return -ENXIO;
	x = a->pasid ? mock_find(d, a->pasid, 0, false) : NULL;
	if (!x)
		return mock_refuse(-EINVAL);
	domain = mock_domain_of(d, a->as);
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

MODULE_IMPORT_NS("IOMMUFD_INTERNAL");
