// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What came to the mock, in its order. And what may never come: a number that is free again while the hardware still
 * has something of the process that it meant (Linux 7.3: iommu_sva_unbind_device() detaches before it lets go of the
 * mm, and
 * __mmdrop() frees the number).
 */
#include <linux/kprobes.h>
#include <linux/spinlock.h>

#include "src/conform/linux/module/mock.h"

static DEFINE_SPINLOCK(lock);
static struct mock_events ring;

void mock_event(u32 step, u32 dev, u32 pasid, u32 of)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	if (ring.events < MOCK_EVENTS_KEPT)
		ring.event[ring.events++] = (struct mock_event){ step, dev, pasid, of };
	else
		ring.lost++;
	spin_unlock_irqrestore(&lock, flags);
}

int mock_events_read(struct mock_events *out)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	*out = ring;
	ring.events = 0;
	ring.lost = 0;
	spin_unlock_irqrestore(&lock, flags);
	return 0;
}

/* A bug of the kernel's, or of this driver's: the log has it, and who reads that takes it for one. */
static int before_free(struct kprobe *probe, struct pt_regs *regs)
{
	const u32 pasid = regs->di;
	u32 i;

	if (pasid < MOCK_PASIDS && test_bit(pasid, mock_pool_kept()))
		return 0; /* the world's, not the kernel's */
	mock_event(MOCK_FREED, 0, pasid, 0);
	for (i = 1; i <= mock_dev_count(); i++)
		if (mock_dev(i) && mock_dev_caches(mock_dev(i), pasid))
			pr_err("pasid_mock: BUG: number %u is free, and device %u still has what it meant\n", pasid, i);
	return 0;
}

static struct kprobe free_probe = { .symbol_name = "iommu_free_global_pasid", .pre_handler = before_free };

int mock_events_start(void)
{
	return register_kprobe(&free_probe);
}
