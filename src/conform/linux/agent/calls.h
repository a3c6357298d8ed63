/* The calls that the kernel is asked for. */
#ifndef AGENT_CALLS_H
#define AGENT_CALLS_H

/* Does one call and prints its answer. `next`: the one that will be done after it, if it is known. */
void call_run(const char* json, const char* next);
/* The call after the one that is being done; NULL: it is not known yet. */
const char* call_following(void);
/* Those that this kernel can be asked: "process.create","bind",… */
void call_print_names(void);
/* The allocations that can be made to fail: "memory.none_for_slot",… */
void call_print_failures(void);
/* The others, with the reason: "memory.none_for_handle":"why",… */
void call_print_impossible(void);

/* Can this kernel be asked that of /dev/pasid_mock? */
int call_offered(unsigned long request);

#endif
