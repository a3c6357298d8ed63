/* Calls of processes, as those of calls.c. */
#ifndef AGENT_PROCESSES_H
#define AGENT_PROCESSES_H

int process_create(const char* json);
int process_fork(const char* json);
int process_clone(const char* json);
int process_exec(const char* json);
/* Of a thread, and of a process with its last. */
int process_end(const char* json);

#endif
