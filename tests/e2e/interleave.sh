#!/usr/bin/env bash
# Calls that are proved to be as if at once, and not without the lock that makes them so; a call that is told apart; the
# others are neither.
set -uo pipefail
source tests/e2e/_checks.sh
few=(--max-states 60)
attach=(interleave linux-7.3 "${few[@]}" --call user.attach --among user.attach)

# An attachment by user space: group->mutex is held from the reservation to the publication. (The README has it among all
# others.)
run 0 'where others do nothing but reset.prepare, user.attach' 'as if at once, completed at user.publish' \
  'attach.program refuses with -ENODEV' -- "${attach[@]}" --among reset.prepare
# Twins: a reset that does not wait for that lock, and an attachment that takes what another has reserved.
run 1 'linux-7.3 without reset_prepare.group-lock' 'told apart by reset.prepare after user.reserve' -- \
  "${attach[@]}" --among reset.prepare --drop reset_prepare.group-lock
run 2 'as if at 3 moments: user.reserve, attach.program, user.publish' -- "${attach[@]}" --drop user_attach.slot-free
# Without a wait for that lock another reservation is refused meanwhile: at once where it completes, and not where it is
# refused itself.
run 2 'as if at once where it completes, at user.reserve' \
  'where attach.program refuses with -ENODEV: as if at 2 moments:' -- "${attach[@]}" --drop user_attach.group-lock
# Others that do something else are in nobody's way.
run 0 'as if at once' -- interleave linux-7.3 "${few[@]}" --call user.attach --among process.create --drop reset_prepare.group-lock

# A bind gives the mm its number at one moment, which threads and LAM can see, and attaches it at another.
run 2 'as if at 2 moments: bind.pasid, bind.publish' 'a refusal of process.enable_lam' -- \
  interleave linux-7.3 "${few[@]}" --call bind --among unbind --among process.enable_lam
# The steps of a teardown come in the design's order: on an SMMU the devices' copies go before the translations.
run 0 -- interleave linux-7.3-smmu "${few[@]}" --call unbind --among process.create
[[ $(sed -n 's/^  \(unbind\.flush_[a-z_]*\)$/\1/p' <<<"$out" | xargs) == \
  'unbind.flush_pasid_cache unbind.flush_dev_tlb unbind.flush_iotlb' ]] || fail "another order: $out"

# An unbind lets go of a dedicated queue's number before it counts the client off.
run 1 'told apart by bind after unbind.drain' 'forgotten(' -- interleave linux-7.3 --max-states 500 --call unbind --among bind

"$PASID" "${attach[@]}" --json >"$work/calls.json"
as_schema 0 pasid_review_v1.schema.json "$work/calls.json"
for twin in 's/"moments"/"moment"/' 's/"never": false/"never": 0/' 's/"obligations": [0-9]*/"obligations": 0/' \
  's/"errno": "ENODEV"/"errno": 19/'; do
  sed "$twin" "$work/calls.json" >"$work/twin.json"
  as_schema 1 pasid_review_v1.schema.json "$work/twin.json"
done
bad "no call 'bin' of several sections" -- interleave linux-7.3 --call bin
bad "no.such" -- interleave linux-7.3 --drop no.such
bad "no call or event 'reset.prepre'" "did you mean 'reset.prepare'?" -- interleave linux-7.3 --among reset.prepre

echo "$checks checks, $failures failed"
((checks == 16 && failures == 0))
