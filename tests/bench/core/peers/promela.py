"""The core model for SPIN: each rule with each of its arguments is an option of one loop, with constants for indices."""


def program(mms, tasks, devices, users):
    """The text for these sizes. Elements count from 1, 0 is none; element x has place x - 1."""
    every_mm, every_task = range(1, mms + 1), range(1, tasks + 1)
    every_device, every_pasid = range(1, devices + 1), range(1, users + 1)

    def at(array, x):
        return f"{array}[{x - 1}]" if isinstance(x, int) else f"{array}[{x} - 1]"

    def live(m):
        return at("live", m)

    def mm_pasid(m):
        return at("mm_pasid", m)

    def task_mm(t):
        return at("task_mm", t)

    def msr(t):
        return at("msr", t)

    def bound(d, m):
        return f"bound[{(d - 1) * mms + m - 1}]"

    def entry(d, p):
        first = (d - 1) * users - 1
        return f"entry[{first + p}]" if isinstance(p, int) else f"entry[{p} + {first}]"

    options = []

    def rule(guards, *effects):
        options.append(f"  :: d_step {{ {' && '.join(guards)} -> {'; '.join(effects)}; judge() }}")

    def when(condition, *effects):
        return f"if :: {condition} -> {'; '.join(effects)} :: else fi"

    for m in every_mm:
        pasid = mm_pasid(m)
        rule([f"!{live(m)}"], f"{live(m)} = 1")
        rule([live(m)] + [f"{task_mm(t)} != {m}" for t in every_task],
             *[when(bound(d, m), f"{bound(d, m)} = 0", f"{entry(d, pasid)} = 0") for d in every_device],
             f"{pasid} = 0", f"{live(m)} = 0")
        for t in every_task:
            rule([f"{task_mm(t)} == 0", live(m)], f"{task_mm(t)} = {m}", f"{msr(t)} = 0")
        for d in every_device:
            for p in every_pasid:
                rule([live(m), f"{pasid} == 0", f"!{bound(d, m)}"] + [f"{mm_pasid(n)} != {p}" for n in every_mm],
                     f"{pasid} = {p}", f"{entry(d, p)} = {m}", f"{bound(d, m)} = 1")
            rule([live(m), f"{pasid} != 0", f"!{bound(d, m)}"], f"{entry(d, pasid)} = {m}", f"{bound(d, m)} = 1")
            last = " && ".join(f"!{bound(e, m)}" for e in every_device)
            rule([bound(d, m)], f"{bound(d, m)} = 0", f"{entry(d, pasid)} = 0",
                 when(last, f"{pasid} = 0", *[when(f"{task_mm(t)} == {m}", f"{msr(t)} = 0") for t in every_task]))
    for t in every_task:
        rule([f"{task_mm(t)} != 0"], f"{task_mm(t)} = 0", f"{msr(t)} = 0")
        for d in every_device:
            found = entry(d, msr(t))
            rule([f"{task_mm(t)} != 0", f"{mm_pasid(task_mm(t))} != 0"],
                 when(f"{msr(t)} == 0", f"{msr(t)} = {mm_pasid(task_mm(t))}"),
                 f"assert({found} == 0 || {found} == {task_mm(t)})")
    for d in every_device:
        rule([f"!{at('kernel_held', d)}"], f"{at('kernel_held', d)} = 1", f"{at('kernel_entry', d)} = 1")
        rule([f"{at('kernel_held', d)}"], f"{at('kernel_held', d)} = 0", f"{at('kernel_entry', d)} = 0")

    judged = [f"({mm_pasid(m)} == 0 || {mm_pasid(m)} != {mm_pasid(n)})" for m in every_mm for n in every_mm if n < m]
    for d in every_device:
        for p in every_pasid:
            judged += [f"({entry(d, p)} != {m} || ({mm_pasid(m)} == {p} && {bound(d, m)}))" for m in every_mm]
        judged.append(f"{at('kernel_entry', d)} == {at('kernel_held', d)}")
    judged += [f"({msr(t)} == 0 || ({task_mm(t)} != 0 && {mm_pasid(task_mm(t))} == {msr(t)}))" for t in every_task]
    options_text = "\n".join(options)
    judged_text = "\n    && ".join(judged)
    return f"""bit live[{mms}];
byte mm_pasid[{mms}];
byte task_mm[{tasks}];
byte msr[{tasks}];
bit bound[{devices * mms}];
byte entry[{devices * users}];
bit kernel_entry[{devices}];
bit kernel_held[{devices}];

inline judge() {{
  assert({judged_text})
}}

active proctype rules() {{
end:
  do
{options_text}
  od
}}
"""
