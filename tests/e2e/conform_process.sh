#!/usr/bin/env bash
# Programs under test: the C99 example and its tampered twins, under fuzz and replay; programs that crash, hang, or talk
# nonsense; vector files that are none; what the tester and the example say, against the schemas.
set -uo pipefail
source tests/e2e/_checks.sh
example=tests/conform_example/pasid_example.c

compile() { ${CC:-cc} -std=c99 -O1 -Wall -Wextra -pedantic -Werror "$@" "$example" || fail "the example does not compile: $*"; }
(($(wc -l <"$example") < 400)) || fail "the example has 400 lines or more"

# The example: nothing is wrong with it, nor with the engine; the same for a seed.
compile -o "$work/mine"
run 0 'nothing wrong was found' 'the C99 example' -- fuzz --backend process:"$work/mine" --calls 20000 --out "$work/none.json"
[[ ! -e $work/none.json ]] || fail "a vector was written though nothing was found"
run 0 '"found": null' -- fuzz --backend reference --calls 20000 --seed 3 --json --out "$work/none.json"
once=$(grep -v '"seconds"' <<<"$out")
run 0 -- fuzz --backend reference --calls 20000 --seed 3 --json --out "$work/none.json"
[[ $once == "$(grep -v '"seconds"' <<<"$out")" ]] || fail "fuzz with one seed is not the same twice"
(($(sed -n 's/^  "succeeded": \([0-9]*\),/\1/p' <<<"$out") >= 10000)) || fail "less than half of the calls succeed"

# What means nothing any more, it answers unsupported, as the protocol lets it: it need not crash.
{
  sed -n 's/^→ //p' spec/formats/conform_protocol.md | head -n 2
  for call in '"rid.change","group":"group1","domain":"A"' '"kernel.disable","dev":"dev1","domain":"A"' '"user.detach","dev":"dev1","pasid":1' '"unbind","file":"file1"'; do
    echo "{\"op\":\"apply\",\"calls\":[{\"call\":$call}]}"
  done
} | "$work/mine" >"$work/meaningless"
checks=$((checks + 1))
[[ $(grep -c '^{"answers":\[{"unsupported":true}\]}$' "$work/meaningless") == 4 ]] || fail "calls without a meaning: $(cat "$work/meaningless")"

# Its twins: fuzz finds each, and what it writes fails with the twin, and neither with the example nor with the engine.
bugs=$(grep -o 'BUG([0-9]*)' "$example" | grep -o '[0-9]*' | sort -nu)
(($(wc -w <<<"$bugs") >= 5)) || fail "the example has too few mistakes to build in"
for bug in $bugs; do
  compile -DPASID_BUG="$bug" -o "$work/bug$bug"
  run 1 'wrong: ' "As a vector: $work/$bug.json" -- \
    fuzz --backend process:"$work/bug$bug" --calls 400000 --trace none --out "$work/$bug.json"
  [[ -e $work/$bug.json ]] || continue
  as_schema 0 pasid_vectors_v1.schema.json "$work/$bug.json"
  run 1 '0 passed, 1 failed' 'expected' -- replay --backend process:"$work/bug$bug" "$work/$bug.json"
  run 0 '1 passed, 0 failed' -- replay --backend process:"$work/mine" "$work/$bug.json"
  # Where the tester plays the device, work that nobody reaps stays, and a call may come too early: skipped, not wrong.
  out=$("$PASID" replay --backend reference "$work/$bug.json" 2>&1)
  [[ $out == *' 0 failed, 0 unknown'* ]] || fail "the engine fails what the example passes: $out"
done
(($(grep -c '"call"' "$work/5.json") <= 16)) || fail "what was found is longer than it need be: $(cat "$work/5.json")"

# One that fails may be enough.
run 1 '0 passed, 1 failed, 0 unknown, 0 skipped' 'stopped at the first that failed' -- \
  replay --fail-fast --backend process:"$work/bug5" "$work/5.json" "$work/5.json"
