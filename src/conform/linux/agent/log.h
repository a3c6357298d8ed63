/* The kernel's log: what it complains of is a verdict. */
#ifndef AGENT_LOG_H
#define AGENT_LOG_H

/* From now on. */
void log_open(void);
/* The first complaint since the last time, or NULL. */
const char* log_complaint(void);

#endif
