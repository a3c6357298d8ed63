/* The kernel's log: what it complains of is a verdict. */
#ifndef AGENT_LOG_H
#define AGENT_LOG_H

/* From now on. */
void log_open(void);
/* The agent's own, for the next time. */
void log_complain(const char* what);
/* The first complaint since the last time, or NULL. */
const char* log_complaint(void);

#endif
