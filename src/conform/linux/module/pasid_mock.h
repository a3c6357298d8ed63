/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What user space asks of /dev/pasid_mock. Devices, queues and address spaces go by small numbers from 1; 0 is none.
 * Every request answers 0, or -1 and an errno.
 */
#ifndef PASID_MOCK_H
#define PASID_MOCK_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define MOCK_DEVICES 8
#define MOCK_SPACES 31
#define MOCK_QUEUES 15
#define MOCK_WORKS 32
#define MOCK_RANGES 8
#define MOCK_ENTRIES 64
#define MOCK_PASIDS (1U << 20)

/* Where processes have the page that devices ask for; mapped with that page's number as the offset. */
#define MOCK_PAGE 0x5a0000000UL

#define MOCK_SVM 1 /* the unit walks a process's page table */
#define MOCK_ATS 2

struct mock_device {
	__u32 unit;
	__u32 group;
	__u32 max_pasids; /* 0, or a power of two */
	__u32 flags;
};

/* Everything is taken down, and these devices are there from now on. */
struct mock_world {
	__u32 devices;
	__u32 ranges;
	struct mock_device device[MOCK_DEVICES];
	__u32 reserved[MOCK_RANGES][2]; /* of these the allocator hands out none; both ends included */
};

/* An allocation that is to fail during one request. */
enum mock_failure {
	MOCK_FAIL_NOTHING,
	MOCK_FAIL_TABLE,       /* the driver's table, on the first device of the group */
	MOCK_FAIL_LATER_TABLE, /* the same, on the second */
	MOCK_FAIL_SLOT,	       /* group->pasid_array, where the slot is free */
	MOCK_FAIL_HANDLE,      /* a bond's handle */
	MOCK_FAIL_MM_DATA,     /* mm->iommu_mm; 6.1: what ioasid_alloc() keeps */
	MOCK_FAILURES,	       /* those of the model: they are offered */
	/* Others, which the model does not tell from these or from an allocator that is out of numbers. */
	MOCK_FAIL_ID = MOCK_FAILURES, /* a node of the global IDA */
	MOCK_FAIL_DOMAIN,	      /* the domain of a bond, which the driver allocates */
	MOCK_FAILURES_AND_OTHERS,
};

/* On a file of its own, which is then an open queue until its last reference goes. */
struct mock_bind {
	__u32 dev;
	__u32 queue;
	__u32 shared;
	__u32 as; /* what to call the caller's mm */
	__u32 fail;
	__u32 pasid; /* answer */
};

struct mock_attach {
	__u32 dev; /* MOCK_RID_ATTACH: any device of the group */
	__u32 pasid;
	__u32 as;
	__u32 work; /* MOCK_RAISE, MOCK_REAP: one in flight */
	__u32 fail;
	__u32 response; /* answer of MOCK_RESOLVE, of enum iommu_page_response_code. `as`: for whom it was asked, then
			 * whose page was looked for */
};

struct mock_entry {
	__u32 dev;
	__u32 pasid;
	__u32 as;
};

/* Why a call would wait: bits. */
enum mock_reason {
	MOCK_FOR_PORTALS = 1,  /* the file is mapped: it is not released */
	MOCK_FOR_WORK = 2,     /* idxd drains what it has been given */
	MOCK_FOR_REQUESTS = 4, /* the core detaches, and VT-d has page requests answered then */
};

/* Somebody is in the kernel and waits for the device. */
struct mock_wait {
	__u32 reason;
	__u32 dev;
};

/* The PASID tables, RID (0) included. */
struct mock_tables {
	__u32 entries; /* answer */
	__u32 strayed; /* by address space, as bits: a page that was asked for under its number was looked for elsewhere */
	struct mock_entry entry[MOCK_ENTRIES];
};

/* The numbers that are out, without those that the world reserves. -EUCLEAN: one that is reserved is out no more. */
struct mock_taken {
	__u32 numbers; /* answer */
	__u32 number[MOCK_ENTRIES];
};

