/* An implementation that speaks pasid-conform (spec/formats/conform_protocol.md): PASID allocation and binding by the
 * rules of Linux 7.3 on VT-d, in plain C99. It is here to be copied: keep the protocol, put your own code behind it.
 *     cc -std=c99 -O2 -o mine tests/conform_example/pasid_example.c && pasid fuzz --backend process:./mine
 * Its devices are infinitely fast: work completes as it is submitted, and no call ever waits for work. -DPASID_BUG=N
 * builds in the mistake marked BUG(N). */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PASID_BUG
#define PASID_BUG 0
#endif
#define BUG(n) (PASID_BUG == (n))

enum { MAX = 32, NAME = 32, LINE = 1 << 18 };
enum { WOULD_BLOCK = -1, GP_FAULT = -2, UNSUPPORTED = -3 }; /* what is no errno */

static void die(const char *what) {
  fprintf(stderr, "pasid_example: %s\n", what);
  exit(1);
}

/* ---- JSON: a cursor in the request's line. Commas are taken to stand where they should. -------------------------- */
static char line[LINE];
static const char *at;

static int take(char c) {
  while (isspace((unsigned char)*at) || *at == ',') at++;
  return *at == c ? (at++, 1) : 0;
}

static void must(char c) { if (!take(c)) die("a request cannot be read"); }

/* A string; names have no escapes. */
static void string(char *to) {
  size_t n = 0;
  for (must('"'); *at && *at != '"' && n < NAME - 1; at++) to[n++] = *at;
  to[n] = '\0';
  must('"');
}

static long number(void) {
  const long n = strtol(at, NULL, 10);
  while (isdigit((unsigned char)*at)) at++;
  return n;
}

static void skip(void) {
  int depth = 0, quoted = 0;
  do {
    if (*at == '\0') die("a request ends early");
    if (*at == '"') quoted = !quoted;
    if (!quoted) depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
    at++;
  } while (quoted || depth || !strchr(",]}", *at));
}

/* Puts the cursor on the value of the object's member, if it has that one. */
static int member(const char *object, const char *key) {
  char name[NAME];
  at = object;
  for (must('{'); !take('}'); skip()) {
    string(name), must(':');
    if (strcmp(name, key) == 0) return 1;
  }
  return 0;
}

static int is_true(const char *object, const char *key) { return member(object, key) && take('t'); }

static const char *word(const char *object, const char *key) {
  static char text[NAME];
  text[0] = '\0';
  if (member(object, key)) string(text);
  return text;
}

/* Calls `one` for every object of the array that is the object's member. */
static void each(const char *object, const char *key, void (*one)(const char *)) {
  const char *o;
  if (!member(object, key)) return;
  for (must('['); take('{'); at = o, skip()) one(o = at - 1);
}

/* ---- State: found by name; all zeros at first. ------------------------------------------------------------------- */
static struct {
  struct space { char name[NAME]; int threads, pasid, lam, files; } spaces[MAX];
  struct thread { char name[NAME]; struct space *mm; int msr, activated; } threads[MAX];
  struct unit { char name[NAME]; int svm; } units[MAX];
  struct group { char name[NAME]; } groups[MAX];
  struct device {
    char name[NAME]; struct unit *unit; struct group *group; long max; int ats, privileged, reset, pasid; /* kernel's */
  } devices[MAX];
  struct queue { char name[NAME]; struct device *dev; int shared, kernel, disabled, clients; } queues[MAX];
  struct file { char name[NAME]; struct space *mm; struct queue *wq; int pasid, mapped; } files[MAX];
  struct slot { struct group *group; int pasid; struct space *what; int users; char present[MAX]; } slots[MAX];
  long reserved[MAX][2];
} w;
#define EACH(type, p, table) for (struct type *p = w.table; p < w.table + MAX; p++)

/* The element of that name in one of the tables; a new one takes the first place. No name: NULL. */
static void *named(void *table, size_t size, const char *name) {
  char *p = table;
  if (!name[0]) return NULL;
  for (int i = 0; p[0] && strcmp(p, name); p += size)
    if (++i == MAX) die("more names than there is room for");
  return strcpy(p, name);
}
#define NAMED(table, object, key) named(w.table, sizeof w.table[0], word(object, key))

