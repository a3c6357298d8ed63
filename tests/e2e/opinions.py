#!/usr/bin/env python3
"""A third opinion, after those of two solvers: whatever is proved holds in every state of scopes that are small enough to
be gone through, at both grains. The twins: what is violated there is found, and so is what falls without a guard."""
import json
import os
import subprocess
import sys

PASID = os.environ["PASID"]
ONE = {sort: 1 for sort in ("As", "Task", "Bond", "Desc", "Wq", "Dev", "Group", "Unit", "Space")}
SCOPES = [
    ({**ONE, "Pasid": 2}, "step"),
    ({**ONE, "Pasid": 2}, "call"),
    ({**ONE, "Pasid": 3, "As": 2, "Task": 2}, "call"),
]
DESIGNS = ["linux-7.3", "thread-baseline", "per-device-user-pasids-vtd"]
failures, checks = [], 0


def pasid(*arguments):
    done = subprocess.run([PASID, *arguments, "--json"], capture_output=True, text=True, timeout=600)
    return json.loads(done.stdout), done.returncode


def explored(design, sizes, grain, properties, *more):
    arguments = ["explore", design, "--grain", grain, "--only-mms", *more]
    for sort, size in sizes.items():
        arguments += ["--size", f"{sort}={size}"]
    for name in properties:
        arguments += ["--property", name]
    return pasid(*arguments)


def expect(holds, what):
    global checks
    checks += 1
    if not holds:
        failures.append(what)


print(f"{'design':28} {'grain':5} {'states':>9} {'proved':>7} {'violated here':>14}")
for design in DESIGNS:
    became = pasid("prove", design)[0]["properties"]
    proved = {p["name"] for p in became if p["status"] == "proved"}
    others = {p["name"] for p in became if p["status"] == "dropped"}
    expect(len(proved) >= 8, f"{design}: only {len(proved)} properties are proved")
    found = set()
    for sizes, grain in SCOPES:
        said, code = explored(design, sizes, grain, sorted(proved))
        expect(code == 0 and said["end"] == "exhausted" and said["states"] > 50,
               f"{design}, {grain}, {sizes}: {said['end']} after {said['states']} states, exit {code}")
        for p in said["properties"]:
            expect(p["verdict"] == "holds_in_scope", f"{design}, {grain}, {sizes}: {p['name']} is proved, and {p['verdict']}")
        expect({p["name"] for p in said["properties"]} == proved, f"{design}: not all that is proved was looked for")
        violated = explored(design, sizes, grain, sorted(others))[0]["properties"]
        here = {p["name"] for p in violated if p["verdict"] == "violated"}
        found |= here
        print(f"{design:28} {grain:5} {said['states']:9,} {len(proved):7} {len(here):14}")
    expect(found, f"{design}: nothing that is not proved is violated, so a violation would not have been seen")

# A guard less: what is proved with it is violated here.
said, code = explored("linux-7.3", SCOPES[2][0], "call", ["NoStaleReuse"], "--drop", "drain.work-finished")
expect(code == 1 and said["properties"][0]["verdict"] == "violated", "what falls without a guard was not found")

for f in failures:
    print("FAILED:", f)
print(f"{checks} checks, {len(failures)} failures")
sys.exit(1 if failures or not checks else 0)
