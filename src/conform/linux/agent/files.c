#include "src/conform/linux/agent/files.h"

#include <unistd.h>

#include "src/conform/linux/agent/names.h"

enum { LEFT = -1 /* instead of the agent's copy: a thread that ended had the last */ };

static unsigned long bit(unsigned file) { return 1UL << file; }

void file_opened(unsigned file, int fd, unsigned t) {
  names.files[file].fd = fd;
  names.files[file].mm = names.threads[t].mm;
  names.threads[t].holds |= bit(file);
}

void files_inherited(unsigned parent, unsigned child) { names.threads[child].holds = names.threads[parent].holds; }

void files_lost(unsigned t) { names.threads[t].holds = 0; }

static void order(unsigned file, unsigned t, int what, int fd) {
  struct order it = {.what = what};
  it.arg[0] = file;
  thread_ask(&names.threads[t].is, it, fd);
}

static void close_copy(unsigned file, unsigned t) {
  order(file, t, ORDER_CLOSE, -1);
  names.threads[t].holds &= ~bit(file);
}

void file_close_copies(unsigned file, unsigned keeps) {
  for (unsigned t = 1; t <= MOST; t++)
    if (t != keeps && names.threads[t].holds & bit(file)) close_copy(file, t);
}

static void close_own(unsigned file) {
  close(names.files[file].fd);
  names.files[file].fd = 0;
}

/* One of another address space than the opener's, which has the file or has not; 0: none. */
static unsigned other_than_opener(unsigned file, int has) {
  for (unsigned t = MOST; t > 0; t--)
    if (names.threads[t].mm != 0 && names.threads[t].mm != names.files[file].mm &&
        (!has || names.threads[t].holds & bit(file)))
      return t;
  return 0;
}

void file_release(unsigned file) {
  unsigned last = other_than_opener(file, 1);
  file_close_copies(file, last);
  if (last == 0) {
    last = other_than_opener(file, 0);
    if (last != 0) order(file, last, ORDER_KEEP, names.files[file].fd);
  }
  close_own(file);
  if (last != 0) close_copy(file, last);
}

int file_leave_to(unsigned file, unsigned t) {
  if (!(names.threads[t].holds & bit(file))) return 0;
  file_close_copies(file, t);
  close_own(file);
  names.files[file].fd = LEFT;
  return 1;
}

int file_was_left(unsigned file) {
  const int left = names.files[file].fd == LEFT;
  if (left) names.files[file].fd = 0;
  return left;
}