/* The arguments of a call (where it has them), and the number it picks. */
static struct {
  struct thread *thread, *child;
  struct space *mm, *new, *what;
  struct queue *wq; struct file *file; struct device *dev; struct group *group;
  int pasid, refuses, picked;
  char memory[NAME];
} a;
static int no_memory(const char *where) { return strcmp(a.memory, where) == 0; }

/* ---- Numbers: one allocator for processes and kernel, the lowest free first (iommu_global_pasid_ida). ------------ */
static int handed_out(long *p) {
  for (int i = 0; i < MAX; i++)
    if (w.reserved[i][0] <= *p && *p <= w.reserved[i][1]) return *p = w.reserved[i][1], 1;
  for (int i = 0; i < MAX; i++)
    if (w.spaces[i].pasid == *p || w.devices[i].pasid == *p) return 1;
  return 0;
}

static int allocate(const struct device *d) {
  long p = 1;
  while (handed_out(&p)) p++;
  return p < d->max - BUG(1) ? (int)p : 0;
}

/* ---- Attachments. ------------------------------------------------------------------------------------------------ */
static struct slot *slot_of(const struct group *g, int pasid) {
  EACH(slot, s, slots) if (s->what && s->group == g && s->pasid == pasid) return s;
  return NULL;
}

static int recovering(const struct group *g) {
  EACH(device, d, devices) if (d->group == g && d->reset) return 1;
  return 0;
}

static int programmed(const struct slot *s, const struct device *d) {
  return d->group == s->group && (d->max || !s->pasid);
}

static void add_slot(struct group *g, int pasid, struct space *what) {
  struct slot *s = w.slots;
  while (s->what)
    if (++s == w.slots + MAX) die("more attachments than there is room for");
  s->group = g, s->pasid = pasid, s->what = what, s->users = 0;
  EACH(device, d, devices) s->present[d - w.devices] = (char)programmed(s, d);
}

/* iommu_attach_device_pasid(), intel_pasid_setup_first_level(): a table that cannot grow has no entry to give. */
static int attach(struct group *g, int pasid, struct space *what) {
  int members = 0;
  if (recovering(g)) return EBUSY;
  EACH(device, d, devices) if (d->group == g && d->max && pasid >= d->max) return EINVAL;
  if (slot_of(g, pasid)) return EBUSY;
  if (no_memory("none_for_slot")) return ENOMEM;
  EACH(device, d, devices) if (d->group == g && d->max) {
    if (what->threads && !d->ats) return EINVAL; /* a process: intel_svm_set_dev_pasid() */
    if (no_memory(members++ ? "none_for_later_table" : "none_for_table")) return ENODEV;
  }
  add_slot(g, pasid, what);
  return 0;
}

/* ---- Processes. -------------------------------------------------------------------------------------------------- */
/* __mmdrop(), as soon as nothing holds the mm any more. */
static int drop_if_last(struct space *mm) {
  return mm->threads || (mm->files && !BUG(2)) ? 0 : (mm->pasid = 0);
}
static int enter(struct thread *t, struct space *mm) {
  if (!mm->threads++) mm->lam = 0;
  t->mm = mm;
  return t->msr = 0;
}

/* exit_mm(): with the last thread the entries go (intel_mm_release()), then the mappings; files close later. */
static int leave(struct thread *t) {
  struct space *mm = t->mm;
  t->mm = NULL;
  if (--mm->threads) return 0;
  EACH(slot, s, slots) if (s->what == mm) memset(s->present, 0, sizeof s->present);
  EACH(file, f, files) if (f->mm == mm) f->mapped = 0;
  return drop_if_last(mm);
}
static int process_create(void) { return enter(a.thread, a.mm); }
static int process_clone(void) { return enter(a.child, a.thread->mm); }
static int process_fork(void) { return enter(a.child, a.mm), a.mm->lam = a.thread->mm->lam, 0; }

