#include "src/conform/linux/agent/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static int fd = -1;

void log_open(void) {
  fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  lseek(fd, 0, SEEK_END);
}

static int complains(const char* text) {
  static const char* const signs[] = {
      "WARNING:",   "BUG:",           "BUG at",   "Oops",         "general protection", "refcount_t:", "UBSAN:",
      "corruption", "invalid opcode", "Bad page", "divide error", "INFO: task",
      "Trying to free unknown IOASID", /* ioasid_free() of 6.1, of one that is free */
  };
  for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
    if (strstr(text, signs[i]) != NULL) return 1;
  return 0;
}

static const char* own;

void log_complain(const char* what) { own = what; }

const char* log_complaint(void) {
  static char record[8192];
  static char first[512];
  first[0] = '\0';
  if (own != NULL) strcpy(first, own);
  own = NULL;
  while (1) {
    const ssize_t n = read(fd, record, sizeof record - 1);
    if (n < 0 && errno == EPIPE) {
      if (first[0] == '\0') strcpy(first, "more than its log can hold: some of that is lost");
      continue;
    }
    if (n <= 0) break;
    record[n] = '\0';
    char* text = strchr(record, ';');
    if (text == NULL || first[0] != '\0' || !complains(text)) continue;
    text[strcspn(text, "\n")] = '\0';
    size_t used = 0;
    for (text++; *text != '\0' && used < sizeof first - 1; text++)
      if (*text != '"' && *text != '\\' && (unsigned char)*text >= ' ') first[used++] = *text;
    first[used] = '\0';
  }
  return first[0] == '\0' ? NULL : first;
}