run 1 '0 passed, 2 failed' -- replay --backend process:"$work/bug5" "$work/5.json" "$work/5.json"
run 0 '2 passed, 0 failed' -- replay --fail-fast --backend process:"$work/mine" "$work/5.json" "$work/5.json"

# Reports.
run 1 $'TAP version 13\n1..2' 'not ok 1 - ' 'ok 2 - ' -- replay --tap --backend process:"$work/bug5" "$work/5.json" "$work/1.json"
run 1 '"failed": 1' '"verdict": "failed"' -- replay --json --backend process:"$work/bug5" --junit "$work/junit.xml" "$work/5.json"
grep -q '<testsuite name=.* tests="1" failures="1" errors="0" skipped="0"' "$work/junit.xml" || fail "JUnit: $(cat "$work/junit.xml")"
out=$("$PASID" replay --backend process:"$work/mine" - <"$work/5.json" 2>&1) || fail "standard input: $out"

# Of tests that are skipped the reason is said, and a run without any test is a failure.
sed 's/{"bind", bind}, //' "$example" >"$work/less.c"
${CC:-cc} -std=c99 -o "$work/less" "$work/less.c"
run 1 'skipped 1: it has no bind' 'no test was run' -- replay --backend process:"$work/less" "$work/5.json"

# Programs that do not play along. Whatever they do is told, and held against them.
hello=$(echo '{"op":"hello","protocol":1}' | "$work/mine")
# puppet NAME ANSWERS: says hello, says that it was reset, and then does what ANSWERS do, a shell command for each line.
puppet() {
  printf '#!/bin/sh\nread line; echo %s\nread line; echo %s\nread line\n%s\n' "'$hello'" "'{\"ok\":true}'" "$2" >"$work/$1"
  chmod +x "$work/$1"
}
# wrong TEXT NAME: both commands say so.
wrong() {
  run 1 "$1" -- replay --timeout 1 --backend process:"exec $work/$2" "$work/5.json"
  run 1 "$1" -- fuzz --timeout 1 --calls 100 --backend process:"exec $work/$2" --trace none --out "$work/puppet.json"
}
printf '#!/bin/sh\nexit 3\n' >"$work/quits" && chmod +x "$work/quits"
wrong 'it exited with 3' quits
# A program that does not say what it offers is a failure in the reports as well.
for option in --tap --json; do
  run 1 'it exited with 3' 'what it offers' -- replay $option --backend process:"$work/quits" --junit "$work/quits.xml" "$work/5.json"
  grep -q 'tests="1" failures="1" errors="0" skipped="0"' "$work/quits.xml" && grep -q 'it exited with 3' "$work/quits.xml" ||
    fail "JUnit: $(cat "$work/quits.xml")"
  rm "$work/quits.xml"
done
run 1 $'TAP version 13\n1..1\nnot ok 1 - ' -- replay --tap --backend process:"$work/quits" "$work/5.json"
run 1 '"failed": 1' -- replay --json --backend process:"$work/quits" "$work/5.json"
run 1 '"why": "the program under test did not say what it offers: it exited with 3' -- fuzz --json --backend process:"$work/quits"
wrong 'the shell did not find it' no-such-program
printf '#!/bin/sh\nread line; echo hi\n' >"$work/rude" && chmod +x "$work/rude"
wrong 'this is not JSON' rude
printf '#!/bin/sh\nread line; echo %s\n' "'{\"protocol\":2,\"name\":\"x\",\"calls\":[]}'" >"$work/new" && chmod +x "$work/new"
wrong 'this is another protocol' new
# says NAME FROM TO: its hello has something else in it.
says() { printf '#!/bin/sh\n%s | sed -u "1s/%s/%s/"\n' "$work/mine" "$2" "$3" >"$work/$1" && chmod +x "$work/$1"; }
for name in calls/bind/bnd observes/entry/entri environment/memory.none_for_slot/memory.none_for_slots; do
  IFS=/ read -r list right wrong <<<"$name"
  says misspelt "\\\"$right\\\"" "\\\"$wrong\\\""
  run 1 'there is no ' -- fuzz --calls 100 --backend process:"$work/misspelt" --out "$work/puppet.json"
  [[ $(wc -l <<<"$out") == 1 && $out == *"'$wrong'; expected one of "*"(did you mean '$right'?)"* ]] || fail "of $list it is said: $out"
