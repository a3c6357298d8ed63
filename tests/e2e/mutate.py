#!/usr/bin/env python3
"""pasid mutate on one rule: every mutant has its verdict. Controls: with the tests of unbind taken out of the suite what
they killed lives; a reason for what is killed, or is no mutant, is an error; a table of another shape is not taken."""
import json
import os
import subprocess
import tempfile

from _checks import check, end

PASID = os.environ["PASID"]
SCHEMA = [os.environ["SCHEMA_CHECK"], "spec/formats/pasid_mutate_v1.schema.json"]
RULE = "unbind.drain"
LEMMA = "work_has_slot"
# As they are known from the rule, before anything is run.
KNOWN = {
    "unbind.drain drop-guard drain.work-finished": "property",  # work of the old owner reaches the next
    "unbind.drain drop-update unbind.drain/bond_at": "vector",  # unbind never ends
    "unbind.drain swap-guards drain.turn,drain.work-finished": "equivalent",  # what is not its turn waits for nobody
}

def pasid(*arguments):
    done = subprocess.run([PASID, *arguments], capture_output=True, text=True, timeout=900)
    return done.returncode, done.stdout, done.stderr


def mutate(suite, *more):
    code, out, err = pasid("mutate", "linux-7.3", "--suite", suite, "--rule", RULE, "--json", *more)
    check(code in (0, 1), f"exit {code}: {err}")
    return code, json.loads(out) if out else {"mutants": []}


def fates(table):
    return {m["name"]: m["verdict"] for m in table["mutants"]}


