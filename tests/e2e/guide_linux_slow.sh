#!/usr/bin/env bash
# Runs the guide's last chapter whole: with the console blocks that start a kernel.
set -uo pipefail
# shellcheck disable=SC2034 # of _kernels.sh
pasid=${PASID:?the program}
mine=${XDG_CACHE_HOME-$HOME/.cache} # where kernels are kept
source tests/e2e/replay.sh
export XDG_CACHE_HOME=$mine
source tests/e2e/_kernels.sh
[[ " ${PASID_KERNELS-7.3} " == *" 7.3 "* ]] || skip "7.3 is not among PASID_KERNELS"
PASID_KERNELS=7.3 have_kernels
ln -s "$PWD/tests" "$work/home"
chapter 5 >"$work/chapter-5.md"
replay "$work/chapter-5.md"
grep -q '^### The real kernel' "$work/chapter-5.md" || fail "the chapter has no kernel"
echo "$commands commands of the chapter, $failures not as printed"
((commands > 0 && failures == 0))
