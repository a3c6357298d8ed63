/* Work on the devices, which are the mock's, and what they ask of the kernel: pages. */
#ifndef AGENT_WORK_H
#define AGENT_WORK_H

/* Calls, as those of calls.c. */
int work_store(const char* json);
int work_write(const char* json);
int work_reap(const char* json);
int page_raise(const char* json);
int page_resolve(const char* json);

#endif
