/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The same thing under the names of each series. What a series does in another way is in its series_*.c. */
#ifndef MOCK_COMPAT_H
#define MOCK_COMPAT_H

#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#include <linux/annotate.h>
#else
#include <linux/objtool.h>
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
static inline struct iommu_sva *mock_sva_bind(struct device *dev, struct mm_struct *mm)
{
	return iommu_sva_bind_device(dev, mm);
}
static inline void mock_unit_takes(struct iommu_device *unit, u32 max_pasids)
{
	unit->max_pasids = max_pasids;
}
static inline void mock_vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vm_flags_set(vma, flags);
}
#else
static inline struct iommu_sva *mock_sva_bind(struct device *dev, struct mm_struct *mm)
{
	return iommu_sva_bind_device(dev, mm, NULL);
}
static inline void mock_unit_takes(struct iommu_device *unit, u32 max_pasids)
{
}
static inline void mock_vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}
#define IOMMU_PASID_INVALID INVALID_IOASID
/* Numbers are IOASIDs there, and these are in series_6_1.c. */
ioasid_t iommu_alloc_global_pasid(struct device *dev);
void iommu_free_global_pasid(ioasid_t pasid);
#endif

#endif