/* begin_new_exec(): the register state is reset; pasid_activated is not. */
static int process_exec(void) {
  leave(a.thread);
  if (BUG(4)) a.thread->activated = 0;
  return enter(a.thread, a.new);
}
static int process_exit(void) {
  a.thread->msr = a.thread->activated = 0;
  return leave(a.thread);
}
static int enable_lam(void) { return a.thread->mm->pasid ? EINVAL : (a.thread->mm->lam = 1, 0); }

/* ---- Queues. ----------------------------------------------------------------------------------------------------- */
/* idxd_cdev_open(), iommu_sva_bind_device(). A bind that fails leaves the mm its PASID. */
static int bind(void) {
  struct space *mm = a.thread->mm;
  struct device *d = a.wq->dev;
  if ((!a.wq->shared && a.wq->clients) || mm->lam) return EBUSY;
  if (mm->pasid && mm->pasid >= d->max) return EOVERFLOW;
  if (!mm->pasid) {
    if (no_memory("none_for_mm_data")) return ENOMEM;
    if (!(mm->pasid = allocate(d))) return BUG(5) ? ENOMEM : ENOSPC;
  }
  struct slot *s = slot_of(d->group, mm->pasid);
  if (s && s->what != mm) return EBUSY;
  if (!s) {
    int err = no_memory("none_for_handle") ? ENOMEM : !d->unit->svm ? ENODEV : !d->ats ? EINVAL : 0;
    if (!err) err = attach(d->group, mm->pasid, mm);
    if (err && BUG(6)) mm->pasid = 0;
    if (err) return err;
  }
  slot_of(d->group, mm->pasid)->users++;
  mm->files++, a.wq->clients++;
  a.file->mm = mm, a.file->wq = a.wq, a.file->pasid = a.picked = mm->pasid, a.file->mapped = 0;
  return 0;
}

/* idxd_cdev_release(): by whoever has the file last, so not before its portal is unmapped. The queue has one client
 * less, whether or not it still counts this one (idxd_file_dev_release()); here never less than none. */
static int unbind(void) {
  struct slot *s = slot_of(a.file->wq->dev->group, a.file->pasid);
  struct space *mm = a.file->mm;
  if (a.file->mapped) return WOULD_BLOCK;
  if (--s->users == 0 && !BUG(7)) s->what = NULL;
  a.file->mm = NULL;
  mm->files--, a.file->wq->clients -= a.file->wq->clients > 0;
  return drop_if_last(mm);
}
static int portal_map(void) { return a.thread->mm != a.file->mm ? EPERM : (a.file->mapped = 1, 0); }
static int portal_unmap(void) { return a.file->mapped = 0; }
/* idxd_drv_disable_wq(): files stay open and portals mapped, but the queue does not know them any more. */
static int queue_disable(void) { return a.wq->disabled = 1, a.wq->clients = 0; }
static int queue_enable(void) {
  struct queue *q = a.wq;
  if (!q->disabled) return EBUSY;
  if (q->kernel && q->shared && !q->dev->pasid) return ENXIO;
  if (q->kernel && !q->shared && q->dev->pasid && !q->dev->privileged) return ENXIO;
  return q->disabled = 0;
}
static int submit(const struct queue *q) { return q->shared && (q->disabled || a.refuses) ? EAGAIN : 0; }

/* ENQCMD: the first with an invalid MSR faults, and the handler fills it (try_fixup_enqcmd_gp()). */
static int enqcmd(void) {
  struct thread *t = a.thread;
  if (!t->msr && !t->activated && t->mm->pasid) t->msr = t->mm->pasid, t->activated = 1;
  return t->msr ? submit(a.file->wq) : GP_FAULT;
}
static int cdev_write(void) { return a.thread->mm != a.file->mm && !BUG(3) ? EPERM : submit(a.file->wq); }
static int kernel_submit(void) { return submit(a.wq); }
static int store(void) { return 0; } /* posted: nobody hears what became of it */

/* ---- The kernel's own DMA, and PASIDs that user space chooses. --------------------------------------------------- */
static int rid_attach(void) { return recovering(a.group) ? EBUSY : (add_slot(a.group, 0, a.what), 0); }
static int rid_change(void) {
  EACH(slot, s, slots) if (s->what && s->group == a.group && s->pasid) return EPERM;
  if (recovering(a.group)) return EBUSY;
  struct slot *rid = slot_of(a.group, 0);
  return rid ? (rid->what = a.what, 0) : UNSUPPORTED;
}

