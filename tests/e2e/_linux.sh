# shellcheck shell=bash disable=SC2154 # $pasid and $work are those of linux_slow.sh
# What is asked of a kernel's agent by hand, and tampered twins of what runs on a kernel. Sourced by linux_slow.sh.

# What is asked of an agent by hand: talks_to SERIES, then ask LINE, whose answer is then in $answer, then hangs_up.
talks_to() {
  coproc agent { exec "$pasid" linux talk "$1"; }
  # shellcheck disable=SC2154 # coproc sets it
  agent_program=$agent_PID
}
ask() {
  echo "$1" >&"${agent[1]}"
  read -r -t 120 answer <&"${agent[0]}" || answer="no answer to $1"
}
apply() { ask "{\"op\":\"apply\",\"calls\":[$1]}"; }
hangs_up() {
  kill "$agent_program"
  wait "$agent_program" 2>/dev/null || true
}
# came EVENT...: this and nothing else has come to the mock since it was asked for last, in this order.
came() {
  local all
  printf -v all ',%s' "$@"
  ask '{"op":"observe"}'
  answer=$(sed 's/.*"order":\[\(.*\)\]}$/\1/; s/{"step":"\([^"]*\)","pasid":/\1 /g; s/,"\(dev\|owner\|by\)":"\([^"]*\)"/ \2/g
    s/,"found":true/ found/g; s/,"found":false/ not-found/g; s/}//g' <<<"$answer")
  [[ $answer == "${all:1}" ]]
}

# down DESIGN LIST: what of the design's list of steps comes to the mock, in its order, under number 1. It has one cache.
down() {
  "$pasid" design show "$1" | sed -n "s/^$2 = { value = \[\([^]]*\)\].*/\1/p" | tr ',' '\n' |
    sed -n 's/.*"\(clear\|flush\).*/\1 1 dev1/p; s/.*"\(drain_faults\).*/\1 1 dev1/p' | uniq
}

