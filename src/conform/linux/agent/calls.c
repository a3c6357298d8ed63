#include "src/conform/linux/agent/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "src/conform/linux/agent/arguments.h"
#include "src/conform/linux/agent/files.h"
#include "src/conform/linux/agent/names.h"
#include "src/conform/linux/agent/out.h"
#include "src/conform/linux/agent/processes.h"
#include "src/conform/linux/agent/waiting.h"
#include "src/conform/linux/agent/work.h"
#include "src/conform/linux/agent/world.h"

static unsigned picked;
static const char* following; /* NULL: it is not known yet */

const char* call_following(void) { return following; }

/* ---- Arguments. A name that means nothing by now is 0, and so is its call: UNSUPPORTED. */
unsigned named_thread(const char* json, const char* key) {
  char name[NAME];
  json_member_text(json, key, name);
  const unsigned n = FIND(threads, name, 0);
  return n != 0 && names.threads[n].mm != 0 ? n : 0;
}
unsigned space(const char* json, const char* key) {
  char name[NAME];
  json_member_text(json, key, name);
  return FIND(spaces, name, 1);
}
unsigned device(const char* json) {
  char name[NAME];
  json_member_text(json, "dev", name);
  return FIND(devices, name, 0);
}
unsigned open_file(const char* json) {
  char name[NAME];
  json_member_text(json, "file", name);
  const unsigned n = FIND(files, name, 0);
  return n != 0 && names.files[n].fd > 0 ? n : 0;
}
static const char* const failures[MOCK_FAILURES_AND_OTHERS] = {
    [MOCK_FAIL_TABLE] = "none_for_table",     [MOCK_FAIL_LATER_TABLE] = "none_for_later_table",
    [MOCK_FAIL_SLOT] = "none_for_slot",       [MOCK_FAIL_HANDLE] = "none_for_handle",
    [MOCK_FAIL_MM_DATA] = "none_for_mm_data", [MOCK_FAIL_ID] = "none_for_id",
    [MOCK_FAIL_DOMAIN] = "none_for_domain",
};

static unsigned failure(const char* json) {
  char what[NAME];
  json_member_text(json, "memory", what);
  for (unsigned i = MOCK_FAIL_TABLE; i < MOCK_FAILURES_AND_OTHERS; i++)
    if (strcmp(failures[i], what) == 0) return i;
  return MOCK_FAIL_NOTHING;
}

/* ---- Bonds. The file is the agent's: it outlives its opener until it is unbound. One that a bind was refused with is
 * open to no queue, and serves the next. */
static int bind_queue(const char* json) {
  static int fd = -1;
  char name[NAME];
  const unsigned t = named_thread(json, "thread");
  json_member_text(json, "wq", name);
  const unsigned q = FIND(queues, name, 0);
  json_member_text(json, "file", name);
  const unsigned f = FIND(files, name, 1);
  if (t == 0 || q == 0 || f == 0 || names.queues[q].kernel || names.files[f].fd > 0) return UNSUPPORTED;
  struct order order = {.what = ORDER_BIND};
  order.arg[0] = names.queues[q].dev;
  order.arg[1] = q;
  order.arg[2] = (unsigned)names.queues[q].shared;
  order.arg[3] = names.threads[t].mm;
  order.arg[4] = failure(json);
  order.arg[5] = f;
  names.spaces[names.threads[t].mm].asked_for_pasid = 1;
  if (fd < 0) fd = open("/dev/pasid_mock", O_RDWR | O_CLOEXEC);
  if (fd < 0) return -errno;
  const struct reply reply = thread_ask(&names.threads[t].is, order, fd);
  if (reply.result < 0) return (int)reply.result;
  file_opened(f, fd, t);
  fd = -1;
  names.files[f].queue = q;
  picked = reply.pasid;
  return GAVE_PASID;
}

/* Only the first section of a bind, where a driver can have it. */
static int alloc_pasid(const char* json) {
  const unsigned t = named_thread(json, "thread");
  struct order order = {.what = ORDER_ALLOC};
  order.arg[0] = device(json);
  order.arg[1] = failure(json);
  if (t == 0 || order.arg[0] == 0) return UNSUPPORTED;
  names.spaces[names.threads[t].mm].asked_for_pasid = 1;
  const struct reply reply = thread_ask(&names.threads[t].is, order, -1);
  if (reply.result < 0) return (int)reply.result;
  picked = reply.pasid;
  return GAVE_PASID;
}

