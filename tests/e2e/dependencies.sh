#!/usr/bin/env bash
# Dependencies point one way: no file of spec/, proofs/ or src/ includes what its room may not.
# Prints file:line for every include that is not allowed. Needs no build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

read -r -d '' program <<'AWK' || true
function words(table, room, text,    i, n, w) {
  n = split(text, w, " ")
  for (i = 1; i <= n; i++) table[room, w[i]] = 1
}

# The table. A room: the rooms it may include besides itself, then the libraries it may include besides the standard one.
function room(name, rooms, libraries) {
  known[name] = 1
  words(may_include, name, rooms)
  words(may_use, name, libraries)
}
BEGIN {
  room("spec/lang", "", "")
  room("spec", "spec/lang", "")
  room("proofs", "spec spec/lang", "fmt")
  room("src/base", "", "system") # what is of no model: may be used everywhere but in the text of the rules
  room("src/explore", "spec spec/lang src/base", "fmt system")
  room("src/smt", "spec spec/lang src/base", "z3 fmt system")
  room("src/engine", "", "pasid") # <pasid/engine.hpp>, its own header as it is installed
  room("src/io", "spec spec/lang", "toml++ nlohmann fmt system")
  room("src/trace", "spec spec/lang", "nlohmann fmt")
  room("src/check", "spec spec/lang src/base proofs src/explore src/smt src/io src/trace", "nlohmann fmt system")
  room("src/conform", "spec spec/lang src/base src/io src/explore src/smt src/engine src/trace", "pasid nlohmann valijson fmt system")
  room("src/review", "spec spec/lang src/base proofs src/io src/explore src/smt src/trace src/check src/conform", "nlohmann fmt cmark-gfm cmark-gfm-core-extensions libedit system")
  room("src/mutate", "spec spec/lang src/base proofs src/io src/explore src/smt src/trace src/check src/conform src/review", "nlohmann fmt system")
  room("src/jobs", "spec spec/lang src/base proofs src/io src/smt src/trace src/check src/review", "nlohmann fmt system")
  room("src/cli", "spec spec/lang src/base proofs src/explore src/smt src/engine src/io src/trace src/check src/conform src/review src/mutate src/jobs", \
       "CLI nlohmann fmt libedit system")

  # The text of the rules performs no I/O, allocates nothing and throws nothing.
  words(light, "spec", "array bit cerrno compare concepts cstddef cstdint limits span string_view tuple type_traits utility")
  words(light_cpp, "spec", "algorithm numeric")
}

