# shellcheck shell=bash
# Which kernels are tested: those that PASID_KERNELS names; none where it is empty. Sourced, with the program in $pasid.
# Those that are not in the cache are fetched; a test without any is skipped (exit 77). That a module cannot be built, or
# that a kernel does not come up, is no reason.

failures=0
fail() {
  echo "FAIL: $1"
  failures=$((failures + 1))
}

skip() {
  echo "SKIPPED: $1"
  exit 77
}

# have_kernels DEFAULT...: "7.3 linux-7.3" into $work/kernels, for each series that there is.
have_kernels() {
  local series said wanted=${PASID_KERNELS-$*}
  [[ -n $wanted ]] || skip "PASID_KERNELS is empty: no kernel is started"
  for series in $wanted; do
    cached | grep -q "^$series " || said=$("$pasid" linux fetch "$series" 2>&1) || {
      if grep -qE 'cannot be fetched|cannot be had|the archive has no|apt knows no' <<<"$said"; then
        echo "SKIPPED: Linux $series: $said"
      else
        echo "FAIL: Linux $series: $said"
        exit 1
      fi
    }
  done
  cached | grep -E "^(${wanted// /|}) " >"$work/kernels" || skip "none of these kernels can be had: $wanted"
}
cached() {
  "$pasid" linux status --json >"$work/status"
  sed -n '/"name"/{N;N;s/.*"name": "\([^"]*\)",\n *"design": "\([^"]*\)",\n *"kernel": "Linux.*/\1 \2/p}' "$work/status"
}
