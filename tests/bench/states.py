#!/usr/bin/env python3
"""How fast the search goes through a shipped design at both grains, and what a state costs: states a second of CPU time
on one thread, and by how many bytes the peak grows for each.

Usage: tests/bench/states.py PASID DESIGN [STATES]"""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "core")]
sys.dont_write_bytecode = True
import compare  # noqa: E402
import table  # noqa: E402


def explored(pasid, design, grain, states):
    def read(text):
        said = json.loads(text)
        return said["states"], said["firings"]

    command = [pasid, "explore", design, "--grain", grain, "--threads", "1", "--max-states", str(states), "--json"]
    return compare.Program(grain, command, read, codes=(0, 2)).run()  # 2: it gave up where it was told to


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    pasid, design = sys.argv[1:3]
    most = int(sys.argv[3]) if len(sys.argv) == 4 else 300000
    for grain in ("call", "step"):
        few, many = (explored(pasid, design, grain, n) for n in (most // 100, most))
        states = many["states"] - few["states"]
        rate = states / (many["cpu"] - few["cpu"])
        size = (many["mib"] - few["mib"]) * 2**20 / states
        print(f"{design}, {grain} grain: {many['states']:,} states, {rate:,.0f} states/s, {size:.0f} bytes/state",
              flush=True)
        if file := os.environ.get("PASID_FIGURES"):
            table.add(file, "exploration", f"{design}, {grain} grain", rate, "states/s")
            table.add(file, "exploration", f"{design}, {grain} grain", size, "bytes/state")


if __name__ == "__main__":
    main()
