# shellcheck shell=bash
# Replaying console blocks of a Markdown file: runs every command, in order and in one folder, and compares what it
# prints. A line "…" stands for any lines, and … within a line for any text. Lines starting with "> " continue a command.
# Each comparison has its twin: with one line of what is expected changed it must fail.
# Sourced, with the program in $PASID.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/home"
ln -s "$PASID" "$work/bin/pasid"
PATH=$work/bin:$PATH
export XDG_CACHE_HOME=$work/cache
commands=0 failures=0

# same EXPECTED_FILE ACTUAL_FILE: prints the first expected line that does not fit.
same() {
  awk '
    function glob(s) { gsub(/[][\\.*+?(){}|^$]/, "\\\\&", s); gsub(/…/, ".*", s); return "^" s "$" }
    function fits(i, j,   k) {
      if (i > n) return j > m
      if (want[i] == "…") { for (k = j; k <= m + 1; k++) if (fits(i + 1, k)) return 1; return 0 }
      if (i > deepest) deepest = i
      return j <= m && got[j] ~ glob(want[i]) && fits(i + 1, j + 1)
    }
    NR == FNR { want[++n] = $0; next }
    { sub(/ +$/, ""); got[++m] = $0 }
    END { if (!fits(1, 1)) { print want[deepest]; exit 1 } }' "$1" "$2"
}

# fail_block WHAT: what is wrong with the command, and what it printed.
fail_block() {
  failures=$((failures + 1))
  # shellcheck disable=SC2016 # the quotes are the message's
  printf '%s: `%s` %s\n--- printed:\n' "${file##*/}" "${command%%$'\n'*}" "$1"
  head -n 60 "$work/actual"
}

check() {
  [[ -n $command ]] || return 0
  commands=$((commands + 1))
  (cd "$work/home" && bash -c "$command") >"$work/actual" 2>&1 </dev/null
  local code=$?
  if [[ ! -s $work/expected ]]; then # then it must succeed in silence
    ((code == 0)) && [[ ! -s $work/actual ]] || fail_block "ends with $code"
    return
  fi
  local miss
  miss=$(same "$work/expected" "$work/actual") || fail_block "does not print: $miss"
  awk '!changed && $0 != "…" { $0 = "not there: " $0; changed = 1 } { print }' "$work/expected" >"$work/changed"
  ! same "$work/changed" "$work/actual" >/dev/null || fail_block "may print anything"
}

# replay FILE
replay() {
  local inside=0 line file=$1
  command=
  while IFS= read -r line; do
    case $line in
      '```console') inside=1 command= ; : >"$work/expected" ;;
      '```') ((inside)) && check; inside=0 command= ;;
      '$ '*) ((inside)) && { check; command=${line#\$ }; : >"$work/expected"; } ;;
      '> '*) ((inside)) && command+=$'\n'${line#> } ;;
      *) ((inside)) && printf '%s\n' "$line" >>"$work/expected" ;;
    esac
  done <"$1"
}

# chapter N: of the guide
chapter() { awk -v n="$1" '/^## / { inside = index($0, "## " n ". ") == 1 } inside' spec/GUIDE.md; }
