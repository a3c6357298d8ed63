#!/usr/bin/env python3
"""Whatever gives a verdict has three controls: it passes what is clean, notices what was tampered with, and does not
call it a success where there is nothing to check. This is the list of them. Those of the commands are run here, on a
design without SVA, whose proof is the shortest; those that take longer, and those of what is no command, are tests by
themselves and are named. A command of the program that is in neither list below is a failure."""
import glob
import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass

from _checks import check, end

PASID, SCHEMA_CHECK = os.environ["PASID"], os.environ["SCHEMA_CHECK"]
SCHEMA = os.path.abspath("spec/formats/pasid_vectors_v1.schema.json")
KINDS = ("clean", "tampered", "nothing")
GUARD = "kernel_detach.work-finished"  # without it DmaIsolation falls


@dataclass
class Run:
    """A command, its exit code, and what it says. One line, where the code is 3."""
    code: int
    says: str
    command: list
    data: str = ""  # below the folder of the files: a tree of its own in place of the shipped one

    def __str__(self):
        return f"exit {self.code}: {self.says}"

    def wrong(self, work):
        environment = {**os.environ, **({"PASID_DATA": os.path.join(work, self.data)} if self.data else {})}
        done = subprocess.run(self.command, cwd=work, env=environment, capture_output=True, text=True)
        said = " ".join((done.stdout + done.stderr).split())
        if done.returncode != self.code or self.says not in said:
            return f"exit {done.returncode}, not {self.code} with '{self.says}': {said[:600]}"
        if self.code == 3 and len((done.stdout + done.stderr).splitlines()) != 1:
            return f"more than one line: {said[:600]}"
        return ""


@dataclass
class Test:
    """A case of a doctest program by its name, or what stands in a script: 'ledger.sh: …'."""
    name: str

    def __str__(self):
        return self.name

    def wrong(self, _):
        script, _, text = self.name.partition(": ")
        if script.endswith((".sh", ".py")):
            path = f"tests/e2e/{script}"
            return "" if os.path.exists(path) and text and text in read(path) else "there is no such line"
        return "" if self.name in CASES else "there is no such case"


def pasid(code, says, *arguments, data=""):
    return Run(code, says, [PASID, *arguments], data)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


CASES = {name for path in glob.glob("tests/unit/*.cpp") + glob.glob("tests/property/*.cpp")
         for name in re.findall(r'TEST_CASE\(\s*"([^"]*)"', read(path))}

# Nothing of the shipped is in this tree.
NO_DESIGN = {"data": "nothing"}