/* idxd_enable_system_pasid(): a number for the domain that the RID has. */
static int kernel_enable(void) {
  struct slot *rid = slot_of(a.dev->group, 0);
  if (!rid || rid->what != a.what) return EPERM;
  const int pasid = allocate(a.dev), err = pasid ? attach(a.dev->group, pasid, a.what) : ENOSPC;
  if (!err) slot_of(a.dev->group, a.dev->pasid = a.picked = pasid)->users = 1;
  return err;
}
static int detach(int pasid) { /* where nothing is attached the call has lost its meaning */
  struct slot *s = pasid ? slot_of(a.dev->group, pasid) : NULL;
  return s ? (s->what = NULL, 0) : UNSUPPORTED;
}
static int kernel_disable(void) { return detach(a.dev->pasid) ? UNSUPPORTED : (a.dev->pasid = 0); }
static int user_attach(void) { return a.pasid ? attach(a.dev->group, a.pasid, a.what) : EINVAL; }
static int user_detach(void) { return detach(a.pasid); }
/* iommufd_device_do_replace(): what has no users is its own. The rest is iommu_replace_device_pasid(). */
static int user_replace(void) {
  struct slot *s = a.pasid ? slot_of(a.dev->group, a.pasid) : NULL;
  return !s || s->users ? EINVAL : recovering(a.dev->group) ? EBUSY : (s->what = a.what, 0);
}

/* pci_dev_reset_iommu_prepare() and _done(), with ATS: what the array has is put back, its process running or not. */
static int reset_device(int start) {
  a.dev->reset = start;
  EACH(slot, s, slots) if (s->group == a.dev->group) s->present[a.dev - w.devices] = !start && programmed(s, a.dev);
  return 0;
}
static int reset_prepare(void) { return a.dev->ats ? reset_device(1) : 0; }
static int reset_done(void) { return a.dev->ats ? reset_device(0) : 0; }
/* ---- The protocol. ----------------------------------------------------------------------------------------------- */
static const struct { const char *name; int (*run)(void); } calls[] = {
    {"process.create", process_create}, {"process.fork", process_fork}, {"process.clone", process_clone},
    {"exec", process_exec}, {"exit", process_exit}, {"process.thread_exit", process_exit},
    {"process.enable_lam", enable_lam}, {"bind", bind}, {"unbind", unbind}, {"portal.map", portal_map},
    {"portal.unmap", portal_unmap}, {"queue.disable", queue_disable}, {"queue.enable", queue_enable},
    {"enqcmd.submit", enqcmd}, {"movdir64b.submit", store}, {"cdev.write", cdev_write},
    {"work.reap", store}, {"kernel.submit", kernel_submit}, {"rid.attach", rid_attach}, {"rid.change", rid_change},
    {"kernel.enable", kernel_enable}, {"kernel.disable", kernel_disable}, {"user.attach", user_attach},
    {"user.detach", user_detach}, {"user.replace", user_replace},
    {"reset.prepare", reset_prepare}, {"reset.done", reset_done}};
enum { CALLS = sizeof calls / sizeof calls[0] };

static const struct { int number; const char *name; } errors[] = {
    {EPERM, "EPERM"}, {ENXIO, "ENXIO"}, {EAGAIN, "EAGAIN"}, {ENOMEM, "ENOMEM"}, {EBUSY, "EBUSY"}, {ENODEV, "ENODEV"},
    {EINVAL, "EINVAL"}, {ENOSPC, "ENOSPC"}, {EOVERFLOW, "EOVERFLOW"}};

