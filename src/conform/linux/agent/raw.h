/* System calls without errno: processes that share an address space (CLONE_VM) share the C library's variables too, so
 * that code of theirs touches nothing but its own stack. The answer is what the kernel returns: >= 0, or -errno. */
#ifndef AGENT_RAW_H
#define AGENT_RAW_H

#include <sys/syscall.h>

static inline long raw6(long n, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long answer;
  __asm__ volatile("syscall"
                   : "=a"(answer)
                   : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return answer;
}
static inline long raw3(long n, long a, long b, long c) { return raw6(n, a, b, c, 0, 0, 0); }

#endif
