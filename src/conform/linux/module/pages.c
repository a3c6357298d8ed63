// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Page requests. A device's wait in its queue until somebody has them handled: as an IOMMU driver does, this one
 * reports them to the core, whose handler has the process's page brought in, and hears the answer for the device.
 */
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "src/conform/linux/module/mock.h"

#define GROUPS 512 /* nine bits in a request */

struct page_request {
	struct list_head list;
	struct mock_dev *dev;
	ioasid_t pasid;
	u32 as; /* whose work asks */
};

static LIST_HEAD(queue);
static DEFINE_SPINLOCK(lock);
static struct iopf_queue *faults; /* the core's */

/* What the request that is being handled has come to; they are handled one by one. */
static u32 answers, answered;
static const struct iommu_fault_page_request *asked;
static struct device *asks;
static u32 asked_groups;

int mock_pages_start(void)
{
	faults = iopf_queue_alloc("pasid_mock");
	return faults ? 0 : -ENOMEM;
}

void mock_pages_add(struct device *dev)
{
	if (iopf_queue_add_device(faults, dev))
		dev_err(dev, "BUG: the core takes no page requests of it\n");
}

void mock_pages_remove(struct device *dev)
{
	iopf_queue_remove_device(faults, dev);
}

void mock_page_response(struct device *dev, struct iopf_fault *fault, struct iommu_page_response *response)
{
	answers++;
	answered = response->code;
	if (dev != asks || response->pasid != asked->pasid || response->grpid != asked->grpid)
		dev_err(dev, "BUG: PASID %u, group %u is answered, which did not ask\n", response->pasid, response->grpid);
	mock_event(MOCK_ANSWERED, mock_number(mock_dev_of(dev)), response->pasid, response->code);
}

/* intel_prq_report(), and then the wait for what it leads to. */
static void deliver(struct page_request *request)
{
	struct device *dev = &request->dev->pdev->dev;
	struct iopf_fault fault = { .fault = { .type = IOMMU_FAULT_PAGE_REQ } };
	struct iommu_fault_page_request *page = &fault.fault.prm;

	page->addr = MOCK_PAGE;
	page->pasid = request->pasid;
	page->grpid = (asked_groups = (asked_groups + 1) % GROUPS);
	page->perm = IOMMU_FAULT_PERM_READ;
	page->flags = IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE | IOMMU_FAULT_PAGE_REQUEST_PASID_VALID;
	asked = page;
	asks = dev;
	answers = 0;
	mock_touched = 0;
	iommu_report_device_fault(dev, &fault); /* where it fails the device has been answered all the same */
	iopf_queue_flush_dev(dev);
	if (mock_touched && mock_touched != request->as)
		mock_strayed |= 1U << request->as;
	kfree(request);
	if (answers != 1)
		dev_err(dev, "BUG: a page request has had %u answers\n", answers);
	else if ((answered == IOMMU_PAGE_RESP_SUCCESS) != (mock_touched != 0))
		dev_err(dev, "BUG: a page request is answered %u, and %u was looked into\n", answered, mock_touched);
}

static bool is_of(const struct page_request *request, struct mock_dev *d, ioasid_t pasid, u32 as)
{
	return (!d || request->dev == d) && (!pasid || request->pasid == pasid) && (!as || request->as == as);
}

/* The first that is waiting; NULL and 0: any. */
static struct page_request *take(struct mock_dev *d, ioasid_t pasid, u32 as)
{
	struct page_request *request, *found = NULL;

	spin_lock(&lock);
	list_for_each_entry(request, &queue, list)
	{
		if (!is_of(request, d, pasid, as))
			continue;
		found = request;
		list_del(&found->list);
		break;
	}
	spin_unlock(&lock);
	return found;
}

u32 mock_pages_waiting(struct mock_dev *d, ioasid_t pasid, u32 as)
{
	struct page_request *request;
	u32 n = 0;

	spin_lock(&lock);
	list_for_each_entry(request, &queue, list) n += is_of(request, d, pasid, as);
	spin_unlock(&lock);
	return n;
}

/* Who handles them is elsewhere, as VT-d's thread is: whoever drains waits for it. Where devices go on by themselves it
 * does not get there first. */
void mock_pages_drain(struct mock_dev *d, ioasid_t pasid)
{
	struct page_request *request;

	if (d)
		mock_event(MOCK_DRAINED, mock_number(d), pasid, 0);
	if (d && mock_pages_waiting(d, pasid, 0))
		mock_wait(MOCK_FOR_REQUESTS, d);
	while ((request = take(d, pasid, 0)))
		deliver(request);
}

/* The IOMMU takes requests for entries of processes that it finds present. */
int mock_page_request(struct mock_dev *d, ioasid_t pasid, u32 as)
{
	struct page_request *request;

	if (!mock_dev_caches(d, pasid))
		return -ENXIO;
	if (mock_pages_waiting(d, pasid, as))
		return -EINPROGRESS;
	request = kzalloc(sizeof(*request), GFP_KERNEL);
	if (!request)
		return -ENOMEM;
	request->dev = d;
	request->pasid = pasid;
	request->as = as;
	spin_lock(&lock);
	list_add_tail(&request->list, &queue);
	spin_unlock(&lock);
	return 0;
}

int mock_page_resolve(struct mock_attach *a)
{
	struct mock_dev *d = mock_dev(a->dev);
	struct page_request *request = d ? take(d, a->pasid, a->as) : NULL;

	if (!request)
		return -ENXIO;
	deliver(request);
	a->as = mock_touched;
	a->response = answered;
	return 0;
}