with tempfile.TemporaryDirectory() as work:
    def file(name, content=None):
        path = os.path.join(work, name)
        if content is not None:
            with open(path, "w", encoding="utf-8") as f:
                f.write(content if isinstance(content, str) else json.dumps(content))
        return path

    suite, few = file("suite.json"), file("few.json")
    pasid("vectors", "--design", "linux-7.3", "--suite", "smoke", "--out", suite)
    nobody = file("none.txt", "# no reasons\n")
    code, whole = mutate(suite, "--reasons", nobody)
    of = fates(whole)
    check(len(of) == len(whole["mutants"]) >= 20, f"{len(of)} mutants, each once")
    for name, verdict in KNOWN.items():
        check(of.get(name) == verdict, f"{name}: {of.get(name)}, not {verdict}")
    left = [n for n, v in of.items() if v in ("survivor", "reading", "lemma")]
    asked_again = [n for n, v in of.items() if v not in ("property", "vector")]
    check(code == (1 if left else 0), f"exit {code} with {len(left)} left")
    check(all(sum(v == f for v in of.values()) == n for f, n in whole["counts"].items()), "the counts are of the mutants")
    check(subprocess.run([*SCHEMA, file("table.json", whole)], check=False).returncode == 0, "as the schema says")
    twin = json.loads(json.dumps(whole))
    twin["mutants"][0]["verdict"] = "fine"
    check(subprocess.run([*SCHEMA, file("twin.json", twin)], check=False, capture_output=True).returncode != 0,
          "a verdict that there is not passes the schema")

    # Shared out: a job for the rule and one for a lemma, and merged it is the same table.
    both = ["linux-7.3", "--suite", suite, "--reasons", nobody, "--rule", RULE, "--of", LEMMA]
    folder = os.path.join(work, "jobs")
    check(pasid("jobs", "--for", "mutate", "--out", folder, "--", *both)[:2] == (0, f"2 jobs in {folder}, 0 with a result\n"), "two jobs")
    code, _, err = pasid("jobs", "--merge", folder)
    check(code == 2 and "2 of 2 jobs have no result" in err, f"nothing is merged of nothing: exit {code}, {err}")
    subprocess.run(["ninja", "-C", folder, "-j2"], check=True, capture_output=True)
    plain, merged = pasid("mutate", *both, "--json"), pasid("jobs", "--merge", folder, "--json")
    check(plain == merged, f"merged as JSON: {merged[1][:600]}")
    check(f'"{LEMMA} drop-conjunct' in merged[1] and f'"{RULE} drop-guard' in merged[1], "both are in it")
    check(pasid("mutate", *both) == pasid("jobs", "--merge", folder), "merged in words")
    for lemmas, known in ((["--lemmas", file("lemmas.txt", "# none\n")], 0), ([], 2)):
        said = pasid("jobs", "--for", "mutate", "--out", folder, "--", *both, *lemmas)[1]
        check(f"2 jobs in {folder}, {known} with a result" in said, f"with {lemmas or 'the lemmas of before'}: {said}")

    # The twin: a suite that never unbinds.
    with open(suite, encoding="utf-8") as f:
        vectors = json.load(f)
    for group in vectors["testGroups"]:
        group["tests"] = [t for t in group["tests"] if all(c["call"] != "unbind" for c in t["calls"])]
    vectors["testGroups"] = [g for g in vectors["testGroups"] if g["tests"]]
    vectors["numberOfTests"] = sum(len(g["tests"]) for g in vectors["testGroups"])
    file("few.json", vectors)
    _, poorer = mutate(few, "--reasons", nobody, "--operator", "drop-update")
    name = "unbind.drain drop-update unbind.drain/bond_at"
    check(fates(poorer).get(name) in ("lemma", "reading", "survivor"), f"no test unbinds, and {name} is {fates(poorer).get(name)}")

    # Verdicts of before are taken over where nothing has changed.
    _, again = mutate(suite, "--reasons", nobody, "--since", file("table.json"))
    check(fates(again) == of, "all is as before")
    check(all(m.get("taken_over", False) == (m["name"] not in asked_again) for m in again["mutants"]), "what is not killed is asked again")

    # Reasons: for one that is left, for one that is killed, for none.
    name_of_knob = "mm_release flip-knob clear_and_unlink"
    listed = file("listed.txt", f"linux-7.3: {name_of_knob}: as in another kernel\n")
    for reasons, verdict, left in ((nobody, "survivor", 1), (listed, "listed", 0)):
        code, out, _ = pasid("mutate", "linux-7.3", "--suite", suite, "--of", "mm_release", "--reasons", reasons, "--json")
        said = fates(json.loads(out)).get(name_of_knob)
        check((said, code) == (verdict, left), f"{name_of_knob}: {said}, exit {code}, not {verdict}, exit {left}")
    killed = file("killed.txt", f"linux-7.3: {name}: it cannot matter\n")
    code, table = mutate(suite, "--reasons", killed, "--operator", "drop-update")
    check(code == 1 and len(table["stale_reasons"]) == 1, "a reason for what is killed is none")
    for bad in ("linux-7.3 unbind.drain\n", "linux-7.3: unbind.drain drop-guard x:\n"):
        code, _, err = pasid("mutate", "linux-7.3", "--suite", suite, "--rule", RULE, "--reasons", file("bad.txt", bad))
        check(code == 3 and len(err.splitlines()) == 1 and "line 1" in err, f"a line of no reason: exit {code}, {err}")
    # Ways: what only a long search finds is found along its way then, which is short; and a file that is no such thing.
    far = ["--of", "unbind.clear", "--operator", "drop-operand", "--json"]
    none, ways = file("none.txt"), file("ways.txt")
    first_code, first, _ = pasid("mutate", "linux-7.3", "--suite", suite, *far, "--ways", none, "--record-ways", ways)
    with open(ways, encoding="utf-8") as f:
        scripts = f.read()
    check(scripts.startswith("# pasid shell linux-7.3 ") and "\n# unbind.clear drop-operand " in scripts, f"ways: {scripts[:200]}")
    check(pasid("shell", "linux-7.3", "--script", ways)[0] == 0, "a shell goes them")
    code, second, err = pasid("mutate", "linux-7.3", "--suite", suite, *far, "--ways", ways, "--record-ways", ways)
    check(code == first_code and fates(json.loads(first)) == fates(json.loads(second)), f"verdicts as before: exit {code}, {err}")
    with open(ways, encoding="utf-8") as f:
        check(f.read() == scripts, "nothing is left to be searched for")
    code, _, err = pasid("mutate", "linux-7.3", "--suite", suite, *far, "--ways", file("bad.txt", "step x\n"))
    check(code == 3 and len(err.splitlines()) == 1 and "line 1" in err, f"a file of no ways: exit {code}, {err}")
    for arguments in (["--rule", "no.such"], ["--operator", "no-such"], ["--rule", RULE, "--since", suite],
                      ["--of", RULE, "--of", "no.such"]):
        code, _, err = pasid("mutate", "linux-7.3", "--suite", suite, *arguments)
        check(code == 3 and len(err.splitlines()) == 1, f"{arguments}: exit {code}, {err}")

end(28)
