/* The processes of the tests, seen from the agent. Each waits at the other end of a socket for what it is to do. */
#ifndef AGENT_THREAD_H
#define AGENT_THREAD_H

#include <sys/types.h>

struct thread {
  pid_t pid;
  int socket;
};

/* What it is told, with some of it a file; and what it says. */
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
  unsigned arg[6];
  unsigned long address;
};
struct reply {
  long result; /* >= 0, or -errno */
  unsigned pasid;
};

/* A new process with an address space of its own. 0, or -errno. */
int thread_create(struct thread* t);
/* Sends the order, with `file` unless it is negative, and waits. What the process answered; by then it has closed what
 * it was given. -EPIPE: it has gone. */
struct reply thread_ask(const struct thread* t, struct order order, int file);
/* A child of t, by ORDER_FORK or ORDER_CLONE. 0, or -errno. */
int thread_child(const struct thread* t, int what, struct thread* child);
/* It ends, and has ended when this returns. Where it did not end as it was told, but by a signal, the log has it. */
void thread_exit(struct thread* t);

/* What such a process does, for ever; its socket is `socket`. */
_Noreturn void thread_main(int socket);
/* The same of a new process and after an exec: it reports first that nothing but its socket is open. */
_Noreturn void thread_started(void);
/* Where exec leads: the number of the socket, which stays open. */
#define THREAD_ARGUMENT "thread"
enum { THREAD_SOCKET = 3 };
/* The number under which whoever opens file 1 of the tester's, and its children, have that; and so on. */
enum { THREAD_FILES = 512 };

#endif
