/* The first process of the machine: it speaks pasid-conform (spec/formats/conform_protocol.md) on a virtio port, and
 * has the kernel do what it is asked. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "src/conform/linux/agent/calls.h"
#include "src/conform/linux/agent/json.h"
#include "src/conform/linux/agent/log.h"
#include "src/conform/linux/agent/out.h"
#include "src/conform/linux/agent/thread.h"
#include "src/conform/linux/agent/waiting.h"
#include "src/conform/linux/agent/world.h"
#include "src/conform/linux/module/pasid_mock.h"

enum { LINE = 1 << 18, PATIENCE = 20000 /* ms */ };

/* The machine ends with its first process. */
static _Noreturn void die(const char* what) {
  perror(what);
  _exit(1);
}

/* Modules are in /modules, in the order of their names. */
static void load_modules(void) {
  struct dirent** files;
  const int n = scandir("/modules", &files, NULL, alphasort);
  for (int i = 0; i < n; i++) {
    char path[512];
    if (files[i]->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "/modules/%s", files[i]->d_name);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (syscall(SYS_finit_module, fd, "", 0) != 0) die(path);
    close(fd);
  }
}

static void hello(void) {
  struct utsname kernel;
  uname(&kernel);
  out("{\"protocol\":1,\"name\":\"Linux %s\",\"device\":\"asked\",\"calls\":[", kernel.release);
  call_print_names();
  out("],\"observes\":[\"entry\"%s%s],\"environment\":[", call_offered(MOCK_TAKEN) ? ",\"owner\"" : "",
      call_offered(MOCK_RESOLVE) ? ",\"strayed\"" : "");
  call_print_failures();
  out("],\"cannot\":{");
  call_print_impossible();
  out("},\"limits\":{\"line_bytes\":%d,\"exact\":true}}", LINE - 2);
}

static void answer(const char* line) {
  char op[NAME];
  json_member_text(line, "op", op);
  if (strcmp(op, "hello") == 0) {
    hello();
  } else if (strcmp(op, "reset") == 0) {
    const char* why = world_reset(json_member(line, "world"));
    if (why == NULL) out("{\"ok\":true}");
    else out("{\"unsupported\":\"%s\"}", why);
  } else if (strcmp(op, "apply") == 0) {
    const char* comma = "";
    out("{\"answers\":[");
    const char* calls = json_member(line, "calls");
    for (const char* c = json_next(calls, NULL); c != NULL; comma = ",") {
      const char* next = json_next(calls, c);
      out("%s", comma);
      call_run(c, next);
      c = next;
    }
    out("]}");
  } else if (strcmp(op, "observe") == 0) {
    const char* wrong = world_print_state();
    if (wrong != NULL) {
      out_forget();
      out("{\"failure\":\"%s\"}", wrong);
    }
    /* What follows is not of the protocol: for who looks at the mock. */
  } else if (strcmp(op, "insist") == 0) {
    out("{\"waits\":%s}", waiting_prove() ? "true" : "false");
  } else {
    out("{\"failure\":\"a request of this kind is not known\"}");
  }
  const char* complaint = log_complaint();
  if (complaint == NULL) return;
  out_forget();
  out("{\"failure\":\"the kernel says: %s\"}", complaint);
}

int main(int argc, char** argv) {
  static char line[LINE];
  size_t used = 0;
  int alone = 0;
  if (argc > 1 && strcmp(argv[0], THREAD_ARGUMENT) == 0) thread_executed((unsigned)argv[1][0]);
  mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
  mount("sysfs", "/sys", "sysfs", 0, NULL);
  log_open(); /* what it complains of while modules are loaded counts, too */
  load_modules();
  mock_fd = open("/dev/pasid_mock", O_RDWR | O_CLOEXEC);
  if (mock_fd < 0) die("/dev/pasid_mock");
  if (threads_begin(mock_fd) != 0) die("what processes share");
  const int port = open("/dev/vport0p1", O_RDWR | O_CLOEXEC);
  if (port < 0) die("/dev/vport0p1");
  while (1) {
    const ssize_t n = read(port, line + used, sizeof line - 1 - used);
    if (n < 0) die("the port");
    if (n == 0) {
      if (++alone == PATIENCE) return 0; /* nobody is at the other end, nor will be: the machine ends */
      usleep(1000);
      continue;
    }
    alone = 0;
    used += (size_t)n;
    for (char* end; (end = memchr(line, '\n', used)) != NULL;) {
      *end = '\0';
      answer(line);
      out_send(port);
      used -= (size_t)(end + 1 - line);
      memmove(line, end + 1, used);
    }
    if (used == sizeof line - 1) die("a line is too long");
  }
}
