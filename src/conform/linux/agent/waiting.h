/* Calls that would have to wait for a device. A tester is told so, and in the model nothing has been done then. That it
 * is so the drivers' books say (module/work.c); that it is true shows when the call is made. */
#ifndef AGENT_WAITING_H
#define AGENT_WAITING_H

/* The last answer was that the release of this file, or the start of this device's reset (file 0), would wait. */
void waiting_said(unsigned reasons, unsigned file, unsigned dev);
/* Something else has been asked since. */
void waiting_forget(void);

/* Makes that call, if there is one: somebody must be seen to wait in the kernel, for that reason and where it was said.
 * Then devices go on by themselves, and the call ends. 0: there is none, or it did not wait, which is a complaint. */
int waiting_prove(void);

#endif
