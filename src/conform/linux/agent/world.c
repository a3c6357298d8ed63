#include "src/conform/linux/agent/world.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "src/conform/linux/agent/calls.h"
#include "src/conform/linux/agent/log.h"
#include "src/conform/linux/agent/names.h"
#include "src/conform/linux/agent/out.h"
#include "src/conform/linux/agent/waiting.h"

struct names names;
int mock_fd = -1;

unsigned name_find(void* table, unsigned long count, unsigned long size, const char* name, int make) {
  if (name[0] == '\0') return 0;
  for (unsigned i = 1; i < count; i++) {
    char* place = (char*)table + i * size;
    if (strcmp(place, name) == 0) return i;
    if (place[0] != '\0') continue;
    if (!make) return 0;
    strcpy(place, name);
    return i;
  }
  return 0;
}

static void end_all(void) {
  waiting_prove();
  ioctl(mock_fd, MOCK_GO_ON, MOCK_FOR_WORK | MOCK_FOR_REQUESTS);
  for (int i = 1; i <= MOST; i++) {
    if (names.threads[i].mm != 0) thread_exit(&names.threads[i].is);
    names.threads[i].mm = 0;
  }
  for (int i = 1; i <= MOST; i++)
    if (names.files[i].fd > 0) close(names.files[i].fd);
}

/* The units that walk process tables, as a mask. */
static unsigned read_units(const char* json) {
  char name[NAME];
  unsigned svm = 0;
  for (const char* u = NULL; (u = json_next(json_member(json, "units"), u)) != NULL;) {
    json_member_text(u, "name", name);
    if (json_true(u, "svm")) svm |= 1U << FIND(units, name, 1);
  }
  return svm;
}

static void read_devices(const char* json, unsigned svm, struct mock_world* world) {
  char name[NAME];
  for (const char* d = NULL;
       (d = json_next(json_member(json, "devices"), d)) != NULL && world->devices < MOCK_DEVICES;) {
    struct mock_device* is = &world->device[world->devices++];
    json_member_text(d, "name", name);
    const unsigned number = FIND(devices, name, 1);
    json_member_text(d, "unit", name);
    is->unit = FIND(units, name, 1);
    json_member_text(d, "user_space", names.pool);
    json_member_text(d, "group", name);
    is->group = names.devices[number].group = FIND(groups, name, 1);
    is->max_pasids = (unsigned)json_number(json_member(d, "max_pasids"));
    is->flags = ((svm >> is->unit & 1U) ? MOCK_SVM : 0U) | (json_true(d, "ats") ? MOCK_ATS : 0U);
  }
}

static void read_queues(const char* json) {
  char name[NAME];
  for (const char* q = NULL; (q = json_next(json_member(json, "queues"), q)) != NULL;) {
    json_member_text(q, "name", name);
    struct queue* is = &names.queues[FIND(queues, name, 1)];
    json_member_text(q, "device", name);
    is->dev = FIND(devices, name, 0);
    is->shared = json_true(q, "shared");
    is->kernel = json_true(q, "kernel");
  }
}

const char* world_reset(const char* json) {
  struct mock_world world;
  end_all();
  memset(&names, 0, sizeof names);
  memset(&world, 0, sizeof world);
  read_devices(json, read_units(json), &world);
  read_queues(json);
  for (const char* r = NULL; (r = json_next(json_member(json, "reserved"), r)) != NULL;) {
    if (world.ranges == MOCK_RANGES) return "it reserves too many ranges of numbers";
    const char* first = json_next(r, NULL);
    world.reserved[world.ranges][0] = (unsigned)json_number(first);
    world.reserved[world.ranges++][1] = (unsigned)json_number(json_next(r, first));
  }
  if (ioctl(mock_fd, MOCK_WORLD, &world) == 0) return NULL;
  log_complain(errno == EBUSY    ? "a queue is open though nobody has it"
               : errno == EXFULL ? "numbers are missing from its pool though nothing holds them"
                                 : strerror(errno));
  return NULL;
}

static void print_entries(const struct mock_tables* tables) {
  const char* comma = "";
  out("\"entry\":{");
  for (unsigned d = 1; d <= MOCK_DEVICES && names.devices[d].name[0] != '\0'; d++) {
    out("%s\"%s\":{", d == 1 ? "" : ",", names.devices[d].name);
    comma = "";
    for (unsigned i = 0; i < tables->entries; i++) {
      if (tables->entry[i].dev != d) continue;
      out("%s\"%u\":\"%s\"", comma, tables->entry[i].pasid, names.spaces[tables->entry[i].as].name);
      comma = ",";
    }
    out("}");
  }
  out("}");
}

/* Whom a number was given to the kernel does not write down. What is let go of a grace period later has gone by now. */
static const char* print_taken(void) {
  static struct mock_taken taken;
  ioctl(mock_fd, MOCK_SETTLE);
  if (ioctl(mock_fd, MOCK_TAKEN, &taken) != 0)
    return errno == EUCLEAN ? "a number that is kept from the kernel's pool is back in it" : strerror(errno);
  out(",\"owner\":{\"%s\":{", names.pool);
  for (unsigned i = 0; i < taken.numbers; i++) out("%s\"%u\":true", i == 0 ? "" : ",", taken.number[i]);
  out("}}");
  return NULL;
}

static void print_strayed(const struct mock_tables* tables) {
  const char* comma = "";
  out(",\"strayed\":{");
  for (unsigned i = 1; i <= MOCK_SPACES; i++) {
    if (!(tables->strayed >> i & 1U)) continue;
    out("%s\"%s\":true", comma, names.spaces[i].name);
    comma = ",";
  }
  out("}");
}

static const char* print_order(void) {
  static struct mock_events all;
  static const char* const closers[] = {"opener", "other", "dying", "agent"};
  static const char* const steps[] = {"", "set", "clear", "flush", "drain_faults", "answered", "free", "closed"};
  if (ioctl(mock_fd, MOCK_EVENTS, &all) != 0) return errno == EOPNOTSUPP ? NULL : strerror(errno);
  if (all.lost != 0) return "more has come to the mock than it keeps";
  out(",\"order\":[");
  for (unsigned i = 0; i < all.events; i++) {
    const struct mock_event* e = &all.event[i];
    out("%s{\"step\":\"%s\",\"pasid\":%u", i == 0 ? "" : ",", steps[e->step], e->pasid);
    if (e->dev != 0) out(",\"dev\":\"%s\"", names.devices[e->dev].name);
    if (e->step == MOCK_SET) out(",\"owner\":\"%s\"", names.spaces[e->of].name);
    if (e->step == MOCK_RELEASED) out(",\"by\":\"%s\"", closers[e->of]);
    if (e->step == MOCK_ANSWERED) out(",\"found\":%s", e->of == 0 ? "true" : "false");
    out("}");
  }
  out("]");
  return NULL;
}

const char* world_print_state(void) {
  static struct mock_tables tables;
  if (ioctl(mock_fd, MOCK_TABLES, &tables) != 0)
    return errno == EUCLEAN ? "a table has an entry of no address space that is known" : strerror(errno);
  const char* wrong = NULL;
  out("{\"state\":{");
  print_entries(&tables);
  if (names.pool[0] != '\0' && call_offered(MOCK_TAKEN)) wrong = print_taken();
  if (call_offered(MOCK_RESOLVE)) print_strayed(&tables);
  out("}");
  if (wrong == NULL) wrong = print_order();
  out("}");
  return wrong;
}
