/* What the processes of the tests do. Several may share one address space: see raw.h. */
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/conform/linux/agent/raw.h"
#include "src/conform/linux/agent/thread.h"
#include "src/conform/linux/agent/turn.h"
#include "src/conform/linux/module/pasid_mock.h"

enum { STACK = 16384, PAGE = 4096 };

/* The page that devices ask for, where it is not there yet. */
static void have_page(void) {
  unsigned char there;
  if (raw3(SYS_mincore, MOCK_PAGE, PAGE, (long)&there) == 0) return;
  raw6(SYS_mmap, MOCK_PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE, THREAD_MOCK, MOCK_PAGE);
}

/* Opens a queue, with a file that is not open to one yet: as an open() of idxd's character device does, this binds the
 * caller's address space. */
static struct reply bind_here(const struct order* order, int given) {
  struct mock_bind bind = {order->arg[0], order->arg[1], order->arg[2], order->arg[3], order->arg[4], 0};
  have_page();
  const long err = raw3(SYS_ioctl, given, MOCK_BIND, (long)&bind);
  if (err == 0) raw3(SYS_dup3, given, THREAD_FILES + order->arg[5], O_CLOEXEC);
  return (struct reply){err, bind.pasid};
}

/* A number for the caller's address space, without a bind. */
static struct reply alloc_here(const struct order* order) {
  struct mock_attach what = {.dev = order->arg[0], .fail = order->arg[1]};
  const long err = raw3(SYS_ioctl, THREAD_MOCK, MOCK_ALLOC_PASID, (long)&what);
  return (struct reply){err, what.pasid};
}

static _Noreturn void child_main(void* place) { thread_main((unsigned)(long)place); }

/* A process in this address space, on a stack of its own. */
static long clone_here(unsigned place) {
  const long stack = raw6(SYS_mmap, 0, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (stack < 0 && stack > -PAGE) return stack;
  long* top = (long*)(stack + STACK);
  long pid;
  /* On the new stack nothing of this frame is there: what the child needs it finds in registers. */
  register void (*run)(void*) __asm__("r12") = child_main;
  register long with __asm__("r13") = place;
  __asm__ volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "mov %%r13, %%rdi\n\t"
      "call *%%r12\n\t"
      "hlt\n"
      "1:"
      : "=a"(pid)
      : "a"((long)SYS_clone), "D"((long)(CLONE_VM | CLONE_PARENT | SIGCHLD)), "S"(top), "d"(0L), "r"(run), "r"(with)
      : "rcx", "r11", "r10", "r8", "memory");
  return pid;
}

/* A copy of this process, by a child of the agent. */
static long fork_here(unsigned place) {
  const long pid = raw6(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0, 0);
  if (pid != 0) return pid;
  thread_main(place);
}

static long exec_here(unsigned place) {
  static char path[] = "/init";
  static char name[] = THREAD_ARGUMENT;
  char number[] = {(char)place, '\0'};
  char* arguments[] = {name, number, NULL};
  char* environment[] = {NULL};
  raw3(SYS_close_range, STDERR_FILENO + 1, THREAD_MOCK - 1, 0);
  raw3(SYS_close_range, THREAD_FILES, ~0U, 0);
  return raw3(SYS_execve, (long)path, (long)arguments, (long)environment);
}

static struct reply obey(unsigned place, const struct order* order, int given) {
  long address;
  switch (order->what) {
    case ORDER_BIND: return bind_here(order, given);
    case ORDER_ALLOC: return alloc_here(order);
    case ORDER_FORK: return (struct reply){fork_here(order->arg[0]), 0};
    case ORDER_CLONE: return (struct reply){clone_here(order->arg[0]), 0};
    case ORDER_EXEC: return (struct reply){exec_here(place), 0}; /* only where it failed */
    case ORDER_MAP:
      address = raw6(SYS_mmap, 0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, given, 0);
      return (struct reply){address, 0};
    case ORDER_WRITE: return (struct reply){raw3(SYS_write, given, (long)order->arg, sizeof order->arg[0]), 0};
    case ORDER_KEEP: return (struct reply){raw3(SYS_dup3, given, THREAD_FILES + order->arg[0], O_CLOEXEC), 0};
    case ORDER_CLOSE: return (struct reply){raw3(SYS_close, THREAD_FILES + order->arg[0], 0, 0), 0};
    case ORDER_UNMAP: return (struct reply){raw3(SYS_munmap, (long)order->address, PAGE, 0), 0};
    case ORDER_EXIT: raw3(SYS_exit_group, 0, 0, 0);
  }
  return (struct reply){0, 0};
}

_Noreturn void thread_main(unsigned place) {
  struct place* p = &THREAD_PLACES[place];
  while (1) {
    while (!turn_is(&p->turn, TURN_THREAD)) turn_sleep(&p->turn, TURN_AGENT, NULL);
    const int file = p->order.file;
    const int given = file < 0 ? -1 : (int)raw3(SYS_pidfd_getfd, THREAD_AGENT, file, 0);
    p->reply = file >= 0 && given < 0 ? (struct reply){given, 0} : obey(place, &p->order, given);
    /* Of files that were given nothing is open here when the agent hears how it went, but for the copies that it knows
     * of. */
    if (given >= 0) raw3(SYS_close, given, 0, 0);
    turn_give(&p->turn, TURN_AGENT);
  }
}

_Noreturn void thread_started(unsigned place) {
  struct place* p = &THREAD_PLACES[place];
  p->reply = (struct reply){0, 0};
  turn_give(&p->turn, TURN_AGENT);
  thread_main(place);
}

_Noreturn void thread_executed(unsigned place) {
  raw6(SYS_mmap, (long)THREAD_PLACES, THREAD_PLACES_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE,
       THREAD_MEMORY, 0);
  thread_started(place);
}