COMMANDS = {
    "check": (
        pasid(0, "DmaIsolation proved as expected", "check", "./clean.toml", "--expect", "--property", "DmaIsolation"),
        pasid(1, "DmaIsolation violated EXPECTED proved", "check", "./clean.toml", "--expect", "--property", "DmaIsolation",
              "--trace", "none", "--drop", GUARD),
        pasid(3, "expects nothing", "check", "./without-table.toml", "--expect"),
        pasid(3, "expected at least one", "check", "--all", **NO_DESIGN)),
    "prove": (
        pasid(0, "DmaIsolation proved", "prove", "./clean.toml"),
        pasid(2, "DmaIsolation not preserved by", "prove", "./clean.toml", "--drop", GUARD, "--block", "kernel.replace"),
        pasid(3, "expected at least one", "prove", "--all", **NO_DESIGN)),
    "ledger": (
        Test("ledger.sh: 'obligations proved by Z3' $'\\n0 new' -- ledger \"$small\""),
        Test("ledger.sh: DISAGREES: $name: cvc5 denies it, by the ledger"),
        Test("ledger: where nothing is checked, that is no success"),
        Test("ledger.sh: bad 'there is no obligation'")),
    "explore": (
        pasid(0, "DmaIsolation holds in scope", "explore", "./clean.toml", "--property", "DmaIsolation",
              "--size", "Dev=1", "--size", "Wq=1"),
        pasid(1, "DmaIsolation violated", "explore", "./clean.toml", "--property", "DmaIsolation", "--trace", "none",
              "--size", "Dev=1", "--size", "Wq=1", "--drop", GUARD),
        pasid(3, "does not apply", "explore", "./clean.toml", "--property", "MsrCoherent"),
        pasid(3, "no world of this scope", "explore", "./clean.toml", "--property", "DmaIsolation", "--size", "Pasid=1"),
        pasid(2, "DmaIsolation unknown", "explore", "./clean.toml", "--property", "DmaIsolation", "--max-depth", "0")),
    "claims": (
        pasid(0, "X1 proved as expected", "claims", "./X1.toml", "--trace", "none"),
        pasid(1, "X2 proved NOT AS EXPECTED", "claims", "./X2.toml", "--trace", "none"),
        pasid(3, "[[predicts]]", "claims", "./X3.toml"),
        pasid(3, "expected at least one", "claims", "--designs", **NO_DESIGN)),
    "history": (
        Test("history_slow.sh: run 0 '20 of 20 bugs are found where they are put back'"),
        Test("history_slow.sh: run 1 'proved ' '0 of 1 bugs' -- history \"$work/twin.toml\""),
        pasid(1, "no bug was put back: nothing was shown", "history", "G25"),
        pasid(3, "expected at least one", "history", **NO_DESIGN)),
    "diff": (
        Test("cli.sh: run 0 'small → small' '0 gained, 0 lost' 'refines small: proved; the other way: proved'"),
        Test("cli.sh: '\"change\": \"gained\"' '\"newly_allowed\"'"),
        pasid(3, "name two designs", "diff", "./clean.toml")),
    "why": (
        Test("cli.sh: 'small without it: as the kernel waits; no property needs it'"),
        Test("cli.sh: 'small without it: NoStaleReuse falls'"),
        Test("cli.sh: bad \"no.such\" -- why no.such --design \"$small\""),
        pasid(3, "name a guard", "why", "--design", "./clean.toml")),
    "interleave": (
        Test("interleave.sh: 'as if at once, completed at user.publish'"),
        Test("interleave.sh: 'told apart by reset.prepare after user.reserve'"),
        pasid(3, "no call 'bin' of several sections", "interleave", "./clean.toml", "--call", "bin")),
    "jobs": (
        Test("jobs.sh: fail \"$1: merged, it says something else\""),
        Test("jobs: a folder has its jobs, and a result is believed only where it is the job's and as it was written"),
        Test("jobs.sh: run 2 '2 of 2 jobs have no result: check-a, check-b'"),
        pasid(3, "expected at least one", "jobs", "--for", "check", "--out", "none", **NO_DESIGN)),
    "mutate": (
        Test("mutate: a guard in other words is proved to be the same, and a guard less is not"),
        Test("mutate.py: \"unbind.drain drop-guard drain.work-finished\": \"property\""),
        pasid(3, "it has no test", "mutate", "linux-7.3", "--rule", "portal.unmap", "--suite", "none.json"),
        Test("mutate.py: [\"--rule\", \"no.such\"]")),
    "vectors": (
        pasid(0, "tests in", "vectors", "--design", "linux-5.16", "--suite", "smoke", "--out", "smoke.json"),
        Test("vectors: the checker allows every answer, and notices every last answer that is altered"),
        pasid(3, "has no test of the suite history", "vectors", "--design", "./clean.toml", "--suite", "history", "--out",
              "no.json")),
    "replay": (
        pasid(0, " 0 failed, 0 unknown, 0 skipped", "replay", "two-groups.json"),
        pasid(3, "the answer is not the model's", "replay", "two-groups-twin.json"),
        Test("conform_process.sh: run 1 '0 passed, 1 failed' 'expected'"),
        pasid(1, "no test was run: nothing was shown", "replay", "none.json")),
    "fuzz": (
        pasid(0, "nothing wrong was found", "fuzz", "--backend", "reference", "--calls", "2000"),
        Test("conform_process.sh: run 1 'wrong: ' \"As a vector: $work/$bug.json\""),
        Test("conform_process.sh: 'no call was judged'")),
    "rules": (  # --coverage
        Test("coverage: of every kernel each rule fires, and no guard is open"),
        Test("coverage: a rule that never gets past its first guard is named, and so is the guard behind it"),
        pasid(3, "expected at least one", "rules", "--coverage", **NO_DESIGN)),
    "design": (  # validate
        pasid(0, "well-formed", "design", "validate", "./clean.toml"),
        pasid(3, "there is no knob 'sva_'", "design", "validate", "./misspelt.toml"),
        pasid(3, "a design lacks 'name'", "design", "validate", "./empty.toml")),
    "report": (
        Test("report.py: \"verdicts are those of pasid claims and check, one cell for each design and property\""),
        Test("report.py: \"a changed verdict is noticed\""),
        pasid(3, "expected at least one", "report", "--out", "none", **NO_DESIGN)),
}