/* The last reference on the file goes, if no portal holds one. */
static int unbind(const char* json) {
  char name[NAME];
  json_member_text(json, "file", name);
  const unsigned f = FIND(files, name, 0);
  if (f != 0 && file_was_left(f)) return DONE;
  if (f == 0 || names.files[f].fd <= 0) return UNSUPPORTED;
  const int waits = ioctl(names.files[f].fd, MOCK_CLOSE_WAITS);
  if (waits > 0) {
    waiting_said((unsigned)waits, f, names.queues[names.files[f].queue].dev);
    return WOULD_BLOCK;
  }
  file_release(f);
  return DONE;
}

struct portal* portal_of(unsigned file, unsigned mm) {
  for (int i = 0; i < PORTALS; i++)
    if (names.portals[i].address != 0 && names.portals[i].file == file && names.portals[i].mm == mm)
      return &names.portals[i];
  for (int i = 0; i < PORTALS; i++)
    if (names.portals[i].address == 0) return &names.portals[i];
  return NULL;
}

static int map_portal(const char* json) {
  const unsigned t = named_thread(json, "thread");
  const unsigned f = open_file(json);
  if (t == 0 || f == 0) return UNSUPPORTED;
  struct portal* p = portal_of(f, names.threads[t].mm);
  if (p == NULL) return UNSUPPORTED;
  const struct reply reply = thread_ask(&names.threads[t].is, (struct order){.what = ORDER_MAP}, names.files[f].fd);
  if (reply.result < 0) return (int)reply.result;
  /* A portal of an address space that has ended is not there any more, whatever the table says. */
  *p = (struct portal){f, names.threads[t].mm, (unsigned long)reply.result};
  return DONE;
}

static int unmap_portal(const char* json) {
  const unsigned t = named_thread(json, "thread");
  const unsigned f = open_file(json);
  if (t == 0 || f == 0) return UNSUPPORTED;
  struct portal* p = portal_of(f, names.threads[t].mm);
  if (p == NULL || p->address == 0) return UNSUPPORTED;
  const struct order order = {.what = ORDER_UNMAP, .address = p->address};
  p->address = 0;
  return (int)thread_ask(&names.threads[t].is, order, -1).result;
}

/* ---- What drivers and user space attach. */
static int attach(const char* json, unsigned long request, const char* what) {
  struct mock_attach a = {.dev = device(json), .as = space(json, what), .fail = failure(json)};
  if (a.dev == 0 || (a.as == 0 && request != MOCK_USER_DETACH)) return UNSUPPORTED;
  a.pasid = (unsigned)json_number(json_member(json, "pasid"));
  if (ioctl(mock_fd, request, &a) != 0) return errno == ENXIO ? UNSUPPORTED : -errno;
  picked = a.pasid;
  return request == MOCK_KERNEL_ENABLE ? GAVE_PASID : DONE;
}
static int kernel_enable(const char* json) { return attach(json, MOCK_KERNEL_ENABLE, "domain"); }
static int kernel_disable(const char* json) { return attach(json, MOCK_KERNEL_DISABLE, "domain"); }
static int user_attach(const char* json) { return attach(json, MOCK_USER_ATTACH, "table"); }
static int user_detach(const char* json) { return attach(json, MOCK_USER_DETACH, "table"); }
static int user_replace(const char* json) { return attach(json, MOCK_USER_REPLACE, "table"); }

static int rid_attach(const char* json) {
  struct mock_attach a = {.as = space(json, "domain")};
  char name[NAME];
  json_member_text(json, "group", name);
  const unsigned group = FIND(groups, name, 0);
  for (unsigned d = MOCK_DEVICES; d > 0 && group != 0; d--)
    if (names.devices[d].group == group) a.dev = d;
  if (a.dev == 0 || a.as == 0) return UNSUPPORTED;
  if (ioctl(mock_fd, MOCK_RID_ATTACH, &a) != 0) return errno == ENXIO ? UNSUPPORTED : -errno;
  return DONE;
}

static int reset_device(const char* json, unsigned long request) {
  struct mock_attach a = {.dev = device(json)};
  if (a.dev == 0) return UNSUPPORTED;
  if (ioctl(mock_fd, request, &a) != 0) return errno == ENXIO ? UNSUPPORTED : -errno;
  return DONE;
}
static int reset_prepare(const char* json) {
  const unsigned dev = device(json);
  const int waits = ioctl(mock_fd, MOCK_RESET_WAITS, dev);
  if (waits <= 0) return reset_device(json, MOCK_RESET_PREPARE);
  waiting_said((unsigned)waits, 0, dev);
  return WOULD_BLOCK;
}
static int reset_done(const char* json) { return reset_device(json, MOCK_RESET_DONE); }

