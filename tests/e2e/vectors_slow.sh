#!/usr/bin/env bash
# pasid vectors, all suites of one design: as many tests as is promised, each once, what the schema says, and the engine
# passes those it has the calls for; digests and answers that were changed by hand are noticed.
set -uo pipefail
source tests/e2e/_vectors.sh

all=$work/all.json
run 0 "tests in" -- vectors --design linux-7.3 --out "$all"
(($(number "$all" numberOfTests) >= 10000)) || fail "fewer than 10,000 tests: $(number "$all" numberOfTests)"
[[ $(lines "$all") == $(number "$all" numberOfTests) ]] || fail "numberOfTests is not the number of tests"
smoke=$(grep -c '"smoke"\]' "$all")
((smoke > 0 && smoke < 100)) || fail "smoke is $smoke tests"
as_schema 0 "$schema" "$all"
run 0 " 0 failed, 0 unknown" -- replay "$all"

# The engine stays right, but the file is not.
no_vectors "this is not the digest" "$all" 's/"digest": "[0-9a-f]*"/"digest": "0123456789abcdef"/'
no_vectors "the answer is not the model's" "$all" 's/{"error":"ENOSPC"}/{"error":"ENOMEM"}/'
end
