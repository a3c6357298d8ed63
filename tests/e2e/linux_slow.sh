#!/usr/bin/env bash
# The real kernels in a virtual machine: what they are asked is answered as their designs say. All series are tested where
# PASID_KERNELS does not name some ("6.1 7.3"). See _kernels.sh.
set -euo pipefail
pasid=${PASID:?the program}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source tests/e2e/_kernels.sh
have_kernels 6.1 6.12 7.3
cache=$(sed -n 's/^  "cache": "\(.*\)",$/\1/p' "$work/status")

source tests/e2e/_linux.sh

# tests passed, failed or of another verdict in a result: of KEY FILE
of() { sed -n "s/^  \"$1\": \([0-9]*\),*$/\1/p" "$2"; }

# The smoke suite of a design, made once.
smoke() {
  [[ -e $work/$1.json ]] || "$pasid" vectors --design "$1" --suite smoke --out "$work/$1.json" >"$work/log"
  echo "$work/$1.json"
}

# runs PID: it does, and is no mere entry in the table of processes
runs() { [[ $(ps -o stat= -p "$1") == [^Z]* ]]; }

# within SECONDS COMMAND...: it succeeds before they are over
within() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < until)) || return 1
    sleep 0.1
  done
}

# the emulator that this program has started: emulator PID
emulator() { pgrep -P "$1" qemu; }

# All vectors of a design that the kernel has the calls for.
all_vectors() {
  "$pasid" vectors --design "$2" --out "$work/all-$2.json" >"$work/log"
  "$pasid" replay --backend "linux:$1" --guards --trace none "$work/all-$2.json" >"$work/result" || true
  grep -E 'passed|guards were met' "$work/result"
  (($(grep -o '[0-9,]* passed' "$work/result" | tr -dc 0-9) >= 500)) || fail "too few tests were run to show anything"
  grep -q ' 0 failed, 0 unknown' "$work/result" || {
    head -40 "$work/result"
    fail "the kernel differs from its design"
  }
  # Of every guard that was met it is said whose refusal it was; that a queue has a client already is the driver's affair.
  grep -E '^ +[0-9,]+  [a-z_]+\.[a-z-]+ ' "$work/result" >"$work/met" || fail "no guard was met"
  grep -vE ' (core|driver)$' "$work/met" && fail "it is not said whose refusals these are"
  ! grep -qE 'bind.queue-takes-client .*core' "$work/met" || fail "the core is said to count a queue's clients"
  ! grep -qE 'attach.(pasid-fits|slot-free).*driver' "$work/met" || fail "the driver is said to have looked in the core's place"
}

# fuzz SERIES DESIGN SEED: 25,000 calls
fuzz() {
  "$pasid" fuzz --backend "linux:$1" --seed "$3" --calls 25000 --json --out "$work/found.json" >"$work/result" || {
    grep -A4 '"found"' "$work/result"
    cat "$work/found.json" || true
    fail "fuzz finds a difference from its design"
  }
  grep -q "\"design\": \"$2\"" "$work/result" || fail "fuzz held it to another design"
  echo "  fuzz from seed $3: $(of calls "$work/result") calls"
  (($(of calls "$work/result") == 25000)) || fail "other calls were asked than it was to ask"
  (($(of not_again "$work/result") == 0)) || fail "it failed, and not again when it was asked call by call"
  grep -q '"unsupported": {}' "$work/result" || fail "it cannot be configured as some worlds"
}