/* ---- By name. */
static const struct {
  const char* name;
  int (*run)(const char* json);
  unsigned long needs; /* the kernel to be asked this; 0: every kernel can */
} calls[] = {
    {"process.create", process_create, 0},
    {"process.fork", process_fork, 0},
    {"process.clone", process_clone, 0},
    {"exec", process_exec, 0},
    {"exit", process_end, 0},
    {"process.thread_exit", process_end, 0},
    {"bind", bind_queue, 0},
    {"unbind", unbind, 0},
    {"mm.alloc_pasid", alloc_pasid, MOCK_ALLOC_PASID},
    {"portal.map", map_portal, 0},
    {"portal.unmap", unmap_portal, 0},
    {"rid.attach", rid_attach, MOCK_RID_ATTACH},
    {"kernel.enable", kernel_enable, MOCK_KERNEL_ENABLE},
    {"kernel.disable", kernel_disable, MOCK_KERNEL_DISABLE},
    {"user.attach", user_attach, MOCK_USER_ATTACH},
    {"user.detach", user_detach, MOCK_USER_DETACH},
    {"user.replace", user_replace, MOCK_USER_REPLACE},
    {"reset.prepare", reset_prepare, MOCK_RESET_PREPARE},
    {"reset.done", reset_done, MOCK_RESET_DONE},
    {"movdir64b.submit", work_store, MOCK_RAISE},
    {"cdev.write", work_write, MOCK_RAISE},
    {"work.reap", work_reap, MOCK_RAISE},
    {"request.raise", page_raise, MOCK_RAISE},
    {"request.resolve", page_resolve, MOCK_RESOLVE},
};
enum { CALLS = sizeof calls / sizeof calls[0] };

static const struct mock_offers* offers(void) {
  static struct mock_offers has;
  static int asked;
  if (!asked && ioctl(mock_fd, MOCK_OFFERS, &has) != 0) memset(&has, 0, sizeof has);
  asked = 1;
  return &has;
}

int call_offered(unsigned long request) { return (int)(offers()->requests >> _IOC_NR(request) & 1U); }

void call_print_names(void) {
  const char* comma = "";
  for (int i = 0; i < CALLS; i++) {
    if (calls[i].needs != 0 && !call_offered(calls[i].needs)) continue;
    out("%s\"%s\"", comma, calls[i].name);
    comma = ",";
  }
}

void call_print_failures(void) {
  const struct mock_offers* has = offers();
  const char* comma = "";
  for (unsigned i = 1; i < MOCK_FAILURES; i++) {
    if (has->why_not[i][0] != '\0') continue;
    out("%s\"memory.%s\"", comma, failures[i]);
    comma = ",";
  }
}

void call_print_impossible(void) {
  const struct mock_offers* has = offers();
  const char* comma = "";
  for (unsigned i = 1; i < MOCK_FAILURES; i++) {
    if (has->why_not[i][0] == '\0') continue;
    out("%s\"memory.%s\":\"%s\"", comma, failures[i], has->why_not[i]);
    comma = ",";
  }
}

void call_run(const char* json, const char* next) {
  char name[NAME];
  int i = 0;
  waiting_forget();
  following = next;
  json_member_text(json, "call", name);
  while (i < CALLS && strcmp(calls[i].name, name) != 0) i++;
  const int answer = i < CALLS ? calls[i].run(json) : UNSUPPORTED;
  const char* error = answer < 0 ? strerrorname_np(-answer) : NULL;
  switch (answer) {
    case DONE: out("{\"ok\":{}}"); return;
    case GAVE_PASID: out("{\"ok\":{\"pasid\":%u}}", picked); return;
    case WOULD_BLOCK: out("{\"would_block\":true,\"by\":\"driver\"}"); return; /* for a device: its driver's word */
    case UNSUPPORTED: out("{\"unsupported\":true}"); return;
    default:
      out("{\"error\":\"%s\",\"by\":\"%s\"}", error == NULL ? "EUNKNOWN" : error,
          ioctl(mock_fd, MOCK_BY_DRIVER) == 1 ? "driver" : "core");
  }
}
