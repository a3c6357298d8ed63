/* What the processes of the tests do. Several may share one address space: see raw.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "src/conform/linux/agent/raw.h"
#include "src/conform/linux/agent/thread.h"
#include "src/conform/linux/module/pasid_mock.h"

enum { STACK = 16384, PAGE = 4096 };

/* A message with at most one file. */
struct parcel {
  struct msghdr message;
  struct iovec data;
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
};

static void send_reply(int socket, struct reply* reply) {
  raw6(SYS_sendto, socket, (long)reply, sizeof *reply, MSG_NOSIGNAL, 0, 0);
}

static long read_order(int socket, struct order* order, int* file) {
  struct parcel p = {.data = {order, sizeof *order}};
  p.message.msg_iov = &p.data;
  p.message.msg_iovlen = 1;
  p.message.msg_control = &p.control;
  p.message.msg_controllen = sizeof p.control;
  const long n = raw3(SYS_recvmsg, socket, (long)&p.message, 0);
  *file = p.message.msg_controllen >= CMSG_LEN(sizeof(int)) ? *(int*)(void*)CMSG_DATA(&p.control.header) : -1;
  return n;
}

/* The page that devices ask for, where it is not there yet. */
static void have_page(void) {
  unsigned char there;
  if (raw3(SYS_mincore, MOCK_PAGE, PAGE, (long)&there) == 0) return;
  const long opened = raw3(SYS_open, (long)"/dev/pasid_mock", O_RDWR | O_CLOEXEC, 0);
  raw6(SYS_mmap, MOCK_PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE, opened, MOCK_PAGE);
  raw3(SYS_close, opened, 0, 0);
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
static struct reply alloc_here(const struct order* order, int given) {
  struct mock_attach what = {.dev = order->arg[0], .fail = order->arg[1]};
  const long err = raw3(SYS_ioctl, given, MOCK_ALLOC_PASID, (long)&what);
  return (struct reply){err, what.pasid};
}

static _Noreturn void child_main(void* socket) { thread_main((int)(long)socket); }

/* A process in this address space, on a stack of its own. */
static long clone_here(int socket) {
  const long stack = raw6(SYS_mmap, 0, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (stack < 0 && stack > -PAGE) return stack;
  long* top = (long*)(stack + STACK);
  long pid;
  /* On the new stack nothing of this frame is there: what the child needs it finds in registers. */
  register void (*run)(void*) __asm__("r12") = child_main;
  register long with __asm__("r13") = socket;
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
static long fork_here(int socket, int mine) {
  const long pid = raw6(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0, 0);
  if (pid != 0) return pid;
  raw3(SYS_close, mine, 0, 0);
  thread_main(socket);
}

static long exec_here(int socket) {
  static char path[] = "/init";
  static char name[] = THREAD_ARGUMENT;
  char* arguments[] = {name, NULL};
  char* environment[] = {NULL};
  if (socket != THREAD_SOCKET) raw3(SYS_dup2, socket, THREAD_SOCKET, 0);
  raw6(SYS_close_range, THREAD_SOCKET + 1, ~0U, 0, 0, 0, 0);
  return raw3(SYS_execve, (long)path, (long)arguments, (long)environment);
}

static struct reply obey(int socket, const struct order* order, int given) {
  long address;
  switch (order->what) {
    case ORDER_BIND: return bind_here(order, given);
    case ORDER_ALLOC: return alloc_here(order, given);
    case ORDER_FORK: return (struct reply){fork_here(given, socket), 0};
    case ORDER_CLONE: return (struct reply){clone_here(given), 0};
    case ORDER_EXEC: return (struct reply){exec_here(socket), 0}; /* only where it failed */
    case ORDER_MAP:
      address = raw6(SYS_mmap, 0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, given, 0);
      return (struct reply){address, 0};
    case ORDER_WRITE: return (struct reply){raw3(SYS_write, given, (long)order->arg, sizeof order->arg[0]), 0};
    case ORDER_KEEP: return (struct reply){raw3(SYS_dup3, given, THREAD_FILES + order->arg[0], O_CLOEXEC), 0};
    case ORDER_CLOSE: return (struct reply){raw3(SYS_close, THREAD_FILES + order->arg[0], 0, 0), 0};
    case ORDER_UNMAP: return (struct reply){raw3(SYS_munmap, (long)order->address, PAGE, 0), 0};
    case ORDER_EXIT: break;
  }
  return (struct reply){0, 0};
}

_Noreturn void thread_main(int socket) {
  struct order order;
  while (1) {
    int given = -1;
    if (read_order(socket, &order, &given) != (long)sizeof order) order.what = ORDER_EXIT;
    struct reply reply = obey(socket, &order, given);
    /* Of files that were sent nothing is open here when the agent hears how it went, but for the copies that it knows
     * of. */
    if (given >= 0) raw3(SYS_close, given, 0, 0);
    send_reply(socket, &reply);
    if (order.what == ORDER_EXIT) raw3(SYS_exit_group, 0, 0, 0);
  }
}

_Noreturn void thread_started(void) {
  struct reply reply = {0, 0};
  send_reply(THREAD_SOCKET, &reply);
  thread_main(THREAD_SOCKET);
}
