/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What the parts of the module share. */
#ifndef MOCK_H
#define MOCK_H

#include <linux/completion.h>
#include <linux/iommu.h>
#include <linux/pci.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "src/conform/linux/module/compat.h"
#include "src/conform/linux/module/pasid_mock.h"

struct iopf_fault;
struct iommu_page_response;

/* A device of the world; number 0 of the table is unused. */
struct mock_dev {
	struct mock_device is;
	struct pci_dev *pdev;
	bool resetting;
	int reset_failed;
	struct work_struct reset;
	struct completion begun, end, over; /* the device resets; may go on; the core is done with it */
	struct xarray table; /* by PASID: the address space, as a value; RID's under 0 */
	struct xarray cache; /* by PASID: what was in the table is a process, and may be cached */
};

/* A domain that this driver made. */
struct mock_domain {
	struct iommu_domain domain;
	u32 as;
};

static inline struct mock_domain *to_mock_domain(struct iommu_domain *domain)
{
	return container_of(domain, struct mock_domain, domain);
}

/* bus.c: a PCI bus whose devices are those of the world. */
int mock_bus_create(const struct mock_world *world);
void mock_bus_remove(void);
bool mock_is_ours(struct device *dev);
struct mock_dev *mock_dev_of(struct device *dev);
/* NULL: there is none of that number. */
struct mock_dev *mock_dev(u32 number);
u32 mock_dev_count(void);
u32 mock_number(const struct mock_dev *d);

/* iommu.c */
int mock_iommu_register(void);
void mock_iommu_unregister(void);
struct iommu_device *mock_probe_device(struct device *dev);
void mock_release_device(struct device *dev);
struct iommu_group *mock_device_group(struct device *dev);
int mock_def_domain_type(struct device *dev);

/* ---- series_*.c: what is this series' own. */
extern const struct iommu_ops mock_ops;
/* What this kernel's core can be asked, to the one without a function; and what can fail meanwhile, as bits. */
struct mock_request {
	unsigned int cmd;
	int (*run)(struct mock_attach *a);
};
extern const struct mock_request mock_requests[];
extern const u32 mock_can_fail;
/* Arms what nothing disarms, once nothing can fail any more. */
int mock_start(void);
/* Nothing is attached or taken any more. */
void mock_release_all(void);
/* Takes from the pool what the world reserves; -EBUSY: something else is not back in it. */
int mock_reserve(const struct mock_world *world);
/* -EOVERFLOW: there are more entries than that has room for; -EUCLEAN: one under a PASID is nobody's. */
int mock_tables_read(struct mock_tables *tables);
/* What the next requests of this task are to meet; MOCK_FAIL_NOTHING when they are done. */
void mock_fail(u32 failure);

/* ---- Of those that have them: tables.c */
int mock_table_set(struct device *dev, ioasid_t pasid, u32 as);
int mock_table_set_process(struct device *dev, ioasid_t pasid, u32 as);
bool mock_dev_caches(struct mock_dev *d, ioasid_t pasid);
void mock_table_clear(struct device *dev, ioasid_t pasid);
void mock_expect_old(struct device *dev, ioasid_t pasid, struct iommu_domain *old);

/* failures.c, with the probes of probes*.c */
bool mock_table_fails(struct device *dev); /* it has no room for this entry */
void mock_failures_start(void);
/* In one line, why this allocation cannot be made to fail; NULL: it can. */
const char *mock_why_not(u32 failure);
/* The same of those that are not among mock_can_fail. */
extern const char *const mock_never_allocates;

/* sva.c */
struct iommu_domain *mock_domain_alloc_sva(struct device *dev, struct mm_struct *mm);
/* The domain is attached there no more; NULL, or not of a process: nobody remembers where it was. */
void mock_sva_forget(struct iommu_domain *domain, struct device *dev, ioasid_t pasid);

/* series_7_3.c */
/* The entry goes, then what is cached of it, then the page requests are answered. */
void mock_tear_down(struct device *dev, ioasid_t pasid);

/* pool.c */
/* The numbers that this module keeps, as a bitmap of MOCK_PASIDS. */
const unsigned long *mock_pool_kept(void);

/* taken.c */
void mock_taken_start(void);
bool mock_taken_can_be_read(void);
/* That is the core's book of numbers. */
bool mock_is_book(const void *ida);
int mock_taken_read(struct mock_taken *out);

/* events.c */
void mock_event(u32 step, u32 dev, u32 pasid, u32 of);
int mock_events_read(struct mock_events *out);
int mock_events_start(void);

/* pages.c */
int mock_pages_start(void);
void mock_pages_add(struct device *dev);
void mock_pages_remove(struct device *dev);
void mock_page_response(struct device *dev, struct iopf_fault *fault, struct iommu_page_response *response);
int mock_page_resolve(struct mock_attach *a);
/* Those that are waiting are answered when this returns. NULL and 0: all of them. */
void mock_pages_drain(struct mock_dev *d, ioasid_t pasid);
/* How many are waiting; pasid 0, as 0: any. */
u32 mock_pages_waiting(struct mock_dev *d, ioasid_t pasid, u32 as);
/* Puts one in the queue: -EINPROGRESS, there is one like it. */
int mock_page_request(struct mock_dev *d, ioasid_t pasid, u32 as);

/* work.c */
int mock_page_raise(struct mock_attach *a);
int mock_work_reap(struct mock_attach *a);
/* A reset ends what the device was doing. NULL: all devices. */
void mock_work_lost(struct mock_dev *d);

/* waits.c */
/* From now on whoever waits for a device for one of these reasons does so until it goes on. */
void mock_hold(u32 reasons);
/* Devices go on by themselves: for these reasons nobody waits any more. */
void mock_go_on(u32 reasons);
/* Returns when the device has gone on: at once if nobody holds it. */
void mock_wait(u32 reason, const struct mock_dev *d);
int mock_waits_read(struct mock_wait *out);

/* reset.c */
int mock_reset_prepare(struct mock_attach *a);
int mock_reset_done(struct mock_attach *a);
u32 mock_reset_waits(u32 dev);
void mock_resets_end(void);
void mock_reset_ready(struct mock_dev *d);
/* The device was told to reset itself: it is back when the reset is to end. */
void mock_reset_begun(struct mock_dev *d);

/* queue.c */
bool mock_queues_open(void);

/* touch.c: what the last page that was asked for was looked for in; 0: nothing. */
extern u32 mock_touched;
/* Whose requests have led to somebody else's pages, as bits, since the world was made. */
extern u32 mock_strayed;
int mock_page_mmap(struct vm_area_struct *vma);

/* by.c */
/* Gives the errno back: that of an answer that is a driver's, and this one's in its place. */
int mock_refuse(int err);
/* Was there such an answer since this was asked for last? */
bool mock_refused(void);

/* names.c */
/* The caller's mm goes by this number from now on; 0: it has none. */
void mock_name_mm(u32 as, struct mm_struct *mm);
u32 mock_name_of(struct mm_struct *mm);

#endif
