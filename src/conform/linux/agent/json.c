#include "src/conform/linux/agent/json.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char* space(const char* at) { return at + strspn(at, " \t\r\n"); }

/* Behind the value that begins here. */
static const char* skip(const char* at) {
  int depth = 0;
  int quoted = 0;
  for (; *at != '\0'; at++) {
    if (quoted) {
      if (*at == '\\' && at[1] != '\0') at++;
      else if (*at == '"') quoted = 0;
      continue;
    }
    if (*at == '"') quoted = 1;
    else if (*at == '{' || *at == '[') depth++;
    else if (*at == '}' || *at == ']') {
      if (depth == 0) return at;
      depth--;
    } else if (*at == ',' && depth == 0) return at;
  }
  return at;
}

const char* json_member(const char* object, const char* key) {
  const size_t n = strlen(key);
  if (object == NULL || *object != '{') return NULL;
  for (const char* at = space(object + 1); *at == '"'; at = space(at)) {
    const int found = strncmp(at + 1, key, n) == 0 && at[n + 1] == '"';
    at = strchr(at + 1, '"');
    if (at == NULL) return NULL;
    at = space(at + 1);
    if (*at != ':') return NULL;
    at = space(at + 1);
    if (found) return at;
    at = skip(at);
    if (*at == ',') at++;
  }
  return NULL;
}

const char* json_next(const char* array, const char* element) {
  if (array == NULL || *array != '[') return NULL;
  const char* at = space(array + 1);
  if (element != NULL) {
    at = skip(element);
    if (*at != ',') return NULL;
    at = space(at + 1);
  }
  return *at == ']' || *at == '\0' ? NULL : at;
}

void json_text(const char* value, char to[NAME]) {
  size_t n = 0;
  if (value != NULL && *value == '"')
    for (const char* at = value + 1; *at != '\0' && *at != '"' && n < NAME - 1; at++) to[n++] = *at;
  to[n] = '\0';
}

void json_member_text(const char* object, const char* key, char to[NAME]) { json_text(json_member(object, key), to); }

long json_number(const char* value) { return value == NULL ? 0 : strtol(value, NULL, 10); }

int json_true(const char* object, const char* key) {
  const char* value = json_member(object, key);
  return value != NULL && *value == 't';
}
