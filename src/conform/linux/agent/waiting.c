#include "src/conform/linux/agent/waiting.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/conform/linux/agent/files.h"
#include "src/conform/linux/agent/log.h"
#include "src/conform/linux/agent/names.h"
#include "src/conform/linux/agent/world.h"

enum { PATIENCE = 100 /* times that MOCK_WAITS waits */ };

static struct { unsigned reasons, file, dev; /* reasons 0: there is none */ } said;

void waiting_said(unsigned reasons, unsigned file, unsigned dev) {
  said.reasons = reasons;
  said.file = file;
  said.dev = dev;
}
void waiting_forget(void) { said.reasons = 0; }

/* In a process of its own, which is the last to have the file. */
static pid_t make(void) {
  int go[2];
  char nothing;
  if (pipe(go) != 0) return -1;
  const pid_t pid = fork();
  if (pid == 0) {
    struct mock_attach a = {.dev = said.dev};
    close(go[1]);
    read(go[0], &nothing, 1);
    if (said.file != 0) close(names.files[said.file].fd);
    else ioctl(mock_fd, MOCK_RESET_PREPARE, &a);
    _exit(0);
  }
  if (said.file != 0) {
    file_close_copies(said.file, 0);
    close(names.files[said.file].fd);
    names.files[said.file].fd = 0;
  }
  close(go[0]);
  close(go[1]);
  return pid;
}

/* Somebody waits for this reason, before the call ends. */
static int seen(unsigned reason, pid_t pid, int* ended) {
  for (int i = 0; i < PATIENCE && !*ended; i++) {
    struct mock_wait wait;
    if (ioctl(mock_fd, MOCK_WAITS, &wait) == 0)
      return wait.reason == reason && names.devices[wait.dev].group == names.devices[said.dev].group;
    *ended = waitpid(pid, NULL, WNOHANG) == pid;
  }
  return 0;
}

int waiting_prove(void) {
  static const unsigned in_order[] = {MOCK_FOR_WORK, MOCK_FOR_REQUESTS}; /* idxd drains before it unbinds */
  int right = 1;
  int ended = 0;
  /* Where the file is mapped, to close it releases nothing: nobody comes to a driver. */
  if (said.reasons == 0 || said.reasons & MOCK_FOR_PORTALS) return 0;
  const pid_t pid = make();
  if (pid < 0) {
    log_complain("the call that is said to wait could not be made");
    return 0;
  }
  for (unsigned i = 0; i < sizeof in_order / sizeof in_order[0]; i++) {
    if (said.reasons & in_order[i]) right = right && seen(in_order[i], pid, &ended);
    ioctl(mock_fd, MOCK_GO_ON, in_order[i]);
  }
  if (!ended) waitpid(pid, NULL, 0);
  if (!right) log_complain("a call that was said to wait for its device does not");
  said.reasons = 0;
  return right;
}
