#include "src/conform/linux/agent/work.h"

#include <errno.h>
#include <stddef.h>
#include <sys/ioctl.h>

#include "src/conform/linux/agent/arguments.h"
#include "src/conform/linux/agent/log.h"
#include "src/conform/linux/agent/names.h"
#include "src/conform/linux/agent/world.h"

static unsigned work_named(const char* json) {
  char name[NAME];
  json_member_text(json, "work", name);
  return FIND(works, name, 1);
}

/* What has no meaning where the device is, and what would wait there. */
static int answer_of(int err) {
  return err == 0 ? DONE : err == ENXIO ? UNSUPPORTED : err == EINPROGRESS ? WOULD_BLOCK : -err;
}

/* MOVDIR64B to the portal of a dedicated queue, which has the number of who has it open. */
int work_store(const char* json) {
  const unsigned t = named_thread(json, "thread");
  const unsigned f = open_file(json);
  const unsigned w = work_named(json);
  if (t == 0 || f == 0 || w == 0) return UNSUPPORTED;
  const struct portal* p = portal_of(f, names.threads[t].mm);
  if (p == NULL || p->address == 0) return UNSUPPORTED;
  return answer_of(ioctl(names.files[f].fd, MOCK_STORE, w) == 0 ? 0 : errno);
}

int work_write(const char* json) {
  const unsigned t = named_thread(json, "thread");
  const unsigned f = open_file(json);
  struct order order = {.what = ORDER_WRITE};
  order.arg[0] = work_named(json);
  if (t == 0 || f == 0 || order.arg[0] == 0) return UNSUPPORTED;
  const struct reply reply = thread_ask(&names.threads[t].is, order, names.files[f].fd);
  return answer_of(reply.result >= 0 ? 0 : (int)-reply.result);
}

static int ask_of(unsigned work, unsigned long request) {
  struct mock_attach a = {.work = work};
  return answer_of(ioctl(mock_fd, request, &a) == 0 ? 0 : errno);
}

int work_reap(const char* json) { return ask_of(work_named(json), MOCK_REAP); }
int page_raise(const char* json) { return ask_of(work_named(json), MOCK_RAISE); }

static int runs(unsigned mm) {
  for (int i = 1; i <= MOST; i++)
    if (names.threads[i].mm == mm) return 1;
  return 0;
}

/* Whether the page is found the device hears, and not the tester: the agent says where it cannot be right. */
int page_resolve(const char* json) {
  const unsigned mm = space(json, "owner");
  struct mock_attach a = {.dev = device(json), .pasid = (unsigned)json_number(json_member(json, "pasid")), .as = mm};
  if (a.dev == 0 || mm == 0) return UNSUPPORTED;
  if (ioctl(mock_fd, MOCK_RESOLVE, &a) != 0) return answer_of(errno);
  if (a.as == 0 && runs(mm))
    log_complain("a device asked for a page of a process that runs, and is told that there is none");
  return DONE;
}
