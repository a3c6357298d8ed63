/* The agent's side of the processes. */
#include "src/conform/linux/agent/thread.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/conform/linux/agent/log.h"
#include "src/conform/linux/agent/turn.h"

int threads_begin(int mock) {
  const int memory = memfd_create("places", MFD_CLOEXEC);
  const int agent = (int)syscall(SYS_pidfd_open, getpid(), 0);
  if (memory < 0 || agent < 0 || ftruncate(memory, THREAD_PLACES_SIZE) != 0) return -errno;
  if (dup2(mock, THREAD_MOCK) < 0 || dup2(memory, THREAD_MEMORY) < 0 || dup2(agent, THREAD_AGENT) < 0) return -errno;
  close(memory);
  close(agent);
  const void* at = mmap(THREAD_PLACES, THREAD_PLACES_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE,
                        THREAD_MEMORY, 0);
  return at == THREAD_PLACES ? 0 : -errno;
}

static int has_ended(pid_t pid) {
  siginfo_t how = {.si_pid = 0};
  return waitid(P_PID, (id_t)pid, &how, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0 || how.si_pid == pid;
}

/* The reply, when it is there. A process that is killed gives its turn to nobody. */
static struct reply reply_of(pid_t pid, unsigned place) {
  static const struct timespec a_while = {.tv_nsec = 100000000};
  struct place* p = &THREAD_PLACES[place];
  while (!turn_is(&p->turn, TURN_AGENT)) {
    turn_sleep(&p->turn, TURN_THREAD, &a_while);
    if (!turn_is(&p->turn, TURN_AGENT) && has_ended(pid)) return (struct reply){-EPIPE, 0};
  }
  return p->reply;
}

int thread_create(struct thread* t, unsigned place) {
  THREAD_PLACES[place].turn = TURN_THREAD;
  const pid_t pid = fork();
  if (pid == 0) {
    syscall(SYS_close_range, STDERR_FILENO + 1, THREAD_MOCK - 1, 0);
    thread_started(place);
  }
  /* Until it has closed its copies, the agent's files are not the agent's alone. */
  if (pid < 0 || reply_of(pid, place).result != 0) return -EAGAIN;
  *t = (struct thread){pid, place};
  return 0;
}

struct reply thread_ask(const struct thread* t, struct order order, int file) {
  struct place* p = &THREAD_PLACES[t->place];
  p->order = order;
  p->order.file = file;
  turn_give(&p->turn, TURN_THREAD);
  return reply_of(t->pid, t->place);
}

int thread_child(const struct thread* t, int what, struct thread* child, unsigned place) {
  struct order order = {.what = what};
  order.arg[0] = place;
  THREAD_PLACES[place].turn = TURN_AGENT;
  const struct reply reply = thread_ask(t, order, -1);
  if (reply.result <= 0) return (int)reply.result;
  *child = (struct thread){(pid_t)reply.result, place};
  return 0;
}

void thread_exit(struct thread* t) {
  struct place* p = &THREAD_PLACES[t->place];
  int status = -1;
  p->order = (struct order){.what = ORDER_EXIT};
  turn_give(&p->turn, TURN_THREAD);
  while (waitpid(t->pid, &status, __WALL) < 0 && errno == EINTR) {
  }
  t->pid = 0;
  if (status != 0) log_complain("a process of the test was killed");
}
