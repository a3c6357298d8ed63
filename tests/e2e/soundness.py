#!/usr/bin/env python3
"""proofs/SOUNDNESS.md says what is so: the axioms it names are those that `pasid rules --formulas` prints, the fuzz targets
those that are built, each with a corpus; files, rules, guards and properties that it names are there. The twins: a text
in which one of them is another."""
import json
import os
import re
import subprocess

from _checks import check, end

PASID = os.environ["PASID"]
WIDTH = 120

def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def names(text, begin, end):
    """What stands in backquotes between the two."""
    return re.findall(r"`([^`]+)`", text.split(begin, 1)[1].split(end, 1)[0]) if begin in text else []


formulas = json.loads(subprocess.run([PASID, "rules", "--formulas", "--json"], capture_output=True, text=True,
                                     check=True).stdout)["formulas"]
AXIOMS = {f["name"] for f in formulas if f["kind"] == "axiom"}
FORMULAS = {f["name"] for f in formulas}
rules = json.loads(subprocess.run([PASID, "rules", "--json"], capture_output=True, text=True, check=True).stdout)["rules"]
LABELS = {r["label"] for r in rules} | {g["label"] for r in rules for g in r["guards"]}
LABELS |= {label.split(".")[0] + ".*" for label in LABELS} | {"exit.flush_*"}
CMAKE = read("tests/fuzz/CMakeLists.txt")
TARGETS = set(re.findall(r"^pasid_fuzz\((\w+)", CMAKE, re.M))


def wrong(text):
    """What the text says that is not so."""
    out = []
    axioms = names(text, "the axioms are taken to be so (", "They say what a machine is")[1:]
    if not axioms or set(axioms) != AXIOMS or len(axioms) != len(AXIOMS):
        out.append(f"axioms: {sorted(set(axioms) ^ AXIOMS)}")
    targets = set(names(text, "The fuzz targets are ", " has a mistake that must be found"))
    if targets != TARGETS:
        out.append(f"fuzz targets: {sorted(targets ^ TARGETS)}")
    code = re.findall(r"`([^`\n]+)`", text)
    files = [c for c in code if re.fullmatch(r"(tests|proofs|spec|src)/[\w./]*", c)]
    out += [f"there is no {f}" for f in files if not os.path.exists(f)]
    labels = [c for c in code if re.fullmatch(r"[a-z_]+\.[a-z_.-]+\*?|[a-z_]+\.\*", c)]
    out += [f"there is no rule and no guard {label}" for label in labels if label not in LABELS]
    properties = [c for c in code if re.fullmatch(r"([A-Z][a-z]+){2,}", c)]
    out += [f"there is no formula {p}" for p in properties if p not in FORMULAS]
    if min(len(files), len(labels), len(properties)) < 10:
        out.append("too little was found to check")
    out += [f"line {n} is too long" for n, line in enumerate(text.splitlines(), start=1)
            if len(line) > WIDTH and not line.startswith("|")]
    return out


text = read("proofs/SOUNDNESS.md")
check(wrong(text) == [], "\n".join(wrong(text)))
for old, new in (("`Width`,", ""), ("`OneOfAKind`", "`OneOfEachKind`"), ("`tables`", "`table`"), ("`records`", ""),
                 ("`program.turn`", "`program.turns`"), ("`tests/property/readings.cpp`", "`tests/property/reading.cpp`"),
                 ("`NoTornEntry`", "`NoTornEntries`"), ("\n\n## Assumed", " and so on" * 12 + "\n\n## Assumed")):
    check(old in text and wrong(text.replace(old, new)), f"'{old}' is '{new}', and nobody notices")
check("too little was found to check" in wrong(""), "nothing to check is noticed")

# Each target is built of a file of its name, and each of its seeds is there.
sources = {f[:-4] for f in os.listdir("tests/fuzz") if f.endswith(".cpp")}
check(sources == TARGETS, f"sources without a target, or the other way round: {sources ^ TARGETS}")
for name, seeds in re.findall(r"^pasid_fuzz\((\w+) SEEDS ([^)]*)\)", CMAKE, re.M):
    check(all(os.path.isdir(s) and os.listdir(s) for s in seeds.split()), f"{name} has no corpus in {seeds}")

end(10 + len(TARGETS))