done
# Why a choice is missing may be said, of choices that there are.
says reasons '\"limits\"' '\"cannot\":{\"memory.none_for_slot\":\"why\"},\"limits\"'
echo '{"op":"hello","protocol":1}' | "$work/reasons" >"$work/reasons.json"
grep -q '"cannot":{"memory' "$work/reasons.json" || fail "nothing is said to be impossible"
as_schema 0 conform_protocol_v1.schema.json "$work/reasons.json"
run 0 'nothing wrong was found' -- fuzz --calls 100 --backend process:"$work/reasons" --out "$work/none.json"
says reasons '\"limits\"' '\"cannot\":{\"memory.none_for_slots\":\"why\"},\"limits\"'
run 1 "no choice of the environment 'memory.none_for_slots'" -- fuzz --calls 100 --backend process:"$work/reasons" --out "$work/none.json"
# What is not done is passed over, unless the program says that what it offers it does.
sed '/^static int bind(void) {/a\  if (a.wq) return UNSUPPORTED;' "$example" >"$work/idle.c"
${CC:-cc} -std=c99 -o "$work/idle" "$work/idle.c"
run 0 'nothing wrong was found' -- fuzz --calls 1000 --backend process:"$work/idle" --out "$work/none.json"
run 1 'no test was run' -- replay --backend process:"$work/idle" "$work/5.json"
printf '#!/bin/sh\n%s | sed -u %s\n' "$work/idle" "'1s/\"line_bytes\"/\"exact\":true,&/'" >"$work/exact" && chmod +x "$work/exact"
run 1 ': unsupported' -- fuzz --calls 1000 --backend process:"$work/exact" --trace none --out "$work/none.json"
run 1 'unsupported' '1 failed' -- replay --backend process:"$work/exact" --trace none "$work/5.json"
# What is shown as 'true' is there, whatever it is; and it must be there.
printf '#!/bin/sh\n%s | sed -u %s\n' "$work/mine" "'/^{\"state/s/:\"[A-Z]\"/:true/g'" >"$work/vague" && chmod +x "$work/vague"
run 0 'nothing wrong was found' -- fuzz --calls 5000 --backend process:"$work/vague" --out "$work/none.json"
printf '#!/bin/sh\n%s | sed -u %s\n' "$work/mine" "'/^{\"state/s/:{}/:{\"1\":true}/'" >"$work/vague"
run 1 'what is shown is not the model' -- fuzz --calls 5000 --backend process:"$work/vague" --trace none --out "$work/none.json"
puppet crashes 'kill -SEGV $$'
wrong 'signal 11' crashes
puppet leaves 'exit 0'
wrong 'it exited with 0' leaves
puppet hangs 'sleep 1000'
wrong 'it has not answered for 1 s' hangs
puppet garbage 'echo "{\"answers\":[{\"ok\":"; read line'
wrong 'this is not JSON' garbage
puppet strange 'echo "{\"answers\":[{\"maybe\":true}]}"; read line'
wrong 'no' strange
puppet broken 'echo "{\"failure\":\"an assertion fell\"}"; read line'
wrong 'an assertion fell' broken
puppet many 'echo "{\"answers\":[{\"ok\":{}},{\"ok\":{}},{\"ok\":{}},{\"ok\":{}},{\"ok\":{}},{\"ok\":{}},{\"ok\":{}},{\"ok\":{}}]}"; read line'
wrong 'these are 8 answers' many
puppet endless 'head -c 6000000 /dev/zero | tr "\\0" x; read line'
wrong 'a line of more than 4 MiB' endless
# One that closes what it is heard by, or listens with, and stays; one that says line after line, asked or not; one that
# starts others, which are gone with it.
puppet closes 'exec >&-; sleep 1000'
wrong 'it closed its output and did not exit' closes
puppet deaf 'exec <&-; sleep 1000'
wrong 'it has not answered for 1 s' deaf
puppet floods 'yes "{\"answers\":[{\"ok\":{}}]}"'
wrong 'it said what it was not asked for' floods
printf '#!/bin/sh\nread line\nyes\n' >"$work/babbles" && chmod +x "$work/babbles"
wrong "its answer to hello:1:1: this is not JSON (syntax error while parsing value - invalid literal; last read: 'y'); expected a JSON text; it said 'y'" babbles
puppet forks '(sleep 1000 & sleep 1000) & sleep 1000'
wrong 'it has not answered for 1 s' forks

