/* Who has a file open: the agent, whoever opened it, and what was forked from there since. */
#ifndef AGENT_FILES_H
#define AGENT_FILES_H

/* File `file`, which the agent has as `fd`, was opened by thread `t`. */
void file_opened(unsigned file, int fd, unsigned t);
/* Thread `child` was forked or cloned from `parent`. */
void files_inherited(unsigned parent, unsigned child);
/* The thread has executed another program, or ended. */
void files_lost(unsigned t);

/* Every process closes its copy, but for thread `keeps` (0: none). */
void file_close_copies(unsigned file, unsigned keeps);
/* All let go of it. The last is a child that has inherited it, where there is one; else a process of another address
 * space, which is given it for that; else the agent. */
void file_release(unsigned file);
/* The thread is about to end, and to release this file then: nobody else has it any more. 0: it cannot, for it has not
 * that file. */
int file_leave_to(unsigned file, unsigned t);
/* A file that was left so has been released. */
int file_was_left(unsigned file);

#endif
