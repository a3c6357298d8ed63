/* The agent's side of the processes. */
#include "src/conform/linux/agent/thread.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/conform/linux/agent/log.h"

static int pair(int ends[2]) { return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : -errno; }

int thread_create(struct thread* t) {
  int ends[2];
  const int err = pair(ends);
  if (err != 0) return err;
  const pid_t pid = fork();
  if (pid == 0) {
    dup3(ends[1], THREAD_SOCKET, 0);
    syscall(SYS_close_range, THREAD_SOCKET + 1, ~0U, 0);
    thread_started();
  }
  close(ends[1]);
  t->pid = pid;
  t->socket = ends[0];
  /* Until it has closed its copies, the agent's files are not the agent's alone. */
  struct reply started;
  if (pid > 0 && recv(t->socket, &started, sizeof started, 0) == (ssize_t)sizeof started) return 0;
  close(ends[0]);
  return -EAGAIN;
}

struct reply thread_ask(const struct thread* t, struct order order, int file) {
  struct reply reply = {-EPIPE, 0};
  struct iovec data = {&order, sizeof order};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  if (file >= 0) {
    control.header = (struct cmsghdr){CMSG_LEN(sizeof file), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), &file, sizeof file);
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(sizeof file);
  }
  const ssize_t sent = sendmsg(t->socket, &message, MSG_NOSIGNAL);
  if (sent != (ssize_t)sizeof order) return reply;
  if (recv(t->socket, &reply, sizeof reply, 0) != (ssize_t)sizeof reply) return (struct reply){-EPIPE, 0};
  return reply;
}

int thread_child(const struct thread* t, int what, struct thread* child) {
  int ends[2];
  const int err = pair(ends);
  if (err != 0) return err;
  const struct reply reply = thread_ask(t, (struct order){.what = what}, ends[1]);
  close(ends[1]);
  child->pid = (pid_t)reply.result;
  child->socket = ends[0];
  if (reply.result > 0) return 0;
  close(ends[0]);
  return (int)reply.result;
}

void thread_exit(struct thread* t) {
  int status = -1;
  thread_ask(t, (struct order){.what = ORDER_EXIT}, -1);
  while (waitpid(t->pid, &status, __WALL) < 0 && errno == EINTR) {
  }
  close(t->socket);
  t->pid = 0;
  if (status != 0) log_complain("a process of the test was killed");
}
