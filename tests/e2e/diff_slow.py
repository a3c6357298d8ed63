#!/usr/bin/env python3
"""pasid diff on real pairs: proposals of the thread, one series and the next, and what fixes changed. What is expected
of each is from spec/designs and the history of the kernels; each pair may take 60 seconds of CPU."""
import json
import os
import resource
import subprocess
import sys
import tempfile

PASID = os.environ["PASID"]
SCHEMA = [os.environ["SCHEMA_CHECK"], os.path.join(os.path.dirname(__file__), "../../spec/formats/pasid_review_v1.schema.json")]
SECONDS = 60


def pasid(*arguments):
    done = subprocess.run([PASID, *arguments], check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 2):  # 2: something could not be decided
        sys.exit(f"pasid {' '.join(arguments)}: exit {done.returncode}\n{done.stdout[-1000:]}")
    return done.stdout


def as_schema(folder, diff):
    """Is it what the schema says?"""
    path = os.path.join(folder, "diff.json")
    with open(path, "w", encoding="utf-8") as out:
        json.dump(diff, out)
    code = subprocess.run([*SCHEMA, path], check=False, stdout=subprocess.DEVNULL).returncode
    if code not in (0, 1):
        sys.exit(f"schema_check: exit {code}")
    return code == 0


def tampered(diff):
    """The same with one thing that no diff has, for each that there is to tamper with."""
    for key in diff:
        yield {k: v for k, v in diff.items() if k != key}
    for what, key, value in [("properties", "change", "won"), ("properties", "steps_a", -1), ("knobs", "a", None),
                             ("rules", "guards", None), ("newly_allowed", "only_b", None), ("newly_forbidden", "calls", [])]:
        if diff[what]:
            yield {**diff, what: [{**diff[what][0], key: value}]}


def changed(change, *names):
    """These properties have changed so, and no others."""

    def holds(diff):
        return sorted(p["name"] for p in diff["properties"] if p["change"] == change) == sorted(names)

    holds.__doc__ = f"{change}: {', '.join(names) or 'nothing'}"
    return holds


def answered(what, call, answer, guard=None, after=None):
    """A behaviour ends in that call, whose answer only one design can give; `after` so many calls at most."""
    only = "only_b" if what == "newly_allowed" else "only_a"

    def holds(diff):
        return any(
            b["calls"][-1]["call"].split()[0] == call
            and any(s["answer"].split()[0] == answer and s["guard"] == guard for s in b[only])
            and (after is None or len(b["calls"]) <= after)
            for b in diff[what]
        )

    holds.__doc__ = f"{what}: {call} {answer} {guard or ''}"
    return holds


def allowed(*arguments, **options):
    return answered("newly_allowed", *arguments, **options)


def forbidden(*arguments, **options):
    return answered("newly_forbidden", *arguments, **options)


def refines(direction, *verdicts):
    def holds(diff):
        return diff["refinement"][direction]["verdict"] in verdicts

    holds.__doc__ = f"{direction} is {' or '.join(verdicts)}"
    return holds


def only(side, *calls):
    def holds(diff):
        return set(calls) <= set(diff["calls_only_" + side])

    holds.__doc__ = f"only {side} has {', '.join(calls)}"
    return holds


def knobs(*names):
    def holds(diff):
        return sorted(k["name"] for k in diff["knobs"]) == sorted(names)

    holds.__doc__ = f"knobs: {', '.join(names)}"
    return holds


def part(rule, kind, label, before, after):
    """A guard or update of B's rule is new, gone or another."""

    def holds(diff):
        return any(
            r["b"] == rule and p["label"] == label and (p["a"] is not None) == before and (p["b"] is not None) == after
            for r in diff["rules"]
            for p in r[kind]
        )

    holds.__doc__ = f"{rule}: {kind} {label}"
    return holds


def edited(folder, name, base, settings):
    path = os.path.join(folder, name + ".toml")
    with open(path, "w", encoding="utf-8") as out:
        out.write(f'name = "{name}"\nbase = "{base}"\n[knobs]\n{settings}\n')
    return path


def without_guards(folder, design, *labels):
    rules = json.loads(pasid("rules", "--json", "--design", design))
    for rule in rules["rules"]:
        rule["guards"] = [g for g in rule["guards"] if g["label"] not in labels]
    path = os.path.join(folder, "without.json")
    with open(path, "w", encoding="utf-8") as out:
        json.dump(rules, out)
    return path


