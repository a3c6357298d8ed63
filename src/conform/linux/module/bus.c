// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A PCI bus that is not there: config space is answered from memory, so that the core finds ATS and PASID by itself. */
#include <linux/module.h>

#include "src/conform/linux/module/mock.h"

#define CONFIG_SIZE 4096
#define AT_EXPRESS 0x40
#define AT_EXTENDED 0x100
#define BUS_DOMAIN 0x5a00

static struct mock_dev devices[MOCK_DEVICES + 1];
static u32 device_count;
static u8 (*config)[CONFIG_SIZE];
static struct pci_bus *bus;
static struct pci_sysdata sysdata = { .domain = BUS_DOMAIN, .node = NUMA_NO_NODE };

static void put16(u8 *at, u16 value)
{
	at[0] = value & 0xff;
	at[1] = value >> 8;
}

static void put32(u8 *at, u32 value)
{
	put16(at, value & 0xffff);
	put16(at + 2, value >> 16);
}

/* Extended capabilities follow one another from where they begin. */
static void fill_extended(u8 *c, const struct mock_device *is)
{
	const bool ats = is->flags & MOCK_ATS, pasids = is->max_pasids > 0;
	const u32 at_pasid = ats ? AT_EXTENDED + PCI_EXT_CAP_ATS_SIZEOF : AT_EXTENDED;

	if (ats)
		put32(c + AT_EXTENDED, PCI_EXT_CAP_ID_ATS | 1 << 16 | (pasids ? at_pasid << 20 : 0));
	if (!pasids)
		return;
	put32(c + at_pasid, PCI_EXT_CAP_ID_PASID | 1 << 16);
	put16(c + at_pasid + PCI_PASID_CAP, PCI_PASID_CAP_PRIV | ilog2(is->max_pasids) << 8);
}

static void fill_config(u8 *c, const struct mock_device *is)
{
	memset(c, 0, CONFIG_SIZE);
	put16(c + PCI_VENDOR_ID, 0x1234);
	put16(c + PCI_DEVICE_ID, 0x5a51);
	put16(c + PCI_STATUS, PCI_STATUS_CAP_LIST);
	put16(c + PCI_CLASS_DEVICE, PCI_CLASS_SYSTEM_OTHER);
	c[PCI_CAPABILITY_LIST] = AT_EXPRESS;
	c[AT_EXPRESS] = PCI_CAP_ID_EXP;
	put16(c + AT_EXPRESS + PCI_EXP_FLAGS, 2 | PCI_EXP_TYPE_RC_END << 4);
	put32(c + AT_EXPRESS + PCI_EXP_DEVCAP, PCI_EXP_DEVCAP_FLR);
	put32(c + AT_EXPRESS + PCI_EXP_DEVCAP2, PCI_EXP_DEVCAP2_EE_PREFIX);
	fill_extended(c, is);
}

static u8 *config_of(unsigned int devfn)
{
	if (PCI_FUNC(devfn) != 0 || PCI_SLOT(devfn) == 0 || PCI_SLOT(devfn) > device_count)
		return NULL;
	return config[PCI_SLOT(devfn)];
}

static int config_read(struct pci_bus *b, unsigned int devfn, int where, int size, u32 *value)
{
	const u8 *c = config_of(devfn);
	int i;

	*value = ~0U;
	if (!c || where + size > CONFIG_SIZE)
		return PCIBIOS_DEVICE_NOT_FOUND;
	*value = 0;
	for (i = size - 1; i >= 0; i--)
		*value = *value << 8 | c[where + i];
	return PCIBIOS_SUCCESSFUL;
}

/* There are no BARs; of the rest, only control registers are written. Of these one has a device reset itself, and reads
 * as zero. The caller may sleep: on x86 no lock is held (CONFIG_PCI_LOCKLESS_CONFIG). */
static int config_write(struct pci_bus *b, unsigned int devfn, int where, int size, u32 value)
{
	u8 *c = config_of(devfn);
	int i;

	if (!c || where + size > CONFIG_SIZE)
		return PCIBIOS_DEVICE_NOT_FOUND;
	if (where >= PCI_BASE_ADDRESS_0 && where < PCI_CAPABILITY_LIST)
		return PCIBIOS_SUCCESSFUL;
	if (where == AT_EXPRESS + PCI_EXP_DEVCTL && (value & PCI_EXP_DEVCTL_BCR_FLR)) {
		mock_reset_begun(&devices[PCI_SLOT(devfn)]);
		value &= ~PCI_EXP_DEVCTL_BCR_FLR;
	}
	for (i = 0; i < size; i++, value >>= 8)
		c[where + i] = value & 0xff;
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops config_ops = { .read = config_read, .write = config_write };

bool mock_is_ours(struct device *dev)
{
	return dev_is_pci(dev) && to_pci_dev(dev)->bus->ops == &config_ops;
}

struct mock_dev *mock_dev_of(struct device *dev)
{
	return &devices[PCI_SLOT(to_pci_dev(dev)->devfn)];
}

struct mock_dev *mock_dev(u32 number)
{
	return number > 0 && number <= device_count && devices[number].pdev ? &devices[number] : NULL;
}

u32 mock_dev_count(void)
{
	return device_count;
}

u32 mock_number(const struct mock_dev *d)
{
	return d - devices;
}

void mock_bus_remove(void)
{
	u32 i;

	if (!bus)
		return;
	pci_lock_rescan_remove();
	for (i = 1; i <= device_count; i++) {
		pci_dev_put(devices[i].pdev);
		devices[i].pdev = NULL;
	}
	pci_stop_root_bus(bus);
	pci_remove_root_bus(bus);
	pci_unlock_rescan_remove();
	bus = NULL;
	for (i = 1; i <= device_count; i++) {
		xa_destroy(&devices[i].table);
		xa_destroy(&devices[i].cache);
	}
	device_count = 0;
	kvfree(config);
	config = NULL;
}

int mock_bus_create(const struct mock_world *world)
{
	LIST_HEAD(resources);
	u32 i;

	config = kvcalloc(MOCK_DEVICES + 1, CONFIG_SIZE, GFP_KERNEL);
	if (!config)
		return -ENOMEM;
	device_count = world->devices;
	for (i = 1; i <= device_count; i++) {
		devices[i].is = world->device[i - 1];
		xa_init(&devices[i].table);
		xa_init(&devices[i].cache);
		mock_reset_ready(&devices[i]);
		fill_config(config[i], &devices[i].is);
	}
	pci_lock_rescan_remove();
	bus = pci_scan_root_bus(NULL, 0, &config_ops, &sysdata, &resources);
	if (bus)
		pci_bus_add_devices(bus);
	pci_unlock_rescan_remove();
	if (!bus) {
		device_count = 0;
		kvfree(config);
		config = NULL;
		return -ENODEV;
	}
	for (i = 1; i <= device_count; i++) {
		devices[i].pdev = pci_get_slot(bus, PCI_DEVFN(i, 0));
		if (!devices[i].pdev || !device_iommu_mapped(&devices[i].pdev->dev)) {
			pr_err("pasid_mock: device %u was not taken\n", i);
			mock_bus_remove();
			return -ENODEV;
		}
		devices[i].pdev->imm_ready = 1; /* after a reset nobody waits for it; PCI_STATUS_IMM_READY */
	}
	return 0;
}
