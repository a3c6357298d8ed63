/* The world under test: what it is made of, and what is there now. */
#ifndef AGENT_WORLD_H
#define AGENT_WORLD_H

/* Of /dev/pasid_mock, for what no process of the tests asks for. */
extern int mock_fd;

/* Everything is gone, and the mock is configured as the JSON says. NULL, or why it cannot be. Where it does not find
 * back to where it has been before, that is a complaint. */
const char* world_reset(const char* json);

/* What can be seen: the PASID tables, which numbers are out, and what has come to the mock since it was asked for last,
 * in its order. NULL, or what is wrong with it. */
const char* world_print_state(void);

#endif
