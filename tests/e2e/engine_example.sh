#!/usr/bin/env bash
# The example program of the engine: what it prints, and that its walks and its count of free numbers are checked.
set -euo pipefail
example=${ENGINE_EXAMPLE:-build/src/engine/pasid_engine_example}

# check TEXT: the lines that a reader looks for, in this order.
check() {
  local line rest=$1
  while IFS= read -r line; do
    if [[ $rest != *"$line"* ]]; then
      echo "not found, or not in order: $line"
      return 1
    fi
    rest=${rest#*"$line"}
  done <<'LINES'
guest A, process 1: queue 0 under PASID 1
guest A, process 1: queue 2 under PASID 1
guest A, process 2: queue 1 under PASID 2
guest B, process 2: the dedicated queue is open: EBUSY
#GP, then work under PASID 1
device 0: directory of 16384 entries
   1: 0000000000000049 0000000000000001 0000000001000000
   3: 0000000000000049 0000000000000001 0000000003000000
device 1: directory of 512 entries
device 2, PASID 4: page table at 0x4000000, domain id 1
flush PASID-cache    device 0, PASID 1, domain id 1
flush IOTLB          device 0, PASID 1, domain id 1
flush device TLB     device 0, PASID 1, domain id 1
close: would block
drain work           device 0, PASID 1, domain id 1
drain page requests  device 0, PASID 1, domain id 1
PASID 1 is free
1048575 numbers are free, as at the start
LINES
}

text=$("$example")
check "$text"
! check "${text/flush IOTLB/flush nothing}" >/dev/null || { echo "a missing flush was not noticed"; exit 1; }
! check "${text/EBUSY/ok}" >/dev/null || { echo "a wrong answer was not noticed"; exit 1; }
