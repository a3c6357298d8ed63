#!/usr/bin/env bash
# The long runs on real kernels that are on record (tests/recorded, by `pasid fuzz --backend linux:SERIES --json`): a
# million calls to each series, held to the design of that series, and nothing wrong.
set -uo pipefail
source tests/e2e/_checks.sh

# good SERIES FILE: it is such a run. Of every guard that nothing met it is said why.
good() {
  python3 - "$1" "$2" "$("$PASID" linux status --json)" <<'END'
import json, sys
series, file, status = sys.argv[1], json.load(open(sys.argv[2])), json.loads(sys.argv[3])
design = next(s["design"] for s in status["series"] if s["name"] == series)
why = []
if file["found"] is not None or file["not_again"] != 0: why.append("something was found")
if not file["implementation"].startswith(f"Linux {series}."): why.append("it is another kernel")
if file["design"] != design: why.append(f"it was held to {file['design']} and not to {design}")
asked = sum(c["asked"] for c in file["coverage"])
if file["calls"] < 1_000_000 or asked != file["calls"]: why.append(f"{file['calls']} calls, {asked} of them in the table")
if not any(c["ok"] for c in file["coverage"]): why.append("nothing succeeded")
for c in file["coverage"]:
    for guard, met in c["guards"].items():
        if (met == 0) != (guard in c.get("not_met", {})): why.append(f"{c['call']}: {guard} is met {met} times")
print("; ".join(why))
sys.exit(len(why) > 0)
END
}

for series in 6.1 6.12 7.3; do
  checks=$((checks + 1))
  why=$(good "$series" "tests/recorded/linux-$series.json") || fail "Linux $series: $why"
  # Twins: each of these is noticed.
  for twin in 's/"found": null/"found": {}/' 's/"calls": 1000000/"calls": 999999/' 's/"not_again": 0/"not_again": 1/' \
    's/"design": "linux-/&x/' 's/"implementation": "Linux /&0/' 's/"asked": /&1/'; do
    checks=$((checks + 1))
    sed "$twin" "tests/recorded/linux-$series.json" >"$work/twin.json"
    good "$series" "$work/twin.json" >/dev/null && fail "of Linux $series nobody notices $twin"
  done
done

echo "$checks checks, $failures failed"
((checks == 21 && failures == 0))