# What goes wrong at a reset, between two tests, or with nobody asking, is held against them too.
# filter NAME SHELL TEXT: both commands say so of the example with what SHELL does to it.
filter() {
  printf '#!/bin/sh\n%s\n' "$2" >"$work/$1" && chmod +x "$work/$1"
  wrong "$3" "$1"
}
no_vector() { [[ $out == *'No vector was written: the reset alone fails'* && ! -e $work/puppet.json ]] || fail "a vector of no calls: $out"; }
rm -f "$work/puppet.json"
filter dies-at-reset "sed -u 1q | $work/mine" 'at its reset: it exited with 0' && no_vector
filter hangs-at-reset "read line; echo '$hello'; sleep 1000" 'at its reset: it has not answered for 1 s' && no_vector
filter garbles-reset "$work/mine | sed -u 's/^{\"ok\":true}/nonsense/'" 'at its reset: its answer:1:2: this is not JSON' && no_vector
for answer in '{"ok":1}' '{"ok":false}' '{"ok":true,"more":1}' '{"ok":true,"unsupported":"no"}' '{"unsupported":true}' '{}' '[]'; do
  filter other-answer "$work/mine | sed -u 's/^{\"ok\":true}/$answer/'" "at its reset: its answer to reset is neither" && no_vector
done
filter breaks-at-reset "$work/mine | sed -u 's/^{\"ok\":true}/{\"failure\":\"it is on fire\"}/'" 'at its reset: it is on fire' && no_vector
filter says-more "$work/mine | sed -u 's/^{\"answers.*/&\n{\"and\":1}/'" 'it said what it was not asked for'
filter two-in-one "$work/mine | sed -u 's/{\"ok\":{}/&,\"x\":1/g'" 'this has 2 members'
filter nobody-refuses "$work/mine | sed -u 's/{\"ok\":{}/&,\"by\":\"core\"/g'" 'nobody refuses here'
filter no-flag "$work/mine | sed -u 's/{\"ok\":{}}/{\"would_block\":false}/g'" 'this is no answer'
filter no-object "$work/mine | sed -u 's/{\"ok\":{}}/{\"ok\":true}/g'" 'has no such results; expected 0 of them'
filter more-beside "$work/mine | sed -u '/^{\"answers/s/}\$/,\"x\":1}/'" 'the answer to apply has 2 members'
filter more-shown "$work/mine | sed -u '/^{\"state/s/}\$/,\"x\":1}/'" 'the answer to observe has 2 members'
# What came to its devices must be in the order of the design's teardown, of entries that there are.
filter out-of-order "$work/mine | sed -u '/^{\"state/s/}\$/,\"order\":[{\"step\":\"clear\",\"dev\":\"dev1\",\"pasid\":1}]}/'" \
  'out of order: clear of PASID 1 comes where there is no'