# In which order a process is taken down, where processes bind: iommu_sva_unbind_device() has the entry cleared, the
# caches flushed and page requests answered, and the number is free when __mmdrop() calls mm_pasid_drop(), no sooner;
# where the process ends first the notifier does it (exit_mmap()), which waits for no request, and the last unbind lets
# go of the mm. Linux 7.3.
teardown() {
  local unbound ended world thread='"thread":"T1"' file='"file":"file1"' page='"dev":"dev1","pasid":1,"owner":"A"'
  world=$(sed -n 's/^→ \(.*"op":"reset".*\)/\1/p' spec/formats/conform_protocol.md)
  mapfile -t unbound < <(down "$2" teardown)
  mapfile -t ended < <(down "$2" exit)
  ((${#unbound[@]} == 3 && ${#ended[@]} == 2)) || fail "the design has no clear, flush and drain, or a drain at the end"
  talks_to "$1"
  ask '{"op":"hello","protocol":1}'
  bound() {
    ask "$world"
    apply "{\"call\":\"process.create\",$thread,\"mm\":\"A\"},{\"call\":\"bind\",$thread,\"wq\":\"wq1\",$file}"
  }
  # asking CALL...: with a page request waiting
  asking() {
    bound
    apply "{\"call\":\"cdev.write\",$thread,$file,\"work\":\"work1\"},{\"call\":\"request.raise\",\"work\":\"work1\"}$1"
  }
  bound
  apply "{\"call\":\"unbind\",$file},{\"call\":\"exit\",$thread}"
  came 'set 1 dev1 A' 'closed 1 dev1 agent' "${unbound[@]}" 'free 1' || fail "an unbind, and the end of the process: $answer"

  # Who lets go of the file last: the process as it ends (exit_files() comes after exit_mm()), a child that was forked
  # while its parent had it open, or a process of another address space that is given it.
  bound
  apply "{\"call\":\"exit\",$thread},{\"call\":\"unbind\",$file}"
  came 'set 1 dev1 A' "${ended[@]}" 'closed 1 dev1 dying' "${unbound[2]}" 'free 1' || fail "the end with a file open: $answer"
  bound
  apply "{\"call\":\"process.fork\",\"parent\":\"T1\",\"child\":\"T2\",\"mm\":\"B\"},{\"call\":\"exit\",$thread}"
  apply "{\"call\":\"unbind\",$file}"
  came 'set 1 dev1 A' "${ended[@]}" 'closed 1 dev1 other' "${unbound[2]}" 'free 1' || fail "a child that has inherited the file: $answer"
  bound
  apply '{"call":"process.create","thread":"T2","mm":"B"}'
  apply "{\"call\":\"unbind\",$file}"
  came 'set 1 dev1 A' 'closed 1 dev1 other' "${unbound[@]}" || fail "a process that is given the file: $answer"

  asking ",{\"call\":\"unbind\",$file}"
  [[ $answer == '{"answers":[{"ok":{}},{"ok":{}},{"would_block":true'*'}]}' ]] || fail "it does not wait for its device: $answer"
  apply "{\"call\":\"request.resolve\",$page},{\"call\":\"request.raise\",\"work\":\"work1\"},{\"call\":\"exit\",$thread}"
  came 'set 1 dev1 A' 'answered 1 dev1 found' "${ended[@]}" || fail "a page, and then the end: $answer"
  apply "{\"call\":\"request.resolve\",$page},{\"call\":\"work.reap\",\"work\":\"work1\"}"
  came 'answered 1 dev1 not-found' || fail "a page of a process that has ended: $answer"
  apply "{\"call\":\"unbind\",$file}"
  came 'closed 1 dev1 agent' "${unbound[2]}" 'free 1' || fail "the unbind of a process that has ended: $answer"

  # What would wait for a page request is made all the same: it waits in the kernel, and where the design says.
  waits() {
    [[ $answer == *'{"would_block":true'*'}]}' ]] || fail "$1 does not wait for its device: $answer"
    ask '{"op":"insist"}'
    [[ $answer == '{"waits":true}' ]] || fail "$1 is not seen to wait in the kernel: $answer"
  }
  asking ",{\"call\":\"unbind\",$file}"
  waits "an unbind with a page request"
  came 'set 1 dev1 A' 'closed 1 dev1 other' "${unbound[@]}" 'answered 1 dev1 found' ||
    fail "an unbind with a page request: $answer"
  asking ",{\"call\":\"exit\",$thread},{\"call\":\"work.reap\",\"work\":\"work1\"},{\"call\":\"unbind\",$file}"
  waits "an unbind after the end, with a page request"
  came 'set 1 dev1 A' "${ended[@]}" 'closed 1 dev1 other' "${unbound[2]}" 'answered 1 dev1 not-found' 'free 1' ||
    fail "an unbind after the end, with a page request: $answer"
  asking ',{"call":"reset.prepare","dev":"dev1"}'
  waits "a reset with a page request"
  came 'set 1 dev1 A' "${unbound[@]}" 'answered 1 dev1 found' || fail "a reset with a page request: $answer"
  ask '{"op":"insist"}'
  [[ $answer == '{"waits":false}' ]] || fail "it is said to wait where nothing was asked: $answer"

  # A request that is waiting when everything is taken down is answered before the domain is gone.
  asking ""
  ask "$world"
  [[ $answer == '{"ok":true}' ]] || fail "the end of all with a page request waiting: $answer"
  hangs_up
  echo "  the order of teardowns: looked at"
}

# What the model does not tell apart (proofs/SOUNDNESS.md): without memory for a node of the book of numbers a bind or a
# driver hears what it hears of a full one, and nothing has changed; a bond without a domain is one without a handle.
not_told_apart() {
  local world before without thread='"thread":"T1"' file='"file":"file1"' domain='"dev":"dev1","domain":"D"'
  world=$(sed -n 's/^→ \(.*"op":"reset".*\)/\1/p' spec/formats/conform_protocol.md)
  talks_to "$1"
  ask '{"op":"hello","protocol":1}'
  # tried FAILURE ANSWER: a bind that meets it, in an empty world
  tried() {
    ask "$world"
    apply "{\"call\":\"process.create\",$thread,\"mm\":\"A\"},{\"call\":\"bind\",$thread,\"wq\":\"wq1\",$file,\"memory\":\"$1\"}"
    [[ $answer == "{\"answers\":[{\"ok\":{}},$2]}" ]] || fail "a bind with memory $1: $answer"
    ask '{"op":"observe"}'
  }
  ask "$world"
  ask '{"op":"observe"}'
  before=$answer
  tried none_for_id '{"error":"ENOSPC","by":"core"}'
  [[ $answer == "$before" ]] || fail "a bind without memory for the number leaves something: $answer"
  tried none_for_handle '{"error":"ENOMEM","by":"core"}'
  without=$answer
  [[ $without != "$before" ]] || fail "the mm has no number"
  tried none_for_domain '{"error":"ENOMEM","by":"driver"}'
  [[ $answer == "$without" ]] || fail "a bind without a domain leaves another state: $answer"
  tried enough '{"ok":{"pasid":1}}'
  [[ $answer != "$without" ]] || fail "a bind leaves nothing"
  ask "$world"
  apply "{\"call\":\"rid.attach\",\"group\":\"group1\",\"domain\":\"D\"},{\"call\":\"kernel.enable\",$domain,\"memory\":\"none_for_id\"},{\"call\":\"kernel.enable\",$domain}"
  [[ $answer == '{"answers":[{"ok":{}},{"error":"ENOSPC","by":"core"},{"ok":{"pasid":1}}]}' ]] ||
    fail "a driver without memory for the number: $answer"
  hangs_up
  echo "  what the model does not tell apart: looked at"
}

# tampered NAME FILE SED: a copy of what the machine's own is built from, with another FILE; for PASID_DATA.
tampered() {
  local tree=$work/$1
  mkdir -p "$tree/src/conform"
  [[ -e $tree/spec ]] || ln -s "$PWD/spec" "$tree/spec"
  [[ -e $tree/src/conform/linux ]] || cp -r src/conform/linux "$tree/src/conform/linux"
  sed -i "$3" "$tree/src/conform/linux/$2"
  ! cmp -s "src/conform/linux/$2" "$tree/src/conform/linux/$2" || fail "$1 is no twin: $2 is as it was"
}
# noticed NAME SERIES VECTORS [OPTION]: the vectors fail with that twin; why is in $work/why, a line for each that failed.
noticed() {
  if PASID_DATA=$work/$1 "$pasid" replay --backend "linux:$2" --json "$3" ${4:+"$4"} >"$work/result"; then
    fail "nobody notices $1"
  fi
  grep -A1 '"verdict": "failed"' "$work/result" | sed -n 's/^ *"why": "\(.*\)",*$/\1/p' >"$work/why"
}
# for_reason NAME TEXT: one of what was noticed is that.
for_reason() {
  grep -q "$2" "$work/why" || fail "of $1 something else is noticed: $(<"$work/why")"
  echo "  twin $1: $(grep -m 1 "$2" "$work/why")"
}
# found NAME TEXT SERIES DESIGN [VECTORS]: the first of the vectors (of the smoke suite, where none are named) that fails with
# that twin says why.
found() {
  noticed "$1" "$3" "${5:-$(smoke "$4")}" --fail-fast
  for_reason "$1" "$2"
}

# One mistake in the mock for each that would otherwise pass unseen: SERIES DESIGN
twins() {
  case $1 in
    6.1)
      # A driver asks for one number less than its device has.
      tampered narrow module/series_6_1.c 's/\(iommu_sva_alloc_pasid(.* - \)1);/\12);/'
      found narrow 'answered EOVERFLOW; expected ok' "$@"
      ;;
    6.12)
      # A driver does not give its number back.
      tampered leak module/domains.c 's/^\t\tiommu_free_global_pasid(x->pasid);/\t\t;/'
      found leak 'owner(.*) is something, expected -' "$@"
      ;;
    7.3) twins_of_processes "$@" ;;
  esac
}
twins_of_processes() {
  # What is flushed is flushed after a grace period, when the number is free.
  # shellcheck disable=SC2016 # $ is sed's
  tampered late-flush module/tables.c 's/^\tflush(d, pasid);/\tlate = d, late_pasid = pasid;/
    s/^static void flush(/static struct mock_dev *late;\nstatic ioasid_t late_pasid;\n&/
    $a void mock_late(void)\n{\n\tif (late)\n\t\tflush(late, late_pasid);\n\tlate = NULL;\n}'
  tampered late-flush module/main.c 's/^\t\tmmu_notifier_synchronize();/&\n\t\t{ void mock_late(void); mock_late(); }/'
  # It shows in two ways: what is waited for comes before the flush, and where nothing is, the number is free too early.
  noticed late-flush "$1" "$(smoke "$2")"
  for_reason late-flush 'is free, and device . still has what it meant'
  for_reason late-flush 'out of order: drain_faults of PASID . comes before its flush'
  # The notifier clears nothing when the process ends.
  tampered no-notifier module/sva.c 's/^\t\t\tmock_table_clear(d->at.*/\t\t\t;/'
  found no-notifier 'entry(.*) is ., expected -' "$@"
  # A domain that is freed keeps its mm struct, and so its number.
  tampered no-put module/sva.c 's/^\tmmu_notifier_put(.*/\t(void)domain;/'
  found no-put 'numbers are missing from its pool' "$@"
  # Nobody waits for page requests when a number is taken off the table.
  tampered no-drain module/series_7_3.c '/^\tmock_pages_drain(mock_dev_of(dev)/d'
  found no-drain 'was said to wait for its device does not' "$@" "$work/all-$2.json"
  # Page requests are waited for before the entry has gone.
  # shellcheck disable=SC2016 # $ is sed's
  tampered drain-first module/series_7_3.c '/^void mock_tear_down/,/^}/{/^\tmock_table_clear/{h;d};/^\tmock_pages_drain/G}'
  found drain-first 'out of order: drain_faults of PASID . comes before its clear' "$@"
  # Page requests are reported under another number.
  tampered wrong-page module/pages.c 's/^\tpage->pasid = request->pasid;/\tpage->pasid = request->pasid + 1;/'
  # A program that is killed while its machine's snapshot is taken leaves nothing in the directory for such things.
  mkdir "$work/tmp"
  (
    PASID_DATA=$work/wrong-page TMPDIR=$work/tmp exec "$pasid" replay --backend "linux:$1" "$(smoke "$2")" >/dev/null
  ) &
  within 120 emulator $! >/dev/null || fail "no machine was started"
  sleep 1
  kill -KILL $!
  wait $! 2>/dev/null || true
  [[ -z $(ls -A "$work/tmp") ]] || fail "it has left: $(ls "$work/tmp")"
  found wrong-page 'a device asked for a page of a process that runs' "$@"
}
