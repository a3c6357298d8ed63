/* The tester's names, and what they mean here. A name means something from the call that gives it to the end of what it
 * named; then it may be given again. */
#ifndef AGENT_NAMES_H
#define AGENT_NAMES_H

#include "src/conform/linux/agent/json.h"
#include "src/conform/linux/agent/thread.h"
#include "src/conform/linux/module/pasid_mock.h"

enum { MOST = THREADS /* of threads and of files */, PORTALS = 64 };

/* All tables count from 1, as /dev/pasid_mock does; 0 is none. Each starts with the name. */
struct space {
  char name[NAME];
  int asked_for_pasid; /* since the name was given */
};
struct named_thread {
  char name[NAME];
  struct thread is;
  unsigned mm;         /* 0: it does not run */
  unsigned long holds; /* by file: it has that open, for it has opened it or is a child of one that had */
};
struct open_file {
  char name[NAME];
  int fd; /* 0: it is closed; that number is the agent's own */
  unsigned queue, mm;
};
struct queue {
  char name[NAME];
  unsigned dev;
  int shared, kernel;
};
struct device {
  char name[NAME];
  unsigned group;
};
struct numbered {
  char name[NAME];
};
struct portal {
  unsigned file, mm;
  unsigned long address;
};

struct names {
  struct space spaces[MOCK_SPACES + 1];
  struct named_thread threads[MOST + 1];
  struct open_file files[MOST + 1];
  struct queue queues[MOCK_QUEUES + 1];
  struct device devices[MOCK_DEVICES + 1];
  struct numbered groups[MOCK_DEVICES + 1];
  struct numbered units[MOCK_DEVICES + 1];
  struct portal portals[PORTALS]; /* address 0: a free place */
  struct numbered works[MOCK_WORKS + 1];
  char pool[NAME]; /* the number space that all devices share: the kernel has one */
};
extern struct names names;

/* The number of that name in a table of `count` places of `size` bytes, or 0; with `make`, a free place gets it. */
unsigned name_find(void* table, unsigned long count, unsigned long size, const char* name, int make);
#define FIND(table, name, make) \
  name_find(names.table, sizeof names.table / sizeof names.table[0], sizeof names.table[0], name, make)

#endif
