#include "src/conform/linux/agent/processes.h"

#include <string.h>
#include <sys/ioctl.h>

#include "src/conform/linux/agent/arguments.h"
#include "src/conform/linux/agent/calls.h"
#include "src/conform/linux/agent/files.h"
#include "src/conform/linux/agent/names.h"
#include "src/conform/linux/agent/world.h"

/* One that does not run yet. */
static unsigned new_thread(const char* json, const char* key) {
  char name[NAME];
  json_member_text(json, key, name);
  const unsigned n = FIND(threads, name, 1);
  return n != 0 && names.threads[n].mm == 0 ? n : 0;
}

/* A new address space. Where the name was another's before, the tester takes that one to be gone, with its portals, and
 * its PASID to be free again; the kernel lets go of it a grace period after its last user. */
static unsigned new_space(const char* json, const char* key) {
  const unsigned mm = space(json, key);
  if (mm != 0 && names.spaces[mm].asked_for_pasid) ioctl(mock_fd, MOCK_SETTLE);
  for (int i = 0; i < PORTALS; i++)
    if (names.portals[i].mm == mm) names.portals[i].address = 0;
  names.spaces[mm].asked_for_pasid = 0;
  return mm;
}

int process_create(const char* json) {
  const unsigned t = new_thread(json, "thread");
  const unsigned mm = new_space(json, "mm");
  if (t == 0 || mm == 0) return UNSUPPORTED;
  const int err = thread_create(&names.threads[t].is, t);
  if (err == 0) names.threads[t].mm = mm;
  return err;
}

static int child(const char* json, int how, unsigned mm) {
  const unsigned parent = named_thread(json, "parent");
  const unsigned t = new_thread(json, "child");
  if (parent == 0 || t == 0) return UNSUPPORTED;
  const int err = thread_child(&names.threads[parent].is, how, &names.threads[t].is, t);
  if (err != 0) return err;
  names.threads[t].mm = mm != 0 ? mm : names.threads[parent].mm;
  files_inherited(parent, t);
  return DONE;
}
int process_fork(const char* json) {
  const unsigned mm = new_space(json, "mm");
  return mm == 0 ? UNSUPPORTED : child(json, ORDER_FORK, mm);
}
int process_clone(const char* json) { return child(json, ORDER_CLONE, 0); }

int process_exec(const char* json) {
  const unsigned t = named_thread(json, "thread");
  const unsigned mm = new_space(json, "new");
  if (t == 0 || mm == 0) return UNSUPPORTED;
  const struct reply reply = thread_ask(&names.threads[t].is, (struct order){.what = ORDER_EXEC}, -1);
  if (reply.result != 0) return (int)reply.result;
  names.threads[t].mm = mm;
  files_lost(t);
  return DONE;
}

/* Where the next call is to unbind a file that nothing keeps, it is as if the thread had that open to its end: then it
 * goes with it, which closes its files after its memory. */
static void leave_file(unsigned t) {
  const char* following = call_following();
  char name[NAME];
  if (following == NULL) return;
  json_member_text(following, "call", name);
  if (strcmp(name, "unbind") != 0) return;
  const unsigned f = open_file(following);
  if (f != 0 && ioctl(names.files[f].fd, MOCK_CLOSE_WAITS) == 0) file_leave_to(f, t);
}

int process_end(const char* json) {
  const unsigned t = named_thread(json, "thread");
  if (t == 0) return UNSUPPORTED;
  leave_file(t);
  thread_exit(&names.threads[t].is);
  names.threads[t].mm = 0;
  files_lost(t);
  return DONE;
}
