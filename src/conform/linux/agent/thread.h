/* The processes of the tests, seen from the agent. Each has a place in a page that they all share, and waits there for
 * what it is to do. */
#ifndef AGENT_THREAD_H
#define AGENT_THREAD_H

#include <sys/types.h>

/* The most there are at a time; their places count from 1. */
enum { THREADS = 32 };

struct thread {
  pid_t pid;
  unsigned place;
};

/* What it is told, and what it says. */
struct order {
  enum {
    ORDER_BIND = 1,
    ORDER_FORK,
    ORDER_CLONE,
    ORDER_EXEC,
    ORDER_EXIT,
    ORDER_MAP,
    ORDER_UNMAP,
    ORDER_ALLOC,
    ORDER_WRITE,
    ORDER_KEEP,  /* a copy of the file it is given */
    ORDER_CLOSE, /* its own copy of a file */
  } what;
  int file; /* of the agent's, to be taken for this order; negative: none */
  unsigned arg[6];
  unsigned long address;
};
struct reply {
  long result; /* >= 0, or -errno */
  unsigned pasid;
};

/* What there is to share; `mock` is an open /dev/pasid_mock. To be called once, before anything else. 0, or -errno. */
int threads_begin(int mock);
/* A new process with an address space of its own, at a place where none is. 0, or -errno. */
int thread_create(struct thread* t, unsigned place);
/* Gives it the order, with `file` unless it is negative, and waits. What the process answered; by then it has closed
 * what it was given. -EPIPE: it has gone. */
struct reply thread_ask(const struct thread* t, struct order order, int file);
/* A child of t at a place where none is, by ORDER_FORK or ORDER_CLONE. 0, or -errno. */
int thread_child(const struct thread* t, int what, struct thread* child, unsigned place);
/* It ends, and has ended when this returns. Where it did not end as it was told, but by a signal, the log has it. */
void thread_exit(struct thread* t);

/* What such a process does, for ever, at its place. */
_Noreturn void thread_main(unsigned place);
/* The same of a new process: it says first that it is there, with none of the agent's files. */
_Noreturn void thread_started(unsigned place);
/* The same after an exec, with none of the files that it had. */
_Noreturn void thread_executed(unsigned place);
/* Where exec leads: a program of this name, and a word of one character, which is the number of the place. */
#define THREAD_ARGUMENT "thread"
/* What all have open under the same numbers, whatever they execute: /dev/pasid_mock, for what needs no queue; the
 * memory of the places; and the agent as a process that files can be taken from. */
enum { THREAD_MOCK = 509, THREAD_MEMORY, THREAD_AGENT };
/* The number under which whoever opens file 1 of the tester's, and its children, have that; and so on. */
enum { THREAD_FILES = 512 };

/* The places, and where every process has them. */
struct place {
  unsigned turn; /* enum turn */
  struct order order;
  struct reply reply;
};
#define THREAD_PLACES ((struct place*)0x5b0000000UL)
enum { THREAD_PLACES_SIZE = (THREADS + 1) * sizeof(struct place) };

#endif
