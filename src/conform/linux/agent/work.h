/* Work on the devices: there are none, and the agent plays them. What they ask of the kernel are pages. */
#ifndef AGENT_WORK_H
#define AGENT_WORK_H

/* Calls, as those of calls.c. */
int work_store(const char* json);
int work_write(const char* json);
int work_reap(const char* json);
int page_raise(const char* json);
int page_resolve(const char* json);

/* The last reference on the file would have to wait for the device: for work, or for an answer to a page request. */
int work_keeps(unsigned file);
/* The start of a reset would have to wait for answers to page requests. */
int work_asks_pages(unsigned dev);
/* A reset ends what the device was doing. */
void work_lost(unsigned dev);

#endif
