/* The line that answers, before it is sent. */
#ifndef AGENT_OUT_H
#define AGENT_OUT_H

__attribute__((format(printf, 1, 2))) void out(const char* format, ...);
/* What was said so far is not said. */
void out_forget(void);
/* Sends it, with its newline. */
void out_send(int fd);

#endif
