#!/usr/bin/env bash
# pasid vectors: the files are what their schema says, and the same for the same seed; files that were changed by hand
# are noticed; bad input; files written whole. SCHEMA_CHECK is the program that checks a file against a schema.
set -uo pipefail
source tests/e2e/_vectors.sh

# A small suite of a small design, and the same for any number of threads.
small=$work/small.json
run 0 "tests in" -- vectors --design linux-5.16 --suite smoke --threads 2 --out "$small"
run 0 "tests in" -- vectors --design linux-5.16 --suite smoke --threads 1 --out "$work/again.json"
cmp -s "$small" "$work/again.json" || fail "another number of threads makes another file"
as_schema 0 "$schema" "$small"
(($(lines "$small") > 0 && $(lines "$small") < 100)) || fail "smoke is $(lines "$small") tests"

# The twins: files that are not what the schema says, and files that say what the model does not.
no_schema "$small" 's/{"tcId": 1, /{/'
no_schema "$small" 's/"answers": \[{"ok"/"answers": [{"fine"/'
no_schema "$small" 's/"max_pasids":[0-9]*/"max_pasids":"many"/'
no_schema "$small" 's/"result": "valid"/"result": "good"/'
no_vectors "numberOfTests" "$small" 's/^ "numberOfTests": [0-9]*/ "numberOfTests": 3/'
# The test is named, and a file of another model is known by its digest: for answers, calls and worlds that are not here.
no_vectors "the answer is not the model's; expected EBUSY (test " "$small" 's/{"error":"EBUSY"}/{"error":"EPERM"}/'
[[ $out != *'another model'* ]] || fail "the same model is taken for another: $out"
other='s/^ "model": "[0-9a-f]*"/ "model": "00"/'
for change in '{"error":"EBUSY"}/{"error":"EPERM"}' '{"call":"bind"/{"call":"bound"' '"fork_copies_pasid":"[a-z]*"/"copies":"on"'; do
  no_vectors "the file is of another model: its digest is 00, and here " "$small" "s/$change/; $other"
done
no_vectors "the answer is not the model's" "$small" 's/{"ok":{"pasid":1}}/{"ok":{"pasid":2}}/'

# Bad input leaves nothing behind.
bad "no-such-design" -- vectors --design no-such-design --out "$work/none.json"
bad "--suite" -- vectors --design linux-7.3 --suite everything --out "$work/none.json"
bad "cannot write" -- vectors --design linux-5.16 --suite smoke --out "$work/no/such/folder.json"
[[ ! -e $work/none.json && ! -e $work/none.json.part ]] || fail "a file was written all the same"
end