static const char *comma; /* what goes before the next of a list */
static void hello(void) {
  printf("{\"protocol\":1,\"name\":\"the C99 example\",\"device\":\"itself\",\"calls\":[");
  for (int i = 0; i < CALLS; i++) printf("%s\"%s\"", i ? "," : "", calls[i].name);
  printf("],\"observes\":[\"entry\"],\"environment\":[\"memory.none_for_mm_data\",\"memory.none_for_handle\","
         "\"memory.none_for_slot\",\"memory.none_for_table\",\"memory.none_for_later_table\",\"queue.refuses\"],"
         "\"limits\":{\"line_bytes\":%d}}", LINE - 2);
}
static void unit(const char *o) { ((struct unit *)NAMED(units, o, "name"))->svm = is_true(o, "svm"); }
static void device(const char *o) {
  struct device *d = NAMED(devices, o, "name");
  d->unit = NAMED(units, o, "unit"), d->group = NAMED(groups, o, "group");
  d->max = member(o, "max_pasids") ? number() : 0;
  d->ats = is_true(o, "ats"), d->privileged = is_true(o, "privileged");
}
static void queue(const char *o) {
  struct queue *q = NAMED(queues, o, "name");
  q->dev = NAMED(devices, o, "device"), q->shared = is_true(o, "shared"), q->kernel = is_true(o, "kernel");
}
static void reset(const char *world) {
  memset(&w, 0, sizeof w);
  each(world, "units", unit), each(world, "devices", device), each(world, "queues", queue);
  if (member(world, "reserved")) {
    must('[');
    for (long(*r)[2] = w.reserved; take('['); r++) (*r)[0] = number(), take(','), (*r)[1] = number(), must(']');
  }
  printf("{\"ok\":true}");
}
static void apply(const char *o) {
  static const char *const names[] = {"", "would_block", "gp_fault", "unsupported"};
  int i = 0, e = 0;
  memset(&a, 0, sizeof a);
  strcpy(a.memory, word(o, "memory"));
  a.refuses = !strcmp(word(o, "queue"), "refuses"), a.pasid = member(o, "pasid") ? (int)number() : 0;
  a.thread = member(o, "parent") ? NAMED(threads, o, "parent") : NAMED(threads, o, "thread");
  a.child = NAMED(threads, o, "child"), a.mm = NAMED(spaces, o, "mm"), a.new = NAMED(spaces, o, "new");
  a.what = member(o, "table") ? NAMED(spaces, o, "table") : NAMED(spaces, o, "domain");
  a.wq = NAMED(queues, o, "wq"), a.file = NAMED(files, o, "file");
  a.dev = NAMED(devices, o, "dev"), a.group = NAMED(groups, o, "group");
  while (i < CALLS && strcmp(calls[i].name, word(o, "call"))) i++;
  /* Asked before an answer was known, a call may mean nothing by now: the thread or the file is not there. */
  const int lost = (a.thread && !a.thread->mm && i > 0) || (a.file && !a.file->mm && strcmp(word(o, "call"), "bind"));
  i = i < CALLS && !lost ? calls[i].run() : UNSUPPORTED;
  while (i > 0 && errors[e].number != i) e++;
  printf("%s", comma), comma = ",";
  if (i > 0) printf("{\"error\":\"%s\"}", errors[e].name);
  else if (i < 0) printf("{\"%s\":true}", names[-i]);
  else printf(a.picked ? "{\"ok\":{\"pasid\":%d}}" : "{\"ok\":{}}", a.picked);
}
static void observe(void) {
  printf("{\"state\":{\"entry\":{");
  for (struct device *d = w.devices; d->name[0]; d++) {
    printf("%s\"%s\":{", d == w.devices ? "" : ",", d->name);
    comma = "";
    EACH(slot, s, slots)
      if (s->what && s->present[d - w.devices]) printf("%s\"%d\":\"%s\"", comma, s->pasid, s->what->name), comma = ",";
    printf("}");
  }
  printf("}}}");
}

int main(void) {
  char op[NAME];
  while (fgets(line, LINE, stdin)) {
    strcpy(op, word(line, "op"));
    if (!strcmp(op, "hello")) hello();
    else if (!strcmp(op, "reset") && member(line, "world")) reset(at);
    else if (!strcmp(op, "apply")) printf("{\"answers\":["), comma = "", each(line, "calls", apply), printf("]}");
    else if (!strcmp(op, "observe")) observe();
    else die("a request of this kind is not known");
    printf("\n"), fflush(stdout);
  }
  return 0;
}