NO_VERDICT = {
    "shell": "shows states and steps; what it proves or finds on the way (reach) is the prover's and the search's",
    "linux": "starts a kernel; what that answers is judged by replay and fuzz",
}

# What is no command: checkers behind them, what searches rest on, and what tests use.
OTHERS = {
    "second solver": (
        Test("cli.sh: run 2 '\"second\": \"unsat\"'"),
        Test("cli.sh: DISAGREES: it finds a counterexample to small"),
        Test("second: where nothing is put to it that is no agreement")),
    "seeds of Z3": (
        Test("seeds: as many are tried as are asked for, and each answers"),
        Test("seeds: a verdict that hangs on chance is counted as changed"),
        Test("ledger.sh: 'one of 2 seeds: 1'")),
    "emptiness: can rules fire, are the axioms satisfiable": (
        Test("prove: that a rule which was blocked cannot fire is no news"),
        Test("prove: a rule that cannot fire is named"),
        Test("prove: axioms that contradict each other are noticed")),
    "proofs against searches": (
        Test("cross check: what is proved of a design is not disputed, and states were looked at"),
        Test("cross check: of ten properties that are violated it would notice nine"),
        Test("cross check: where no rule fires in the search that is an error")),
    "refinement": (
        Test("diff: refinement is proved where nothing can tell, and fails where a guard or an effect is another"),
        Test("diff: refinement is proved where nothing can tell, and fails where a guard or an effect is another"),
        Test("diff: of no calls no refinement is proved")),
    "symmetry reduction": (
        Test("symmetry: a search finds as many canonical states as the unreduced one has orbits"),
        Test("symmetry: canonical forms agree with the orbits under all renamings"),
        Test("symmetry: verdicts are those of the unreduced search, and a wrong reduction or none at all is noticed")),
    "slices": (
        Test("slice: every property has the verdict and the length that it has without slices, at both grains"),
        Test("slice: where the tree does not say what a rule writes, the comparison notices"),
        pasid(0, "NoTornEntry holds in scope", "explore", "./clean.toml", "--property", "NoTornEntry",
              "--size", "Dev=1", "--size", "Wq=1")),
    "the two readings": (
        Test("readings: same first failing guard or same successor on millions of triples"),
        Test("readings: tampered rules are noticed"),
        Test("readings: of no triples no guard was first to fail")),
    "another explorer (Murphi)": (
        Test("murphi.sh: scope linux-7.3 \"${one[@]}\" --only-mms"),
        Test("murphi.sh: $twin == \"$without ok\" && $twin != \"$clean\""),
        Test("murphi.sh: ((compared == 4 && failures == 0))")),
    "replay of traces": (
        Test("itf: a trace comes back as it was and replays natively"),
        Test("replay: a path that was tampered with is refused, with the step"),
        Test("itf: what is wrong in a document is named with its place")),
    "linearisability": (
        Test("law: what several threads ask of one engine at once is explained by some order of their calls"),
        Test("the law notices an engine that looks and acts without a lock"),
        Test("a history of no calls is explained by nothing")),
    "order of teardown": (
        Test("order: a teardown as the design has it is right, also in two parts, and again"),
        Test("order: a step before another that the list has before it is wrong, and so is an end without it"),
        Test("conform_process.sh: filter out-of-order")),
    "schemas": (
        Run(0, "1 texts are as the schema says", [SCHEMA_CHECK, SCHEMA, "two-groups.json"]),
        Run(1, "numberOfTests", [SCHEMA_CHECK, SCHEMA, "none-twin.json"]),
        Run(3, "empty.jsonl: there is no text", [SCHEMA_CHECK, SCHEMA, "two-groups.json", "empty.jsonl"]),
        Run(3, "none.jsonl: cannot be read", [SCHEMA_CHECK, SCHEMA, "two-groups.json", "none.jsonl"])),
    "seeded faults of the engine": (
        Test("faults.sh: expect 3 'with no fault on'"),
        Test("faults.sh: expect 1 'no-shows         0    0 %'"),
        Test("faults.sh: expect 1 '0 faults run'")),
    "runs on record": (
        Test("recorded.sh: why=$(good \"$series\""),
        Test("recorded.sh: nobody notices $twin"),
        Test("recorded.sh: ((checks == 21 && failures == 0))")),
    "console blocks of README and guide": (
        Test("readme.sh: replay README.md"),
        Test("readme.sh: a tampered console block was not noticed"),
        Test("readme.sh: ((commands > 0))")),
}