filter misspelt-step "$work/mine | sed -u '/^{\"state/s/}\$/,\"order\":[{\"step\":\"flsh\",\"pasid\":1}]}/'" "there is no step 'flsh'"
# It is started again for the next test. (What it is asked by then: hello, reset, apply, observe, and a reset at the end.)
for lines in 1 4; do
  printf '#!/bin/sh\n[ -e %s ] && exec %s\ntouch %s\nsed -u %dq | %s\n' "$work/once" "$work/mine" "$work/once" "$lines" "$work/mine" >"$work/dies-once"
  chmod +x "$work/dies-once" && rm -f "$work/once"
  run 1 'test 1 failed' 'it exited with 0' '1 passed, 1 failed, 0 unknown, 0 skipped' -- \
    replay --backend process:"$work/dies-once" "$work/5.json" "$work/5.json"
done
# reset_bug NAME C: the example with something at the beginning of its reset.
reset_bug() {
  sed "s|^static void reset(const char \*world) {|&$2|" "$example" >"$work/$1.c"
  cmp -s "$example" "$work/$1.c" && fail "$1 is no twin"
  ${CC:-cc} -std=c99 -o "$work/$1" "$work/$1.c"
}
reset_bug cannot-find-back ' if (w.spaces[0].pasid) abort();'
run 1 'wrong: at the reset after the last call' 'As a vector' -- \
  fuzz --backend process:"$work/cannot-find-back" --calls 10000 --trace none --out "$work/back.json"
run 1 'at the reset after the last call' '1 failed' -- replay --backend process:"$work/cannot-find-back" "$work/back.json"
run 0 '1 passed' -- replay --backend process:"$work/mine" "$work/back.json"
(($(grep -c '"call"' "$work/back.json") == 2)) || fail "what was found is longer than it need be: $(cat "$work/back.json")"
# Worlds that it cannot be reset to are left out, and counted.
unsupported='{ printf("{\\"unsupported\\":\\"one device only\\"}"); return; }'
reset_bug one-device " if (strstr(world, \"dev2\")) $unsupported"
run 0 'worlds: one device only' 'nothing wrong was found' -- fuzz --backend process:"$work/one-device" --calls 2000 --out "$work/none.json"
reset_bug no-device " if (world) $unsupported"
run 1 'worlds: one device only' 'no call was judged' -- fuzz --backend process:"$work/no-device" --calls 2000 --out "$work/none.json"
run 1 'skipped 1: it cannot be configured as this world: one device only' -- replay --backend process:"$work/no-device" "$work/5.json"
pgrep -f "$work/(hangs|closes|deaf|floods|babbles|forks)" >/dev/null && fail "a program that hangs was left running"

# Vector files that are none: one line that says where and why.
vector() { printf '{"algorithm":"PASID","schema":"pasid_vectors_v1.schema.json","generatorVersion":"1","header":[],"design":"linux-7.3","notes":{},%s}' "$1" >"$work/bad.json"; }
# not_a_vector TEXT
not_a_vector() { bad "bad.json:$1" -- replay --backend reference "$work/bad.json"; }
vector '"numberOfTests":1,"testGroups":[]' && not_a_vector '1:'
vector '"numberOfTests":NaN,"testGroups":[]' && not_a_vector '1:'
vector '"numberOfTests":0,"testGroups":{}' && not_a_vector '1:'
vector '"numberOfTests":0,"testGroups":[{}]' && not_a_vector '1:'
vector '"numberOfTests":0,"numberOfTests":0,"testGroups":[]' && not_a_vector '1:'
vector '"numberOfTests":1e99,"testGroups":[]' && not_a_vector '1:'
echo '[]' >"$work/bad.json" && not_a_vector '1:1'
printf '' >"$work/bad.json" && not_a_vector '1:1'
head -c $(($(wc -c <"$work/5.json") / 2)) "$work/5.json" >"$work/bad.json" && not_a_vector ''
sed 's/"linux-7.3"/"linux-0.1"/' "$work/5.json" >"$work/bad.json" && not_a_vector ''
sed 's/"call": "[a-z.]*"/"call": "open"/' "$work/5.json" >"$work/bad.json" && not_a_vector ''
sed 's/"wq1"/"wq9"/' "$work/5.json" >"$work/bad.json" && not_a_vector ''
sed 's/"error": "E[A-Z]*"/"error": "EGG"/' "$work/5.json" >"$work/bad.json" && not_a_vector ''
sed 's/"numberOfTests": 1/"numberOfTests": 2/' "$work/5.json" >"$work/bad.json" && not_a_vector ''
head -c 200000 /dev/zero | tr '\0' '[' >"$work/bad.json" && not_a_vector '1:33'
(echo -n '['; head -c 40000000 /dev/zero | tr '\0' '1' | sed 's/11/1,/g'; echo '1]') >"$work/bad.json"
(ulimit -v 4000000; failures=0; bad "too many values" -- replay --backend reference "$work/bad.json"; ((failures == 0))) || fail "a file of many values takes too much memory"
bad "no-such.json" -- replay --backend reference "$work/no-such.json"
bad "there is no 'other'" -- replay --backend other "$work/5.json"
bad "there is no 'process:'" -- fuzz --backend process:
bad "--calls" -- fuzz --calls many
bad "no-such" -- fuzz --design no-such --calls 1

