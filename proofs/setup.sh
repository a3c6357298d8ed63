# shellcheck shell=bash
# What proofs/run, tests/run and .ci/run share: the Debian packages, the configuration and the build. Sourced, not run.
# A set-up that cannot go on says why in one line and exits with 3.

# The one list of packages. make serves a plain `cmake -B build`, whose default generator it is.
packages="g++ cmake ninja-build make git patch ca-certificates libz3-dev libcli11-dev doctest-dev librapidcheck-dev
  nlohmann-json3-dev libtomlplusplus-dev libfmt-dev libbenchmark-dev cvc5 libvalijson-dev libedit-dev libcmark-gfm-dev
  libcmark-gfm-extensions-dev libelf1 procps"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root" || exit 3
PATH=$PATH:/usr/sbin:/sbin # dpkg wants ldconfig, which a bare root shell may not find

say() { printf '%s\n' "$*"; }
stop() {
  printf '%s\n' "$*" >&2
  exit 3
}

# Prints those of the named packages that are not installed.
missing() {
  local installed p list=()
  # dpkg-query fails when it does not know one of the names, and still prints the others.
  installed=$'\n'$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)$'\n' || true
  for p in "$@"; do [[ $installed == *$'\n'"$p installed"$'\n'* ]] || list+=("$p"); done
  printf '%s' "${list[*]-}"
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

apt_get() {
  local limit=$1
  shift
  as_root timeout "$limit" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -qq -y -o DPkg::Lock::Timeout=120 \
    -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@"
}

install_packages() {
  # An update may fail because of a source we do not need. One small package tells whether that is so, before a machine
  # without network waits in vain for each of a hundred.
  apt_get 300 -o APT::Update::Error-Mode=any update ||
    apt_get 120 install --no-install-recommends --download-only "${@: -1}" || return
  apt_get 3600 install --no-install-recommends "$@"
}

# need_packages HEAD PACKAGE...: installs what is missing. HEAD starts the lines printed.
need_packages() {
  local head=$1 want log=build/packages.log
  shift
  want=$(missing "$@")
  if [[ -z $want ]]; then
    say "$head packages: all present"
    return
  fi
  command -v apt-get >/dev/null || stop "$head packages: there is no apt-get here; install the equivalents of these Debian 12 packages: $want"
  if ((EUID != 0)); then
    command -v sudo >/dev/null || stop "$head packages: run this once as root (there is no sudo), or install: $want"
    [[ -t 0 ]] || sudo -n true 2>/dev/null || stop "$head packages: run this once as root (sudo asks for a password), or install: $want"
  fi
  # shellcheck disable=SC2086 # a list of words
  set -- $want
  say "$head packages: installing $# of them, this can take a few minutes"
  mkdir -p build
  install_packages "$@" >"$log" 2>&1 </dev/null || true
  hash -r
  want=$(missing "$@")
  [[ -z $want ]] || stop "$head packages: missing $want; the Debian mirror could not be reached or does not have them (apt's words: $log)"
}

jobs() { nproc 2>/dev/null || echo 2; }

# quietly LOG COMMAND...: its output is shown only where it fails.
quietly() {
  local log=$1
  "${@:2}" >"$log" 2>&1 && return
  # From the first failure on (Ninja still ends what it has begun), without the compiler's longest type names.
  if grep -q '^FAILED:' "$log"; then sed -n '/^FAILED:/,$p' "$log" | head -n 60; else tail -n 40 "$log"; fi |
    cut -c 1-240 >&2
  say "all of it: $log" >&2
  return 1
}

# The build; its progress is shown on a terminal.
compile() {
  local build=(cmake --build build --target "$1" --parallel "$(jobs)")
  if [[ -t 1 ]]; then "${build[@]}"; else quietly build/build.log "${build[@]}"; fi
}

cached() { sed -n "s/^$1:[A-Z]*=//p" build/CMakeCache.txt 2>/dev/null; }

# The build directory is ours, complete and already Release; the build itself notices changed CMake files.
configured() {
  [[ -f build/build.ninja || -f build/Makefile ]] && [[ $(cached CMAKE_BUILD_TYPE) == Release ]] &&
    [[ $(cached CMAKE_HOME_DIRECTORY) -ef $root ]]
}

configure() {
  configured && return
  mkdir -p build
  local how=()
  if [[ -z $(cached CMAKE_GENERATOR) ]]; then
    how=(-G Ninja)
  elif ! [[ $(cached CMAKE_HOME_DIRECTORY) -ef $root ]]; then
    how=(--fresh -G Ninja) # the tree was moved or copied together with its build directory
  fi
  quietly build/configure.log cmake -S . -B build "${how[@]}" -DCMAKE_BUILD_TYPE=Release ||
    stop "[2/3] build: CMake could not configure it"
}

# set_up TARGET: the packages, then the build of that target, in build/.
set_up() {
  # shellcheck disable=SC2086
  need_packages "[1/3]" $packages
  configured || say "[2/3] build: configuring and compiling, a few minutes the first time"
  local start=$SECONDS
  configure
  compile "$1" || stop "[2/3] build: failed"
  say "[2/3] build: done in $((SECONDS - start)) s"
}
