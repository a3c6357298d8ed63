/* The calls that the kernel is asked for. */
#ifndef AGENT_CALLS_H
#define AGENT_CALLS_H

/* Does one call and prints its answer. */
void call_run(const char* json);
/* "process.create","bind",… */
void call_print_names(void);

#endif