/* What happened, in its order, since it was asked for last. */
enum mock_step {
	MOCK_SET = 1, /* of: the address space */
	MOCK_CLEARED,
	MOCK_FLUSHED,
	MOCK_DRAINED,  /* the driver has come to where it waits for page requests */
	MOCK_ANSWERED, /* a page request; of: the response */
	MOCK_FREED,    /* the number, by whoever had it; there is no device */
	MOCK_RELEASED, /* an open queue; of: mock_releaser */
};

/* Who lets go of a file last. */
enum mock_releaser {
	MOCK_BY_OPENER, /* a process of that address space */
	MOCK_BY_OTHER,
	MOCK_BY_DYING, /* as its files are closed at its end */
	MOCK_BY_INIT,
};

struct mock_event {
	__u32 step;
	__u32 dev;
	__u32 pasid;
	__u32 of;
};

#define MOCK_EVENTS_KEPT 800

struct mock_events {
	__u32 events;
	__u32 lost; /* of those that came last */
	struct mock_event event[MOCK_EVENTS_KEPT];
};

/* Of the requests that take a mock_attach, and those that only look, those that this kernel's core can be asked
 * (1 << _IOC_NR()); and of each mock_failure why it cannot be ordered, "": it can. */
struct mock_offers {
	__u32 requests;
	char why_not[MOCK_FAILURES][128];
};

#define MOCK_IOC(n, type) _IOWR('P', n, type)
#define MOCK_WORLD MOCK_IOC(1, struct mock_world)
#define MOCK_BIND MOCK_IOC(2, struct mock_bind)
#define MOCK_TABLES MOCK_IOC(4, struct mock_tables)
#define MOCK_RID_ATTACH MOCK_IOC(5, struct mock_attach)
#define MOCK_KERNEL_ENABLE MOCK_IOC(6, struct mock_attach)
#define MOCK_KERNEL_DISABLE MOCK_IOC(7, struct mock_attach)
#define MOCK_USER_ATTACH MOCK_IOC(8, struct mock_attach)
#define MOCK_USER_DETACH MOCK_IOC(9, struct mock_attach)
#define MOCK_USER_REPLACE MOCK_IOC(10, struct mock_attach)
#define MOCK_RESET_PREPARE MOCK_IOC(11, struct mock_attach)
#define MOCK_RESET_DONE MOCK_IOC(12, struct mock_attach)
#define MOCK_OFFERS MOCK_IOC(14, struct mock_offers)
#define MOCK_TAKEN MOCK_IOC(15, struct mock_taken)
#define MOCK_RAISE MOCK_IOC(16, struct mock_attach)
#define MOCK_RESOLVE MOCK_IOC(17, struct mock_attach)
#define MOCK_EVENTS MOCK_IOC(18, struct mock_events)
#define MOCK_ALLOC_PASID MOCK_IOC(19, struct mock_attach) /* for the caller's mm; `pasid` is the answer */
/* What devices do; see work.c. EINPROGRESS: it would wait. */
#define MOCK_STORE _IO('P', 20) /* on an open queue, by the device's own way in; write() is the driver's */
#define MOCK_REAP MOCK_IOC(21, struct mock_attach)
/* Would the last close of this open queue, or the start of a reset of that device, wait: bits of mock_reason. */
#define MOCK_CLOSE_WAITS _IO('P', 22)
#define MOCK_RESET_WAITS _IO('P', 23)
/* Who waits; ETIMEDOUT: nobody for a while. */
#define MOCK_WAITS MOCK_IOC(24, struct mock_wait)
/* Until the next world nobody waits for these reasons: work ends by itself, and page requests are answered. */
#define MOCK_GO_ON _IO('P', 25)
#define MOCK_BY_DRIVER                                                                                                 \
	_IO('P', 26)		 /* 1: a request since this was asked for last was refused by the mock, not the core */
#define MOCK_SETTLE _IO('P', 13) /* what is released a grace period later has been released */

#endif
