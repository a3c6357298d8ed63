-- The core model for Rumur's symmetry reduction: everything that has no identity is a scalarset, and none is undefined.
-- Sizes are put in where the @s are.
const
  mms: @MMS@;
  tasks: @TASKS@;
  devices: @DEVICES@;
  users: @USERS@;
type
  mm: scalarset(mms);
  task: scalarset(tasks);
  device: scalarset(devices);
  pasid: scalarset(users);
var
  live: array [mm] of boolean;
  mm_pasid: array [mm] of pasid;
  task_mm: array [task] of mm;
  msr: array [task] of pasid;
  bound: array [device] of array [mm] of boolean;
  entry: array [device] of array [pasid] of mm;
  kernel_entry: array [device] of boolean;
  kernel_held: array [device] of boolean;

startstate "nothing" begin
  for m: mm do live[m] := false; undefine mm_pasid[m]; endfor;
  for t: task do undefine task_mm[t]; undefine msr[t]; endfor;
  for d: device do
    for m: mm do bound[d][m] := false; endfor;
    for p: pasid do undefine entry[d][p]; endfor;
    kernel_entry[d] := false;
    kernel_held[d] := false;
  endfor;
endstartstate;

ruleset m: mm do
  rule "create" !live[m] ==> begin live[m] := true; endrule;

  rule "mm_exit" live[m] & forall t: task do isundefined(task_mm[t]) | task_mm[t] != m endforall ==> begin
    for d: device do
      if bound[d][m] then bound[d][m] := false; undefine entry[d][mm_pasid[m]]; endif;
    endfor;
    undefine mm_pasid[m];
    live[m] := false;
  endrule;

  ruleset t: task do
    rule "spawn" isundefined(task_mm[t]) & live[m] ==> begin task_mm[t] := m; undefine msr[t]; endrule;
  endruleset;

  ruleset d: device do
    ruleset p: pasid do
      rule "bind_first"
        live[m] & isundefined(mm_pasid[m]) & !bound[d][m]
          & forall n: mm do isundefined(mm_pasid[n]) | mm_pasid[n] != p endforall
      ==> begin
        mm_pasid[m] := p; entry[d][p] := m; bound[d][m] := true;
      endrule;
    endruleset;

    rule "bind_again" live[m] & !isundefined(mm_pasid[m]) & !bound[d][m] ==> begin
      entry[d][mm_pasid[m]] := m; bound[d][m] := true;
    endrule;

    rule "unbind" bound[d][m] ==> begin
      bound[d][m] := false;
      undefine entry[d][mm_pasid[m]];
      if forall e: device do !bound[e][m] endforall then
        undefine mm_pasid[m];
        for t: task do
          if !isundefined(task_mm[t]) & task_mm[t] = m then undefine msr[t]; endif;
        endfor;
      endif;
    endrule;
  endruleset;
endruleset;

ruleset t: task do
  rule "task_exit" !isundefined(task_mm[t]) ==> begin undefine task_mm[t]; undefine msr[t]; endrule;

  ruleset d: device do
    rule "enqcmd" !isundefined(task_mm[t]) & !isundefined(mm_pasid[task_mm[t]]) ==> begin
      if isundefined(msr[t]) then msr[t] := mm_pasid[task_mm[t]]; endif;
      if !isundefined(entry[d][msr[t]]) & entry[d][msr[t]] != task_mm[t] then error "Isolation"; endif;
    endrule;
  endruleset;
endruleset;

ruleset d: device do
  rule "kernel_attach" !kernel_held[d] ==> begin kernel_held[d] := true; kernel_entry[d] := true; endrule;
  rule "kernel_detach" kernel_held[d] ==> begin kernel_held[d] := false; kernel_entry[d] := false; endrule;
endruleset;

invariant "Unique" forall m: mm do forall n: mm do
  (!isundefined(mm_pasid[m]) & !isundefined(mm_pasid[n]) & mm_pasid[m] = mm_pasid[n]) -> m = n endforall endforall;

invariant "Table" forall d: device do forall p: pasid do
  !isundefined(entry[d][p]) ->
    (!isundefined(mm_pasid[entry[d][p]]) & mm_pasid[entry[d][p]] = p & bound[d][entry[d][p]]) endforall endforall;

invariant "Msr" forall t: task do
  !isundefined(msr[t]) ->
    (!isundefined(task_mm[t]) & !isundefined(mm_pasid[task_mm[t]]) & mm_pasid[task_mm[t]] = msr[t]) endforall;

invariant "Kernel" forall d: device do kernel_entry[d] = kernel_held[d] endforall;