def write_files(work):
    def file(name, text):
        path = os.path.join(work, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def design(name, base, knobs, more=""):
        file(f"{name}.toml", f'name = "{name}"\ntitle = "t"\nbase = "{base}"\n[knobs]\n{knobs}\n{more}')

    clean = 'sva = "off"\nrid_change = "refused"'
    design("clean", "one-kernel-set", clean, '[expected]\nDmaIsolation = { verdict = "proved", reason = "r" }\n')
    design("without-table", "one-kernel-set", clean)
    design("misspelt", "one-kernel-set", 'sva_ = "off"')
    file("empty.toml", "")
    said = 'who = "N. N."\ndate = "2021-12-07"\nstatement = "s"\nreading = "r"\nupstream = "u"\n'
    says = 'design = "clean.toml"\nproperty = "KernelPasidFollowsRid"\nverdict = '
    predicts = f'[[predicts]]\n{says}"proved"\nwhy = "w"\n'
    nearest = f'[nearest]\n{says}"proved"\nsays = "s"\n'
    edit = f'[edit]\n{says}"violated"\nsays = "s"\nknobs = {{ kernel_scheme = "reserved", rid_change = "leaves" }}\n'
    for name, verdict, text in (("X1", "proved", predicts + edit), ("X2", "refuted", predicts + nearest),
                                ("X3", "proved", edit)):
        file(f"{name}.toml", f'id = "{name}"\nexpected = "{verdict}"\n{said}{text}')
    none = {"algorithm": "PASID", "schema": "pasid_vectors_v1.schema.json", "generatorVersion": "1", "header": [],
            "design": "linux-7.3", "notes": {}, "numberOfTests": 0, "testGroups": []}
    file("none.json", json.dumps(none))
    file("none-twin.json", json.dumps({**none, "numberOfTests": "none"}))
    tests = read("tests/fuzz/corpus/vectors/two-groups.json")
    file("two-groups.json", tests)
    file("two-groups-twin.json", tests.replace('"pasid": 1', '"pasid": 2'))
    file("empty.jsonl", "")
    for folder in ("designs", "claims", "history"):
        os.makedirs(os.path.join(work, "nothing/spec", folder))


def commands():
    """Those that the program has, as it lists them itself."""
    said = subprocess.run([PASID, "no-such-command"], capture_output=True, text=True).stderr
    return re.search("expected one of (.*);", said)[1].split(", ")


def without_controls(names):
    return [n for n in names if n not in COMMANDS and n not in NO_VERDICT]


os.environ.pop("PASID_DATA", None)
with tempfile.TemporaryDirectory() as work:
    write_files(work)
    for name, controls in {**COMMANDS, **OTHERS}.items():
        print(name)
        for i, control in enumerate(controls):
            kind = KINDS[min(i, 2)]
            print(f"  {kind:10}{control}", flush=True)
            wrong = control.wrong(work)
            check(not wrong, f"{name}, {kind}: {wrong}")
        check(len(controls) >= len(KINDS), f"{name} has a control of each kind")
    # The twins of this test.
    check(bool(pasid(0, "", "check").wrong(work)), "another exit code is noticed")
    check(bool(pasid(3, "no such words", "check").wrong(work)), "other words are noticed")
    check(bool(Test("ledger.sh: no such line").wrong(work)), "a line that is not there is noticed")
    check(bool(Test("no such case").wrong(work)), "a case that is not there is noticed")

listed = commands()
check(without_controls(listed) == [], f"without controls: {without_controls(listed)}")
check(without_controls(["check", "new"]) == ["new"], "a command without controls is noticed")
check({*COMMANDS, *NO_VERDICT} == {*listed}, "a command in the list that there is not")

end(100)
