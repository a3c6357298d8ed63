#include "src/conform/linux/agent/work.h"

#include <errno.h>
#include <stddef.h>
#include <sys/ioctl.h>

#include "src/conform/linux/agent/arguments.h"
#include "src/conform/linux/agent/log.h"
#include "src/conform/linux/agent/names.h"
#include "src/conform/linux/agent/world.h"

static struct work* work_named(const char* json, int make) {
  char name[NAME];
  json_member_text(json, "work", name);
  const unsigned w = FIND(works, name, make);
  return w == 0 ? NULL : &names.works[w];
}

/* One that is in flight, or NULL. */
static struct work* in_flight(const char* json) {
  struct work* w = work_named(json, 0);
  return w != NULL && w->queue != 0 ? w : NULL;
}

static int submit(const char* json, unsigned file) {
  struct work* w = work_named(json, 1);
  if (w == NULL || w->queue != 0) return UNSUPPORTED;
  w->queue = names.files[file].queue;
  w->pasid = names.files[file].pasid;
  w->mm = names.files[file].mm;
  return DONE;
}

/* MOVDIR64B to the portal of a dedicated queue, which has the number of who has it open. */
int work_store(const char* json) {
  const unsigned t = named_thread(json, "thread");
  const unsigned f = open_file(json);
  if (t == 0 || f == 0 || names.queues[names.files[f].queue].shared) return UNSUPPORTED;
  const struct portal* p = portal_of(f, names.threads[t].mm);
  return p == NULL || p->address == 0 ? UNSUPPORTED : submit(json, f);
}

/* idxd_cdev_write() */
int work_write(const char* json) {
  const unsigned t = named_thread(json, "thread");
  const unsigned f = open_file(json);
  if (t == 0 || f == 0) return UNSUPPORTED;
  return names.threads[t].mm == names.files[f].mm ? submit(json, f) : -EPERM;
}

/* ---- Page requests. The kernel knows of them what the mock reports; for whom they are only the agent does. */
static struct page* waiting(unsigned dev, unsigned pasid, unsigned mm) {
  for (int i = 0; i < PAGES; i++)
    if (names.pages[i].dev == dev && names.pages[i].pasid == pasid && names.pages[i].mm == mm) return &names.pages[i];
  return NULL;
}

static int has_entry(unsigned dev, unsigned pasid) {
  static struct mock_tables tables;
  ioctl(mock_fd, MOCK_TABLES, &tables);
  for (unsigned i = 0; i < tables.entries; i++)
    if (tables.entry[i].dev == dev && tables.entry[i].pasid == pasid) return 1;
  return 0;
}

/* It ends where its addresses are translated and nothing is waited for, and in an error where they are not. */
int work_reap(const char* json) {
  struct work* w = in_flight(json);
  if (w == NULL) return UNSUPPORTED;
  const unsigned dev = names.queues[w->queue].dev;
  if (waiting(dev, w->pasid, w->mm) != NULL && has_entry(dev, w->pasid)) return WOULD_BLOCK;
  w->queue = 0;
  return DONE;
}

int page_raise(const char* json) {
  const struct work* w = in_flight(json);
  struct page* place = waiting(0, 0, 0);
  if (w == NULL || place == NULL) return UNSUPPORTED;
  const unsigned dev = names.queues[w->queue].dev;
  if (waiting(dev, w->pasid, w->mm) != NULL) return has_entry(dev, w->pasid) ? WOULD_BLOCK : UNSUPPORTED;
  struct mock_attach a = {.dev = dev, .pasid = w->pasid};
  if (ioctl(mock_fd, MOCK_RAISE, &a) != 0) return UNSUPPORTED;
  *place = (struct page){dev, w->pasid, w->mm};
  return DONE;
}

static int runs(unsigned mm) {
  for (int i = 1; i <= MOST; i++)
    if (names.threads[i].mm == mm) return 1;
  return 0;
}

/* Whether the page is found the device hears, and not the tester: the agent says where it cannot be right. */
int page_resolve(const char* json) {
  const unsigned mm = space(json, "owner");
  struct mock_attach a = {.dev = device(json), .pasid = (unsigned)json_number(json_member(json, "pasid"))};
  struct page* page = a.dev == 0 || mm == 0 ? NULL : waiting(a.dev, a.pasid, mm);
  if (page == NULL) return UNSUPPORTED;
  if (ioctl(mock_fd, MOCK_RESOLVE, &a) != 0) return -errno;
  *page = (struct page){0, 0, 0};
  if (a.as != 0 && a.as != mm) names.spaces[mm].strayed = 1;
  if (a.as == 0 && runs(mm))
    log_complain("a device asked for a page of a process that runs, and is told that there is none");
  return DONE;
}

/* ---- What waits for the device. */
static int same_group(unsigned a, unsigned b) { return names.devices[a].group == names.devices[b].group; }

/* idxd drains what carries the number, or a dedicated queue wholly; the IOMMU's driver the requests, with the group's
 * last bond. */
int work_keeps(unsigned file) {
  const struct open_file* f = &names.files[file];
  const unsigned dev = names.queues[f->queue].dev;
  for (int i = 1; i <= MOST; i++) {
    const struct work* w = &names.works[i];
    if (w->queue == 0) continue;
    if (names.queues[f->queue].shared ? names.queues[w->queue].dev == dev && w->pasid == f->pasid
                                      : w->queue == f->queue)
      return 1;
  }
  for (int i = 1; i <= MOST; i++) {
    const struct open_file* g = &names.files[i];
    if (g != f && g->fd > 0 && g->mm == f->mm && same_group(names.queues[g->queue].dev, dev)) return 0;
  }
  for (int i = 0; i < PAGES; i++)
    if (names.pages[i].dev != 0 && names.pages[i].pasid == f->pasid && same_group(names.pages[i].dev, dev)) return 1;
  return 0;
}

/* Before a number is taken off the table, for a reset as for good, the driver has its page requests answered. */
int work_asks_pages(unsigned dev) {
  for (int i = 0; i < PAGES; i++)
    if (names.pages[i].dev == dev) return 1;
  return 0;
}

void work_lost(unsigned dev) {
  for (int i = 1; i <= MOST; i++)
    if (names.works[i].queue != 0 && names.queues[names.works[i].queue].dev == dev) names.works[i].queue = 0;
}
