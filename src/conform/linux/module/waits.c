// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Who waits in the kernel for a device, and until when: nothing happens to a device unasked, until all go on. */
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "src/conform/linux/module/mock.h"

static DECLARE_WAIT_QUEUE_HEAD(changed);
static DEFINE_SPINLOCK(lock);
static u32 holding;	     /* for these reasons one waits */
static struct mock_wait now; /* reason 0: nobody waits */

void mock_hold(u32 reasons)
{
	WRITE_ONCE(holding, reasons);
	wake_up_all(&changed);
}

void mock_go_on(u32 reasons)
{
	if (reasons & MOCK_FOR_WORK)
		mock_work_lost(NULL);
	mock_hold(READ_ONCE(holding) & ~reasons);
}

static void tell(u32 reason, u32 dev)
{
	spin_lock(&lock);
	now = (struct mock_wait){ reason, dev };
	spin_unlock(&lock);
	wake_up_all(&changed);
}

void mock_wait(u32 reason, const struct mock_dev *d)
{
	if (!(READ_ONCE(holding) & reason))
		return;
	tell(reason, mock_number(d));
	wait_event(changed, !(READ_ONCE(holding) & reason));
	tell(0, 0);
}

int mock_waits_read(struct mock_wait *out)
{
	if (!wait_event_timeout(changed, READ_ONCE(now.reason) & READ_ONCE(holding), HZ / 20))
		return -ETIMEDOUT;
	spin_lock(&lock);
	*out = now;
	spin_unlock(&lock);
	return 0;
}
