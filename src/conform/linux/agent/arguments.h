/* What calls take, and how they end. */
#ifndef AGENT_ARGUMENTS_H
#define AGENT_ARGUMENTS_H

struct portal;

/* What is no errno: those are negative. */
enum { DONE = 0, GAVE_PASID, WOULD_BLOCK, UNSUPPORTED };

/* The number of what the call names, or 0: it means nothing by now. */
unsigned named_thread(const char* json, const char* key);
unsigned device(const char* json);
unsigned open_file(const char* json);
/* A name that is new gets a number. */
unsigned space(const char* json, const char* key);
/* Where that address space has the file mapped, else a free place (address 0), or NULL. */
struct portal* portal_of(unsigned file, unsigned mm);

#endif
