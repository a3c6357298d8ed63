#!/usr/bin/env python3
"""The core model explored by this project's search, by Rumur and by SPIN in one run: counts, CPU time, memory.

Exit codes: 0 every program has the counts that all agree on, 1 one has not, 3 bad input."""
import argparse
import concurrent.futures
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "peers"), os.path.dirname(HERE)]
sys.dont_write_bytecode = True
import promela  # noqa: E402
import table  # noqa: E402

PEERS = os.path.join(HERE, "peers")
SMALL, MIDDLE, LARGE = (3, 3, 2, 5), (3, 3, 3, 5), (3, 4, 3, 5)
STATES = {SMALL: (474152, 8252680), MIDDLE: (8195728, 196707744)}
ORBITS = {(2, 2, 2, 4): 292, SMALL: 2291, MIDDLE: 12942, LARGE: 29672}


def stop(what):
    print(f"compare: {what}", file=sys.stderr)
    sys.exit(3)


def say(what):
    if sys.stderr.isatty():
        print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)


def name_of(scope):
    return "(" + ",".join(map(str, scope)) + ")"


def built(*command, cwd):
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    except OSError as e:
        stop(f"{command[0]}: {e.strerror}")
    if done.returncode != 0:
        stop(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[:300]}")


class Program:
    """Something that explores one scope. `read` takes what it prints to (states, firings); `codes` it may exit with."""

    def __init__(self, name, command, read, codes=(0,)):
        self.name, self.command, self.read, self.codes = name, command, read, codes

    def run(self, processor=None):
        """One run, alone, on this processor or any: counts, CPU seconds (user and system), peak MiB (not less than this
        program's own)."""
        say(self.name)
        with tempfile.TemporaryFile("w+") as out:
            pin = None if processor is None else lambda: os.sched_setaffinity(0, {processor})
            child = subprocess.Popen(self.command, stdout=out, stderr=subprocess.STDOUT, text=True, preexec_fn=pin)
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            text = out.read()
        say("")
        try:
            states, firings = self.read(text)
        except (ValueError, IndexError, KeyError):
            states, firings = None, None
        if child.returncode not in self.codes or states is None:
            stop(f"{' '.join(self.command)}: exit code {child.returncode}: {text.strip()[-300:]}")
        return {"states": states, "firings": firings, "cpu": used.ru_utime + used.ru_stime,
                "mib": used.ru_maxrss / 1024, "text": text}


def ours(bench, scope, *options):
    def read(text):
        said = json.loads(text)
        return said["states"], said["firings"]

    return Program("ours", [bench, *map(str, scope), "--json", *options], read)


def rumur(work, scope, symmetric):
    """Rumur with its heuristic symmetry reduction, or without any."""
    which = "symmetric" if symmetric else "plain"
    base = os.path.join(work, f"{which}-{'-'.join(map(str, scope))}")
    with open(os.path.join(PEERS, which + ".m"), encoding="ascii") as f:
        text = f.read()
    for word, size in zip(("MMS", "TASKS", "DEVICES", "USERS"), (*scope[:3], scope[3] - 2)):
        text = text.replace(f"@{word}@", str(size))
    with open(base + ".m", "w", encoding="ascii") as f:
        f.write(text)
    say(f"Rumur: compiling {which}.m")
    built("rumur", base + ".m", "--deadlock-detection", "off", "--threads", "1", "--symmetry-reduction",
          "heuristic" if symmetric else "off", "--output", base + ".c", cwd=work)
    built("clang", "-O3", "-march=native", "-mcx16", "-w", "-o", base, base + ".c", "-lpthread", "-latomic", cwd=work)

    def read(text):
        line = next((x for x in reversed(text.splitlines()) if "rules fired" in x), "")
        words = line.split()
        return (int(words[0]), int(words[2])) if "No error found" in text else (None, None)

    return Program("Rumur", [base], read)


