"""The figures that benchmarks have left in a file, as one table with the goal beside each, or one more of them."""
import argparse
import json
import os
import sys

KEYS = {"part": str, "what": str, "value": (int, float), "unit": str}


def stop(what):
    print("table.py: " + what, file=sys.stderr)
    sys.exit(3)


def read(name):
    figures = []
    try:
        with open(name, encoding="utf-8") as f:
            lines = f.read().splitlines()
    except OSError as e:
        stop(f"{name}: {e.strerror}")
    for number, line in enumerate(lines, 1):
        try:
            figure = json.loads(line)
        except ValueError:
            figure = None
        good = isinstance(figure, dict) and all(isinstance(figure.get(k), t) for k, t in KEYS.items())
        if not good or ("goal" in figure and figure.get("at") not in ("least", "most")):
            stop(f"{name}:{number}: it is no figure; expected part, what, value, unit, and a goal at least or at most")
        figures.append(figure)
    if not figures:
        stop(f"{name}: there are no figures in it")
    return figures


def met(figure):
    """None: there is no goal."""
    if "goal" not in figure:
        return None
    return figure["value"] >= figure["goal"] if figure["at"] == "least" else figure["value"] <= figure["goal"]


def number(x):
    return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.3g}" if abs(x) < 100 else f"{x:.0f}"


def show(figures):
    rows = []
    for f in figures:
        goal = f"at {f['at']} {number(f['goal'])}" if "goal" in f else ""
        rows.append((f["part"], f["what"], number(f["value"]), f["unit"], goal,
                     {None: "", True: "met", False: "MISSED"}[met(f)]))
    width = [max(len(r[i]) for r in rows) for i in range(5)]
    part = None
    for r in rows:
        head = r[0] if r[0] != part else ""
        part = r[0]
        print(f"{head:{width[0]}}  {r[1]:{width[1]}}  {r[2]:>{width[2]}} {r[3]:{width[3]}}  {r[4]:{width[4]}}  {r[5]}"
              .rstrip())
    asked = [f for f in figures if "goal" in f]
    print(f"{len(figures)} figures, {len(asked)} with a goal, {sum(not met(f) for f in asked)} missed")


def add(file, part, what, value, unit, **goal):
    """Puts one more figure down; `goal`: {"goal", "at"}, or nothing."""
    with open(file, "a", encoding="utf-8") as f:
        f.write(json.dumps({"part": part, "what": what, "value": value, "unit": unit} | goal) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="a line of JSON a figure")
    parser.add_argument("--json", metavar="FILE", help="writes all of them there, too")
    parser.add_argument("--add", nargs=4, metavar=("PART", "WHAT", "VALUE", "UNIT"), help="one more figure; no table")
    parser.add_argument("--least", type=float, help="with --add: its goal")
    parser.add_argument("--most", type=float, help="likewise")
    options = parser.parse_args()
    if options.add:
        part, what, value, unit = options.add
        goal = {}
        for at in ("least", "most"):
            if (least_or_most := getattr(options, at)) is not None:
                goal = {"goal": least_or_most, "at": at}
        add(options.file, part, what, float(value), unit, **goal)
        return
    figures = read(options.file)
    show(figures)
    if options.json:
        out = [f | ({} if met(f) is None else {"met": met(f)}) for f in figures]
        text = json.dumps({"machine": {"processors": os.cpu_count()}, "figures": out}, indent=2) + "\n"
        try:
            with open(options.json, "w", encoding="utf-8") as f:
                f.write(text)
        except OSError as e:
            stop(f"{options.json}: {e.strerror}")


if __name__ == "__main__":
    main()