def pairs(folder):
    # The thread of December 2021, one proposal against another.
    yield "one value or a set (F2)", ["reserved-kernel-pasid", "one-kernel-set"], [
        changed("gained", "KernelPasidFollowsRid", "SecondKernelDomain"),
        changed("lost"),
        allowed("kernel.enable", "ok", after=3),
        forbidden("kernel.enable", "ENOSPC", "kernel_alloc.pasid-free"),
        only("a", "kernel.replace"),
    ]
    yield "one set or one a device (F5)", ["one-kernel-set", "overlapping-kernel-sets"], [
        knobs("kernel_scheme"),
        changed("gained"),
        changed("lost"),
        refines("a_in_b", "proved"),
    ]
    yield "users' numbers of one space or of each device (F6)", ["thread-baseline", "per-device-user-pasids-vtd"], [
        changed("lost", "OnePasidPerMm", "DmaIsolation", "KernelUserDisjoint"),
        allowed("bind", "ok", after=4),
        refines("b_in_a", "refuted"),
    ]
    # One series and the next.
    yield "the number belongs to the mm; ENQCMD is back", ["linux-5.16", "linux-6.1"], [
        changed("lost", "FailedCallChangesNothing", "NoStaleReuse", "BoundMmCanBindAgain"),
        allowed("queue.enable", "ok"),
        forbidden("queue.enable", "ENXIO", "enable.shared-queue-has-enqcmd"),
        forbidden("bind", "ok", after=5),
    ]
    yield "the core attaches", ["linux-6.1", "linux-6.12"], [
        changed("other", "KernelPasidFollowsRid", "LamExcludesPasid", "VisibleOnceProgrammed"),
        changed("gained", "BoundMmCanBindAgain"),
        changed("lost"),
        allowed("bind", "ok", after=2),
        forbidden("bind", "EINVAL", "bind.alone-in-group"),
        forbidden("bind", "EOVERFLOW", "bind.pasid-below-maximum"),
        allowed("bind", "ENOSPC", "bind.pasid-free"),
        part("bind.pasid", "guards", "bind.no-lam", False, True),
        only("b", "process.enable_lam", "cdev.write"),
    ]
    yield "portals are for those who opened them; resets; numbers of user space", ["linux-6.12", "linux-7.3"], [
        changed("gained", "NoStaleReuse", "NoTornEntry", "VisibleOnceProgrammed"),
        allowed("portal.map", "EPERM", "mmap.own-mm"),
        allowed("cdev.write", "EPERM", "write.own-mm"),
        only("b", "user.attach", "reset.prepare"),
    ]
    # Before and after a fix.
    yield "G01, 82e69a121be4: a forked mm has no PASID", [
        edited(folder, "g01", "linux-7.3", 'fork_copies_pasid = "on"'), "linux-7.3"], [
        knobs("fork_copies_pasid"),
        changed("lost"),
        lambda diff: "NewMmHasNoPasid" in [p["name"] for p in diff["properties"] if p["change"] == "gained"],
        refines("a_in_b", "refuted"),
    ]
    yield "G07, 2667ed10d9f0: the number outlives every file", [
        edited(folder, "g07", "linux-7.3", 'free_point = "mm_put"'), "linux-7.3"], [
        knobs("free_point"),
        lambda diff: "NoStaleReuse" in [p["name"] for p in diff["properties"] if p["change"] == "gained"],
        forbidden("bind", "ok"),
    ]
    yield "G14, c404f55c26fc: an attach looks at every device of the group", [
        "linux-6.6", edited(folder, "g14", "linux-6.6", 'width_check = "on"')], [
        knobs("width_check"),
        changed("gained", "WithinDeviceWidth"),
        changed("lost"),
        allowed("bind", "EINVAL", "attach.pasid-fits-group"),
        part("bind.reserve_6_6", "guards", "attach.pasid-fits-group", False, True),
    ]
    yield "G20, f0b9d31c6edd: an unbind waits for page requests", [
        edited(folder, "g20", "linux-7.3",
               'teardown = ["stop", "drain", "clear", "flush_pasid_cache", "flush_iotlb", "flush_dev_tlb", "release"]'),
        "linux-7.3"], [
        knobs("teardown"),
        changed("gained", "NoStaleReuse"),
    ]
    yield "G23, e37d5a2d60a3: the IOMMU hears of the kernel's pages", [
        edited(folder, "g23", "linux-6.19", 'page_changes = "user"'), "linux-6.19"], [
        changed("gained", "PageTableChangeReachesCaches"),
        changed("lost"),
        lambda diff: not diff["newly_allowed"] and not diff["newly_forbidden"] and diff["knobs"],
        refines("a_in_b", "proved", "holds_in_scope"),
    ]
    yield "G31, 23e5d9ec2bab: LAM or SVA", [
        "linux-7.3", "--rules-from", without_guards(folder, "linux-7.3", "bind.no-lam", "lam.no-pasid")], [
        lambda diff: diff["rules"] and not diff["knobs"],
        allowed("bind", "EBUSY", "bind.no-lam", after=3),
        allowed("process.enable_lam", "EINVAL", "lam.no-pasid", after=3),
        part("bind.pasid", "guards", "bind.no-lam", False, True),
        refines("b_in_a", "refuted"),
    ]
    yield "exec clears pasid_activated", ["linux-7.3", "exec-clears-activated"], [
        changed("gained", "BoundThreadCanSubmit"),
        changed("lost"),
        forbidden("enqcmd.submit", "#GP", "enqcmd.msr-valid"),
        part("process.exec", "updates", "activated", False, True),
    ]


def main():
    failures = checks = 0
    same = json.loads(pasid("diff", "linux-7.3", "linux-7.3", "--json"))
    nothing = [changed("gained"), changed("lost"), changed("other"), knobs(), refines("a_in_b", "proved"),
               refines("b_in_a", "proved"), lambda d: not d["rules"] and not d["newly_allowed"] and not d["newly_forbidden"]]
    if not all(f(same) for f in nothing):
        failures += 1
        print("linux-7.3 differs from itself")
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments, facts in pairs(folder):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            diff = json.loads(pasid("diff", *arguments, "--json"))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            wrong = [f.__doc__ or "more" for f in facts if not f(diff)]
            if seconds > SECONDS:
                wrong.append(f"more than {SECONDS} s of CPU")
            if diff["contradictions"]:
                wrong.append(f"contradictions: {diff['contradictions']}")
            if not as_schema(folder, diff):
                wrong.append("not as the schema says")
            wrong += ["the schema lets a twin pass" for twin in tampered(diff) if as_schema(folder, twin)]
            # The twin: of a design and itself nothing of the kind is said.
            if all(f(same) for f in facts):
                wrong.append("the same facts are found where nothing differs")
            checks += len(facts) + 3
            failures += len(wrong)
            print(f"{'not as expected' if wrong else 'ok':16}{seconds:5.1f} s  {name}", flush=True)
            for w in wrong:
                print(f"    {w}")
    print(f"{checks} checks, {failures} failed")
    return 0 if checks > 40 and failures == 0 else 1


sys.exit(main())
