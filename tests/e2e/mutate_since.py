#!/usr/bin/env python3
"""pasid mutate --since: mutants of what is another since a git revision, or in a file of rules, and no others. Controls:
a rule whose text was another is judged, and proofs/rules.txt is what the rules say now."""
import json
import os
import shutil
import subprocess
import tempfile

from _checks import check, end

PASID = os.environ["PASID"]
SCHEMA = [os.environ["SCHEMA_CHECK"], "spec/formats/pasid_mutate_v1.schema.json"]
RECORD = "proofs/rules.txt"
RULE = "portal.unmap"  # a small one

def pasid(*arguments, data="."):
    done = subprocess.run([PASID, *arguments], capture_output=True, text=True, timeout=900,
                          env={**os.environ, "PASID_DATA": os.path.abspath(data)})
    return done.returncode, done.stdout, done.stderr


now = pasid("rules", "--hashes")[1]
with open(RECORD, encoding="utf-8") as f:
    recorded = f.read()
check(now == recorded and now.count("\n") > 200, f"{RECORD} is not what the rules say: `pasid rules --hashes > {RECORD}`")

with tempfile.TemporaryDirectory() as work:
    suite = os.path.join(work, "suite.json")
    pasid("vectors", "--design", "linux-7.3", "--suite", "smoke", "--out", suite)
    root = os.path.join(work, "a tree's")  # a shell would make something of both
    for folder in ("spec", "proofs"):
        shutil.copytree(folder, os.path.join(root, folder))

    def git(*arguments):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", root, *arguments],
                       check=True, capture_output=True)

    def commit(text):
        with open(os.path.join(root, RECORD), "w", encoding="utf-8") as f:
            f.write(text)
        git("add", "-A")
        git("commit", "-qm", "a revision")

    def since(what):
        code, out, err = pasid("mutate", "linux-7.3", "--suite", suite, "--since", what, "--json", data=root)
        check(code in (0, 1), f"--since {what}: exit {code}, {err}")
        table = json.loads(out) if out else {"mutants": []}
        with open(os.path.join(work, "table.json"), "w", encoding="utf-8") as f:
            json.dump(table, f)
        check(subprocess.run([*SCHEMA, f.name], check=False).returncode == 0, f"--since {what}: as the schema says")
        return {m["of"] for m in table["mutants"]}

    git("init", "-q")
    commit(recorded)
    check(since("HEAD") == set(), "nothing is another since the revision that is the same")
    lines = recorded.splitlines(keepends=True)
    other = [f"rule {RULE} 0000000000000000\n" if x.split()[1] == RULE else x for x in lines]
    check(other != lines, f"{RULE} is on record")
    commit("".join(other))
    check(since("HEAD") == {RULE}, f"{RULE} alone is another")
    check(since("HEAD~1") == set(), "and since the one before nothing is")

    # The same with a file, which needs no git.
    rules = os.path.join(work, "rules.json")
    old = json.loads(pasid("rules", "--json", "--design", "linux-7.3")[1])

    def write(content):
        with open(rules, "w", encoding="utf-8") as f:
            json.dump(content, f)

    write(old)
    check(since(rules) == set(), "nothing is another in a file of the same rules")
    rule = next(r for r in old["rules"] if r["label"] == RULE)
    rule["guards"] = rule["guards"][:-1]
    write(old)
    check(since(rules) == {RULE}, f"{RULE} alone is another in the file")

    for bad in ("no-such-revision", "--help", "HEAD; true", "HEAD:spec"):
        code, _, err = pasid("mutate", "linux-7.3", "--suite", suite, f"--since={bad}", data=root)
        check(code == 3 and len(err.splitlines()) == 1, f"--since={bad}: exit {code}, {err}")
    commit("rule\n")
    code, _, err = pasid("mutate", "linux-7.3", "--suite", suite, "--since", "HEAD", data=root)
    check(code == 3 and "line 1" in err, f"a record that is none: exit {code}, {err}")

end(18)
