/* A word of shared memory: whose turn it is, of two. Who has it works; the other sleeps until it is given back. */
#ifndef AGENT_TURN_H
#define AGENT_TURN_H

#include <linux/futex.h>
#include <stddef.h>
#include <time.h>

#include "src/conform/linux/agent/raw.h"

enum turn { TURN_AGENT, TURN_THREAD };

static inline void turn_give(unsigned* word, enum turn to) {
  __atomic_store_n(word, to, __ATOMIC_RELEASE);
  raw3(SYS_futex, (long)word, FUTEX_WAKE, 1);
}

static inline int turn_is(const unsigned* word, enum turn whose) {
  return __atomic_load_n(word, __ATOMIC_ACQUIRE) == (unsigned)whose;
}

/* Sleeps while it is the turn of `other`, not longer than the limit (NULL: for ever), and may come back before. */
static inline void turn_sleep(unsigned* word, enum turn other, const struct timespec* limit) {
  raw6(SYS_futex, (long)word, FUTEX_WAIT, other, (long)limit, 0, 0);
}

#endif
