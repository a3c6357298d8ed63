#!/usr/bin/env bash
# The engine as a package: installed into a temporary directory, found by another project, linked, run. What it installs
# must not need this repository or any other library; and a version that is not there is refused.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
repository=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log"; echo "FAIL: $*"; exit 1; }; }
launcher=()
! command -v ccache >/dev/null || launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)

quietly cmake -S src/engine -B "$work/build" "${launcher[@]}"
quietly cmake --build "$work/build" --target pasid_engine
quietly cmake --install "$work/build" --prefix "$work/prefix"
! grep -rIl "$repository" "$work/prefix" || { echo "FAIL: what is installed names the repository"; exit 1; }

mkdir "$work/consumer"
cat >"$work/consumer/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
find_package(pasid-engine ${WANTED} REQUIRED)
add_executable(consumer main.cpp)
target_link_libraries(consumer PRIVATE pasid::engine)
CMAKE
cat >"$work/consumer/main.cpp" <<'CPP'
#include <cstdio>
#include <pasid/engine.hpp>
int main() {
  using namespace pasid::engine;
  Config config;
  config.devices = {{.max_pasids = 1024}};
  config.queues = {{.device = Device{0}}};
  Engine engine(config);
  const auto bond = engine.open(engine.create_process().value, Queue{0});
  std::printf("%s, PASID %u\n", name(bond.error).data(), bond.value.pasid());
}
CPP
consumer() { cmake -S "$work/consumer" -B "$work/consumer/build-$1" -DWANTED="$1" -DCMAKE_PREFIX_PATH="$work/prefix" "${launcher[@]}"; }
quietly consumer 0.1
quietly cmake --build "$work/consumer/build-0.1"
answer=$("$work/consumer/build-0.1/consumer")
[[ $answer == "ok, PASID 1" ]] || { echo "FAIL: the consumer printed: $answer"; exit 1; }

# The control: a version of another kind is not found.
! consumer 2.0 >"$work/log" 2>&1 || { echo "FAIL: version 2.0 was found"; exit 1; }
grep -q 'compatible with requested version "2.0"' "$work/log" || { cat "$work/log"; echo "FAIL: refused for another reason"; exit 1; }