def spin(work, scope):
    folder = os.path.join(work, "spin-" + "-".join(map(str, scope)))
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "core.pml"), "w", encoding="ascii") as f:
        f.write(promela.program(*scope[:3], scope[3] - 2))
    say("SPIN: compiling")
    built("spin", "-a", "core.pml", cwd=folder)
    built("gcc", "-O2", "-w", "-DSAFETY", "-DNOFAIR", "-DNOREDUCE", "-DBFS", "-o", "pan", "pan.c", cwd=folder)

    def read(text):
        words = {x.split()[1]: x.split()[0] for x in text.splitlines()
                 if x.strip().endswith(("states, stored", "transitions (= stored+matched)"))}
        if "errors: 0" not in text:
            return None, None
        # It counts the initial state as led to, and prints eight digits of what is larger.
        firings = STATES[scope][1]
        if words["transitions"] != f"{firings + 1:.8g}":
            firings = int(float(words["transitions"])) - 1
        return int(words["states,"]), firings

    return Program("SPIN", [os.path.join(folder, "pan"), "-w25"], read)


class Report:
    def __init__(self):
        self.rows, self.figures, self.wrong = [], [], []

    def measure(self, what, scope, programs, runs, expected, pinned=True):
        """Runs the programs in turn; where they are `pinned`, all of a round on the same processor and those of the next
        on the next, for not all are equally fast. `expected` by program's name: (states, firings or None)."""
        taken = {p.name: [] for p in programs}
        processors = sorted(os.sched_getaffinity(0))
        for k in range(runs):
            for p in programs:
                taken[p.name].append(p.run(processors[k % len(processors)] if pinned else None))
        for p in programs:
            got = [(t["states"], t["firings"]) for t in taken[p.name]]
            states, firings = expected.get(p.name, (None, None))
            if any((states is not None and g[0] != states) or (firings is not None and g[1] != firings) for g in got):
                self.wrong.append(f"{what} {name_of(scope)}, {p.name}: {got[0]} and not {(states, firings)}")
            figure = {"what": what, "scope": scope, "program": p.name, "runs": runs, "states": got[0][0],
                      "firings": got[0][1], "cpu_seconds": statistics.median(t["cpu"] for t in taken[p.name]),
                      "peak_mib": max(t["mib"] for t in taken[p.name])}
            self.figures.append(figure)
            print(f"{what:22} {name_of(scope)}  {p.name:6} {got[0][0]:>11,} states {got[0][1]:>12,} firings "
                  f"{figure['cpu_seconds']:8.2f} s of CPU {figure['peak_mib']:7.1f} MiB", flush=True)
        return taken

    def ratio(self, peer, of, how, scope, key, taken, goal=None):
        value = statistics.median(a[key] / b[key] for a, b in zip(taken[peer], taken["ours"]))
        what = f"{peer}'s {of} over ours{how} {name_of(scope)}"
        if goal is None:
            self.note(what, value)
        else:
            self.row(what, value, goal, value >= goal)

    def row(self, what, value, goal, met, at_least=True):
        self.rows.append({"what": what, "value": round(value, 2), "goal": goal,
                          "at": "least" if at_least else "most", "met": bool(met)})

    def note(self, what, value):
        """A figure without a goal."""
        self.rows.append({"what": what, "value": round(value, 2)})

    def print(self):
        print()
        for r in self.rows:
            goal = f"   goal: at {r['at']} {r['goal']:<5} {'met' if r['met'] else 'MISSED'}" if "goal" in r else ""
            print(f"{r['what']:58} {r['value']:8.2f}{goal}")
        for w in self.wrong:
            print("WRONG COUNT: " + w)

    def peak(self, how, scope, runs):
        peak = max(t["mib"] for t in runs)
        self.row(f"our peak in MiB{how} {name_of(scope)}", peak, 300, peak <= 300, at_least=False)

    def leave(self, name):
        """For the table that tests/bench/run ends with."""
        for r in self.rows:
            table.add(name, "exploration", r["what"], r["value"], "", **{k: r[k] for k in ("goal", "at") if k in r})