# What both sides say is in the protocol's schema, and what is not is refused by it.
printf '#!/bin/sh\ntee -a %s | %s | tee -a %s\n' "$work/asked.jsonl" "$work/mine" "$work/answered.jsonl" >"$work/overheard"
chmod +x "$work/overheard"
run 0 -- fuzz --backend process:"$work/overheard" --calls 2000 --out "$work/none.json"
as_schema 0 conform_protocol_v1.schema.json "$work/asked.jsonl"
as_schema 0 conform_protocol_v1.schema.json "$work/answered.jsonl"
sed -n 's/^[→←] //p' "spec/formats/conform_protocol.md" >"$work/documented.jsonl"
(($(wc -l <"$work/documented.jsonl") >= 10)) || fail "the documentation has no session"
as_schema 0 conform_protocol_v1.schema.json "$work/documented.jsonl"
sed -n 's/^→ //p' "spec/formats/conform_protocol.md" | "$work/mine" >"$work/answers.jsonl" || fail "the documented session fails"
diff <(sed -n 's/^← //p' "spec/formats/conform_protocol.md" | tail -n +2) <(tail -n +2 "$work/answers.jsonl") ||
  fail "the example answers otherwise than documented"
echo '{"answers":[{"ok":{},"error":"EBUSY"}]}' >"$work/twin.jsonl" && as_schema 1 conform_protocol_v1.schema.json "$work/twin.jsonl"
for by in '{"error":"EBUSY","by":"core"}' '{"would_block":true,"by":"driver"}'; do
  echo "{\"answers\":[$by]}" >"$work/told.jsonl" && as_schema 0 conform_protocol_v1.schema.json "$work/told.jsonl"
done
for by in '{"ok":{},"by":"core"}' '{"error":"EBUSY","by":"me"}' '{"by":"core"}' '{"gp_fault":true,"by":"core"}'; do
  echo "{\"answers\":[$by]}" >"$work/twin.jsonl" && as_schema 1 conform_protocol_v1.schema.json "$work/twin.jsonl"
done
echo '{"op":"apply","calls":[]}' >"$work/twin.jsonl" && as_schema 1 conform_protocol_v1.schema.json "$work/twin.jsonl"
sed 's/"result": "valid"/"result": "fine"/' "$work/5.json" >"$work/twin.json" && as_schema 1 pasid_vectors_v1.schema.json "$work/twin.json"
sed 's/"max_pasids": [0-9]*/"max_pasids": -1/' "$work/5.json" >"$work/twin.json" && as_schema 1 pasid_vectors_v1.schema.json "$work/twin.json"

echo "$checks checks, $failures failed"
((checks > 120 && failures == 0))