function room_of(path) {
  if (path ~ /^spec\/lang\//) return "spec/lang"
  if (path ~ /^src\//) { match(path, /^src\/[^\/]*/); return substr(path, 1, RLENGTH) }
  match(path, /^[^\/]*/)
  return substr(path, 1, RLENGTH)
}

# The library a header in <...> belongs to; "" for the standard library.
function library_of(header) {
  if (header ~ /^z3(\+\+|_[a-z0-9_]*)?\.h$/) return "z3"
  if (header ~ /^(histedit\.h|editline\/)/) return "libedit"
  if (header ~ /^(assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|tgmath|threads|time|uchar|wchar|wctype)\.h$/) return ""
  if (header ~ /^(sys|linux|asm|asm-generic|net|netinet|arpa)\// || header ~ /^[a-z0-9_]+\.h$/) return "system"
  if (header ~ /\//) { sub(/\/.*/, "", header); return header }
  if (header ~ /[.]/) { sub(/[.].*/, "", header); return header }
  return ""
}

function refuse(why) {
  print FILENAME ":" FNR ": " why
  refused++
}

FNR == 1 { files++ }

/^[ \t]*#[ \t]*include/ {
  includes++
  here = room_of(FILENAME)
  if (!(here in known)) { refuse("room " here " is not in the table of this test"); next }
  target = $0
  sub(/^[ \t]*#[ \t]*include(_next)?[ \t]*/, "", target)
  if (target ~ /^"[^"]*"/) {
    sub(/^"/, "", target)
    sub(/".*/, "", target)
    there = target ~ /(^|\/)\.\.?\// ? "" : room_of(target)
    if (!(there in known)) refuse("\"" target "\" is not a path from the repository's root into a known room; a library's header goes in <>")
    else if (there != here && !((here, there) in may_include)) refuse(here " may not include " there " (" target ")")
  } else if (target ~ /^<[^>]*>/) {
    sub(/^</, "", target)
    sub(/>.*/, "", target)
    library = library_of(target)
    if (target ~ /\// && room_of(target) in known) refuse("write \"" target "\", not <" target ">")
    else if (library != "" && !((here, library) in may_use)) refuse(here " may not include <" target ">")
    else if (here == "spec" && !(("spec", target) in light) && !(FILENAME ~ /\.cpp$/ && ("spec", target) in light_cpp))
      refuse("the text of the rules may not include <" target ">: no I/O, no allocation, no containers")
  } else refuse("an include must name its file: " target)
}

END {
  printf "%d files, %d includes, %d not allowed\n", files, includes, refused
  exit refused > 0
}
AWK

# check TREE: prints the includes not allowed in that directory and a count; fails on any, and when it read no file.
check() (
  cd "$1"
  roots=()
  for d in spec proofs src; do [[ ! -d $d ]] || roots+=("$d"); done
  files=()
  if ((${#roots[@]} > 0)); then
    mapfile -t files < <(find "${roots[@]}" -type f \( -name '*.[ch]' -o -name '*.[chit]pp' -o -name '*.cc' -o -name '*.inc' \) | sort)
  fi
  if ((${#files[@]} == 0)); then
    echo "no source files found: nothing was checked"
    return 1
  fi
  awk "$program" "${files[@]}"
)

# The control: a small tree that is allowed, and the same tree with one forbidden line, which must be found and named.
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
write() { mkdir -p "$(dirname "$tree/$1")" && printf '%s\n' "${@:2}" >"$tree/$1"; }
fresh() {
  rm -rf "${tree:?}"/*
  write spec/lang/tree.hpp '#pragma once' '#include <vector>'
  write spec/rules/sva.hpp '#pragma once' '#include <cerrno>' '' '#include "spec/lang/tree.hpp"'
  write src/smt/solver.cpp '#include <z3++.h>' '' '#include "spec/rules/sva.hpp"'
  write src/explore/search.cpp '#include <vector>' '#include <sys/resource.h>' '' '#include "spec/rules/sva.hpp"'
  write src/cli/main.cpp '#include <CLI/CLI.hpp>' '' '#include "src/smt/solver.hpp"'
}

failures=0
fail() {
  echo "FAIL: $1"
  failures=$((failures + 1))
}

fresh
answer=$(check "$tree") || fail "the control tree is allowed, but was refused: $answer"

# tampered FILE LINE: the line, put in front of that file of the control tree, must be refused as FILE:1.
tampered() {
  fresh
  local rest
  rest=$(cat "$tree/$1" 2>/dev/null || true)
  write "$1" "$2" "$rest"
  if answer=$(check "$tree"); then
    fail "not noticed: $2 in $1"
  elif [[ $answer != *"$1:1: "* ]]; then
    fail "noticed but not named: $2 in $1: $answer"
  fi
}
tampered src/explore/search.cpp '#include "src/smt/solver.hpp"'
tampered src/explore/search.cpp '#include <z3++.h>'
tampered src/explore/search.cpp '#include "proofs/lemmas.hpp"'
tampered src/smt/solver.cpp '  #  include "src/explore/search.hpp"'
tampered src/engine/allocator.cpp '#include "spec/rules/sva.hpp"'
tampered src/engine/allocator.cpp '#include <fmt/format.h>'
tampered src/base/parallel.hpp '#include "spec/lang/tree.hpp"'
tampered spec/lang/tree.hpp '#include "src/base/parallel.hpp"'
tampered src/unknown/new.cpp '#include <vector>'
tampered src/cli/main.cpp '#include "../smt/solver.hpp"'
tampered src/cli/main.cpp '#include "spec/../src/smt/solver.hpp"'
tampered src/cli/main.cpp '#include <src/smt/solver.hpp>'
tampered src/cli/main.cpp '#include "z3++.h"'
tampered src/cli/main.cpp '#include HEADER'
tampered proofs/lemmas.hpp '#include "src/smt/solver.hpp"'
tampered spec/lang/tree.hpp '#include "spec/rules/sva.hpp"'
tampered spec/lang/tree.hpp '#include <nlohmann/json.hpp>'
tampered spec/rules/sva.hpp '#include <vector>'
tampered spec/rules/sva.hpp '#include <iostream>'
tampered spec/rules/sva.hpp '#include <algorithm>'
tampered spec/rules/sva.hpp '#include <stdio.h>'
tampered spec/state.hpp '#include <z3++.h>'
tampered spec/model.cpp '#include <nlohmann/json.hpp>'
tampered spec/model.cpp '#include <string>'

rm -rf "${tree:?}"/*
! answer=$(check "$tree") || fail "a tree without files passes: $answer"

check . || fail "this tree has includes that are not allowed"
((failures == 0))
