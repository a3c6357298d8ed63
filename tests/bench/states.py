#!/usr/bin/env python3
"""How fast the search goes through a shipped design at both grains, and what a state costs: states a second of CPU time
on one thread, and by how many bytes the peak grows for each.

Usage: tests/bench/states.py PASID DESIGN [STATES]"""
import json
import os
import subprocess
import sys
import tempfile


def explored(pasid, design, grain, states):
    """CPU seconds, peak in bytes, and how many states there were."""
    with tempfile.TemporaryFile("w+") as out:
        command = [pasid, "explore", design, "--grain", grain, "--threads", "1", "--max-states", str(states), "--json"]
        child = subprocess.Popen(command, stdout=out, text=True)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    if child.returncode not in (0, 2):  # 2: it gave up where it was told to
        sys.exit(f"states.py: {' '.join(command)}: exit code {child.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, json.loads(said)["states"]


def figure(what, value, unit):
    if os.environ.get("PASID_FIGURES"):
        with open(os.environ["PASID_FIGURES"], "a", encoding="utf-8") as f:
            f.write(json.dumps({"part": "exploration", "what": what, "value": value, "unit": unit}) + "\n")


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    pasid, design = sys.argv[1:3]
    most = int(sys.argv[3]) if len(sys.argv) == 4 else 300000
    for grain in ("call", "step"):
        few_cpu, few_peak, few = explored(pasid, design, grain, most // 100)
        cpu, peak, states = explored(pasid, design, grain, most)
        rate = (states - few) / (cpu - few_cpu)
        size = (peak - few_peak) / (states - few)
        print(f"{design}, {grain} grain: {states:,} states, {rate:,.0f} states/s, {size:.0f} bytes/state", flush=True)
        figure(f"{design}, {grain} grain", rate, "states/s")
        figure(f"{design}, {grain} grain", size, "bytes/state")


if __name__ == "__main__":
    main()