def full(report, bench, work, scope, runs):
    counts = STATES[scope]
    taken = report.measure("all states", scope, [ours(bench, scope), rumur(work, scope, False), spin(work, scope)], runs,
                           {"ours": counts, "Rumur": counts, "SPIN": counts})
    for peer, goal in (("Rumur", 7), ("SPIN", 4)):
        report.ratio(peer, "CPU time", "", scope, "cpu", taken, goal)
        report.ratio(peer, "memory", "", scope, "mib", taken)
    if scope == MIDDLE:
        report.peak("", scope, taken["ours"])


def symmetric(report, bench, work, scope, runs):
    taken = report.measure("orbits", scope, [ours(bench, scope, "--symmetry"), rumur(work, scope, True)], runs,
                           {"ours": (ORBITS[scope], None)})
    report.ratio("Rumur", "CPU time", ", symmetry", scope, "cpu", taken, 3)


def threads(report, bench, scope, runs):
    """One thread beside two; and two programs of one thread each at once, for what the machine gives a second thread."""
    one, two = ours(bench, scope, "--threads", "1"), ours(bench, scope, "--threads", "2")
    one.name, two.name = "one", "two"
    taken = report.measure("one thread, two", scope, [one, two], runs, {n: STATES[scope] for n in ("one", "two")},
                           pinned=False)

    def wall(run):
        return json.loads(run["text"])["wall_seconds"]

    ratio = statistics.median(wall(a) / wall(b) for a, b in zip(taken["one"], taken["two"]))
    report.row(f"time on one thread over that on two {name_of(scope)}", ratio, 1.7, ratio >= 1.7)
    if scope == MIDDLE:
        report.peak(", two threads", scope, taken["two"])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        at_once = [max(map(wall, pool.map(lambda _: one.run(), range(2)))) for _ in range(runs)]
    report.note(f"the same of two programs that share nothing {name_of(scope)}",
                statistics.median(2 * wall(a) / b for a, b in zip(taken["one"], at_once)))


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run explore", description=__doc__.split("\n", maxsplit=1)[0],
                                     epilog="Examples: tests/bench/run explore --quick; "
                                            "tests/bench/run explore --json /tmp/figures.json")
    parser.add_argument("--bench", default="build/tests/bench_explore", help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, default=5, help="of each program, in turn; fewer where one takes long (5)")
    parser.add_argument("--quick", action="store_true", help="not the scope that takes the others minutes")
    parser.add_argument("--json", metavar="FILE", help="writes all figures there")
    options = parser.parse_args()
    if options.runs < 1:
        stop("--runs: at least 1")
    report = Report()
    with tempfile.TemporaryDirectory() as work:
        for scope, orbits in ORBITS.items():
            report.measure("orbits", scope, [ours(options.bench, scope, "--symmetry")], 1, {"ours": (orbits, None)})
        full(report, options.bench, work, SMALL, options.runs)
        for scope in (MIDDLE, LARGE):
            symmetric(report, options.bench, work, scope, options.runs)
        threads(report, options.bench, SMALL, 5 * options.runs)  # half a second each, and the machine's speed changes
        if not options.quick:
            full(report, options.bench, work, MIDDLE, 1)
            threads(report, options.bench, MIDDLE, min(3, options.runs))
    report.print()
    if os.environ.get("PASID_FIGURES"):
        report.leave(os.environ["PASID_FIGURES"])
    if options.json:
        try:
            with open(options.json, "w", encoding="ascii") as f:
                json.dump({"figures": report.figures, "ratios": report.rows, "wrong": report.wrong}, f, indent=2)
                f.write("\n")
        except OSError as e:
            stop(f"{options.json}: {e.strerror}")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
