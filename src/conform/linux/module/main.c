// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A mock IOMMU with devices, driven through /dev/pasid_mock: PASIDs and bonds are the kernel's own. */
#include <linux/miscdevice.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "src/conform/linux/module/mock.h"
#include "src/conform/linux/module/queue.h"

static DEFINE_MUTEX(lock);
static struct mock_world now; /* what the bus was made of */
static struct mock_tables tables;
static struct mock_taken taken;
static struct mock_events events;

static int good_world(const struct mock_world *w)
{
	u32 i;

	if (w->devices > MOCK_DEVICES || w->ranges > MOCK_RANGES)
		return -EINVAL;
	for (i = 0; i < w->devices; i++) {
		const struct mock_device *d = &w->device[i];

		if (d->unit == 0 || d->unit > 4 || d->group == 0 || d->group > MOCK_DEVICES ||
		    d->max_pasids > 1U << 20 || (d->max_pasids & (d->max_pasids - 1)))
			return -EINVAL;
	}
	return 0;
}

static int set_world(const struct mock_world *w)
{
	int err = good_world(w);

	if (err)
		return err;
	if (mock_queues_open())
		return -EBUSY;
	mock_release_all();
	mmu_notifier_synchronize();
	if (memcmp(&w->device, &now.device, sizeof(now.device)) || w->devices != now.devices) {
		mock_bus_remove();
		memset(&now, 0, sizeof(now));
		err = mock_bus_create(w);
		if (err)
			return err;
		now = *w;
	}
	err = mock_reserve(w);
	mock_events_read(&events); /* of the world before */
	mock_strayed = 0;
	mock_hold(MOCK_FOR_WORK | MOCK_FOR_REQUESTS);
	return err;
}

static int attach(unsigned int cmd, struct mock_attach *a)
{
	const struct mock_request *r;
	int err = -ENOTTY;

	mock_fail(a->fail);
	for (r = mock_requests; r->run; r++)
		if (r->cmd == cmd)
			err = r->run(a);
	mock_fail(MOCK_FAIL_NOTHING);
	return err;
}

static void offers(struct mock_offers *out)
{
	const struct mock_request *r;
	u32 i;

	memset(out, 0, sizeof(*out));
	for (r = mock_requests; r->run; r++)
		out->requests |= 1U << _IOC_NR(r->cmd);
	if (mock_taken_can_be_read())
		out->requests |= 1U << _IOC_NR(MOCK_TAKEN);
	for (i = 1; i < MOCK_FAILURES; i++)
		strscpy(out->why_not[i], mock_why_not(i) ?: "", sizeof(out->why_not[i]));
}

static long request(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct mock_queue *q = file->private_data;
	void __user *user = (void __user *)arg;
	union {
		struct mock_world world;
		struct mock_bind bind;
		struct mock_attach attach;
		struct mock_offers offers;
		struct mock_wait wait;
	} given;
	long err;

	if (cmd == MOCK_BY_DRIVER)
		return mock_refused();
	mock_refused(); /* of whoever did not ask */
	if (cmd == MOCK_CLOSE_WAITS)
		return mock_queue_waits(q);
	if (cmd == MOCK_RESET_WAITS)
		return mock_reset_waits(arg);
	if (cmd == MOCK_STORE)
		return mock_queue_store(q, arg);
	if (cmd == MOCK_GO_ON) {
		mock_go_on(arg);
		return 0;
	}
	if (cmd == MOCK_WAITS) {
		err = mock_waits_read(&given.wait);
		return !err && copy_to_user(user, &given.wait, sizeof(given.wait)) ? -EFAULT : err;
	}
	if (cmd == MOCK_SETTLE) {
		mmu_notifier_synchronize();
		return 0;
	}
	if (cmd == MOCK_OFFERS) {
		offers(&given.offers);
		return copy_to_user(user, &given.offers, sizeof(given.offers)) ? -EFAULT : 0;
	}
	if (cmd == MOCK_BIND) {
		if (copy_from_user(&given.bind, user, sizeof(given.bind)))
			return -EFAULT;
		err = mock_queue_bind(q, &given.bind);
		return copy_to_user(user, &given.bind, sizeof(given.bind)) ? -EFAULT : err;
	}
	mutex_lock(&lock);
	if (cmd == MOCK_TABLES) {
		err = mock_tables_read(&tables);
		tables.strayed = mock_strayed;
		if (!err && copy_to_user(user, &tables, sizeof(tables)))
			err = -EFAULT;
	} else if (cmd == MOCK_TAKEN) {
		err = mock_taken_read(&taken);
		if (!err && copy_to_user(user, &taken, sizeof(taken)))
			err = -EFAULT;
	} else if (cmd == MOCK_EVENTS) {
		err = mock_events_read(&events);
		if (!err && copy_to_user(user, &events, offsetof(struct mock_events, event[events.events])))
			err = -EFAULT;
	} else if (cmd == MOCK_WORLD) {
		err = copy_from_user(&given.world, user, sizeof(given.world)) ? -EFAULT : set_world(&given.world);
	} else {
		err = copy_from_user(&given.attach, user, sizeof(given.attach)) ? -EFAULT : attach(cmd, &given.attach);
		if (!err && copy_to_user(user, &given.attach, sizeof(given.attach)))
			err = -EFAULT;
	}
	mutex_unlock(&lock);
	return err;
}

/* The number of a piece of work. */
static ssize_t submit(struct file *file, const char __user *user, size_t count, loff_t *at)
{
	u32 work;
	int err;

	if (count != sizeof(work) || copy_from_user(&work, user, sizeof(work)))
		return -EINVAL;
	err = mock_queue_write(file->private_data, work);
	return err ? err : sizeof(work);
}

static int open(struct inode *inode, struct file *file)
{
	file->private_data = kzalloc(sizeof(struct mock_queue), GFP_KERNEL);
	return file->private_data ? 0 : -ENOMEM;
}

static int release(struct inode *inode, struct file *file)
{
	mock_queue_release(file->private_data);
	kfree(file->private_data);
	return 0;
}

static int map(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_pgoff == MOCK_PAGE >> PAGE_SHIFT)
		return mock_page_mmap(vma);
	return mock_queue_mmap(file->private_data, vma);
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = open,
	.release = release,
	.unlocked_ioctl = request,
	.mmap = map,
	.write = submit,
};

static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "pasid_mock", .fops = &fops, .mode = 0666 };

static int __init start(void)
{
	int err = mock_iommu_register();

	if (err)
		return err;
	err = misc_register(&misc);
	if (err)
		goto unregister;
	err = mock_start();
	if (!err)
		return 0;
	misc_deregister(&misc);
unregister:
	mock_iommu_unregister();
	return err;
}

/* Not to be unloaded: the machine ends with the test. */
module_init(start);

MODULE_DESCRIPTION("Mock IOMMU for tests of the kernel's PASID code");
MODULE_LICENSE("Dual MIT/GPL");
