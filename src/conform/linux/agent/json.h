/* Reading a line of JSON: a cursor that moves on. Objects and arrays are where they begin; names have no escapes. */
#ifndef AGENT_JSON_H
#define AGENT_JSON_H

enum { NAME = 40 };

/* The value of the object's member, or NULL. */
const char* json_member(const char* object, const char* key);
/* The array's element after `element` (NULL: the first), or NULL. */
const char* json_next(const char* array, const char* element);

/* Into `to`; "" where the value is no string, or the object has no such member. */
void json_text(const char* value, char to[NAME]);
void json_member_text(const char* object, const char* key, char to[NAME]);
/* 0 where there is none. */
long json_number(const char* value);
int json_true(const char* object, const char* key);

#endif
