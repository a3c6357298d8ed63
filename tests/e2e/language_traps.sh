#!/usr/bin/env bash
# Mistakes in the text of a rule that the compiler must catch. Every file of tests/e2e/traps/ has one, marked `// mistake`:
# it must not compile, with an error at that line, and its clean twin (-DCLEAN) must. Needs no build. CXX: the compiler.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

compiler=${CXX:-c++}
command -v "$compiler" >/dev/null || { echo "FAIL: no compiler '$compiler'"; exit 1; }
compile() { "$compiler" -fsyntax-only -std=c++20 -I. "$@" 2>&1; }

# check FILE: says what is wrong with it, nothing if all is right.
check() {
  local line answer
  line=$(grep -n '// mistake' "$1" | cut -d: -f1)
  [[ $line =~ ^[0-9]+$ ]] || { echo "$1: not one line marked // mistake"; return; }
  answer=$(compile -DCLEAN "$1") || { echo "$1: the clean twin does not compile: $answer"; return; }
  if answer=$(compile "$1"); then
    echo "$1: the mistake compiles"
  elif [[ $answer != *"$1:$line:"*error* ]]; then
    echo "$1: refused, but not for line $line: $answer"
  fi
}
export -f check compile
export compiler

files=(tests/e2e/traps/*.cpp)
[[ -f ${files[0]} ]] || { echo "FAIL: no traps found: nothing was checked"; exit 1; }

failures=$(printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c 'check "$1"' check)

# The controls: a trap without its mistake, and one refused for something else, must be noticed.
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
sed 's/^#ifdef CLEAN/#if 1/' tests/e2e/traps/write_fact.cpp >"$tree/harmless.cpp"
[[ $(check "$tree/harmless.cpp") == *"the mistake compiles"* ]] || failures+=$'\n'"a mistake that compiles is not noticed"
sed 's/^#else/#else\nstatic_assert(false);/; s/^[^#]*\/\/ mistake/; \/\/ mistake/' tests/e2e/traps/write_fact.cpp >"$tree/other.cpp"
[[ $(check "$tree/other.cpp") == *"but not for line"* ]] || failures+=$'\n'"an error elsewhere is taken for the mistake's"

if [[ -n $failures ]]; then
  printf 'FAIL: %s\n' "$failures"
  exit 1
fi
echo "${#files[@]} mistakes refused by $compiler, ${#files[@]} clean twins accepted"