one_kernel() {
  local series=$1 design=$2 other choice
  # The tampered twin is the design of a kernel that binds processes where this one does not, or does not where it does.
  other=${design%-x86-stable}
  [[ $other != "$design" ]] || other=linux-6.12-x86-stable
  echo "Linux $series, held to $design"

  # It comes up, and says what it is.
  "$pasid" linux boot "$series" >"$work/boot" || fail "$series does not come up"
  head -2 "$work/boot"
  grep -q "^Linux ${series//./\\.}[.-]" "$work/boot" || fail "it does not say that it is Linux $series"

  # What it answers is what its design allows.
  "$pasid" replay --backend "linux:$series" --json "$(smoke "$design")" >"$work/result" || true
  echo "  smoke: $(of passed "$work/result") passed, $(of failed "$work/result") failed," \
    "$(of unknown "$work/result") unknown, $(of skipped "$work/result") skipped"
  (($(of passed "$work/result") >= 15)) || fail "too few tests were run to show anything"
  (($(of unknown "$work/result") == 0)) || fail "what a test shows is unknown"
  (($(of failed "$work/result") == 0)) || {
    grep -A1 '"verdict": "failed"' "$work/result" | grep '"why"'
    fail "the kernel differs from its design"
  }

  all_vectors "$series" "$design"

  # Of every allocation that may fail it is said whether it can be made to, or why not.
  while read -r choice; do
    grep -q "memory.$choice" "$work/boot" || fail "of memory.$choice nothing is said"
  done < <(grep -o 'none_for_[a-z_]*' spec/sorts.hpp)

  # Where the pool is looked into, a number that is hidden is missed.
  if grep -q '^  shows .*owner' "$work/boot"; then
    "$pasid" replay --json "$(smoke "$design")" \
      --backend "process:exec $pasid linux talk $series | sed -u 's/\"1\":true,*//'" >"$work/result" || true
    grep -q 'owner(space1, p2) is -, expected' "$work/result" || fail "a number that is hidden is not missed"
    echo "  the pool: a number that is hidden is missed by $(of failed "$work/result") tests"
  fi

  # Nor do long sequences find a difference, where nobody says from which design: it is the kernel's own.
  fuzz "$series" "$design" 1
  fuzz "$series" "$design" $((RANDOM * 32768 + RANDOM))
  if "$pasid" fuzz --backend "linux:$series" --design "$other" --calls 2000 --out "$work/found.json" >"$work/result"; then
    fail "fuzz finds no difference from another design"
  fi
  # What it found is a test of the other design, and the same every time.
  if "$pasid" replay --backend "linux:$series" --json "$work/found.json" >"$work/result"; then
    fail "it passes tests of a kernel that it is not"
  fi
  [[ $(of failed "$work/result") == 1 ]] || fail "the test of another design did not fail"
}

# A program that is killed leaves no machine behind.
killed() {
  local program machine
  "$pasid" linux boot "$1" >/dev/null &
  program=$!
  within 120 emulator "$program" >/dev/null || fail "no machine was started"
  machine=$(emulator "$program")
  runs "$machine" || fail "the machine does not run"
  kill -KILL "$program"
  wait "$program" 2>/dev/null || true
  # shellcheck disable=SC2317 # called by within
  ended() { ! runs "$machine"; }
  within 5 ended || fail "the machine of a program that was killed goes on"
}

# Who fetches, builds or boots does it alone; the others wait for it.
waits() {
  local program
  exec 9>"$cache/lock"
  flock 9
  "$pasid" linux boot "$1" >"$work/boot" 9>&- &
  program=$!
  ! within 3 emulator "$program" >/dev/null || fail "a machine is started while another program has the cache"
  exec 9>&-
  wait "$program" || fail "it did not go on when the cache was free"
  grep -q '^Linux' "$work/boot" || fail "nothing came up when the cache was free"
}

# An image and its headers, as if they were one's own; and with those of another kernel.
own() {
  local image headers other
  image=$(find "$cache/linux/$1" -maxdepth 2 -name vmlinuz | head -1)
  headers=$(echo "${image%/vmlinuz}"/root/usr/src/linux-headers-*-amd64)
  "$pasid" replay --backend "linux:$image" --headers "$headers" --json "$(smoke "$2")" >"$work/result" ||
    fail "$1 as a kernel of one's own differs from its design"
  (($(of passed "$work/result") >= 15)) || fail "too few tests were run to show anything"
  for other in "$cache/linux/"*/*/root/usr/src/linux-headers-*-amd64; do
    [[ $other != "$headers" ]] || continue
    "$pasid" linux boot "$image" --headers "$other" 2>"$work/said" && fail "it takes another kernel's headers"
    grep -q 'and the image of Linux' "$work/said" || fail "it does not say whose headers these are"
  done
}

while read -r series design; do
  one_kernel "$series" "$design" </dev/null
  twins "$series" "$design" </dev/null
done <"$work/kernels"
read -r series design < <(tail -1 "$work/kernels")
killed "$series"
waits "$series"
[[ $series != 7.3 ]] || {
  own "$series" "$design"
  teardown "$series" "$design"
  not_told_apart "$series"
}

echo "$failures failures"
((failures == 0))
