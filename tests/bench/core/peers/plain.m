-- The core model for Rumur, with numbers for everything; 0 is none. Sizes are put in where the @s are.
const
  mms: @MMS@;
  tasks: @TASKS@;
  devices: @DEVICES@;
  users: @USERS@;
type
  mm: 1..mms;
  task: 1..tasks;
  device: 1..devices;
  pasid: 1..users;
  some_mm: 0..mms;
  some_pasid: 0..users;
var
  live: array [mm] of boolean;
  mm_pasid: array [mm] of some_pasid;
  task_mm: array [task] of some_mm;
  msr: array [task] of some_pasid;
  bound: array [device] of array [mm] of boolean;
  entry: array [device] of array [pasid] of some_mm;
  kernel_entry: array [device] of boolean;
  kernel_held: array [device] of boolean;

startstate "nothing" begin
  clear live; clear bound; clear kernel_entry; clear kernel_held;
  for m: mm do mm_pasid[m] := 0; endfor;
  for t: task do task_mm[t] := 0; msr[t] := 0; endfor;
  for d: device do for p: pasid do entry[d][p] := 0; endfor; endfor;
endstartstate;

ruleset m: mm do
  rule "create" !live[m] ==> begin live[m] := true; endrule;

  rule "mm_exit" live[m] & !exists t: task do task_mm[t] = m endexists ==> begin
    for d: device do
      if bound[d][m] then bound[d][m] := false; entry[d][mm_pasid[m]] := 0; endif;
    endfor;
    mm_pasid[m] := 0;
    live[m] := false;
  endrule;

  ruleset t: task do
    rule "spawn" task_mm[t] = 0 & live[m] ==> begin task_mm[t] := m; msr[t] := 0; endrule;
  endruleset;

  ruleset d: device do
    ruleset p: pasid do
      rule "bind_first"
        live[m] & mm_pasid[m] = 0 & !bound[d][m] & !exists n: mm do mm_pasid[n] = p endexists
      ==> begin
        mm_pasid[m] := p; entry[d][p] := m; bound[d][m] := true;
      endrule;
    endruleset;

    rule "bind_again" live[m] & mm_pasid[m] != 0 & !bound[d][m] ==> begin
      entry[d][mm_pasid[m]] := m; bound[d][m] := true;
    endrule;

    rule "unbind" bound[d][m] ==> begin
      bound[d][m] := false;
      entry[d][mm_pasid[m]] := 0;
      if !exists e: device do bound[e][m] endexists then
        mm_pasid[m] := 0;
        for t: task do if task_mm[t] = m then msr[t] := 0; endif; endfor;
      endif;
    endrule;
  endruleset;
endruleset;

ruleset t: task do
  rule "task_exit" task_mm[t] != 0 ==> begin task_mm[t] := 0; msr[t] := 0; endrule;

  ruleset d: device do
    rule "enqcmd" task_mm[t] != 0 & mm_pasid[task_mm[t]] != 0 ==> begin
      if msr[t] = 0 then msr[t] := mm_pasid[task_mm[t]]; endif;
      if entry[d][msr[t]] != 0 & entry[d][msr[t]] != task_mm[t] then error "Isolation"; endif;
    endrule;
  endruleset;
endruleset;

ruleset d: device do
  rule "kernel_attach" !kernel_held[d] ==> begin kernel_held[d] := true; kernel_entry[d] := true; endrule;
  rule "kernel_detach" kernel_held[d] ==> begin kernel_held[d] := false; kernel_entry[d] := false; endrule;
endruleset;

invariant "Unique" forall m: mm do forall n: mm do
  (mm_pasid[m] != 0 & mm_pasid[m] = mm_pasid[n]) -> m = n endforall endforall;

invariant "Table" forall d: device do forall p: pasid do
  entry[d][p] != 0 -> (mm_pasid[entry[d][p]] = p & bound[d][entry[d][p]]) endforall endforall;

invariant "Msr" forall t: task do
  msr[t] != 0 -> (task_mm[t] != 0 & mm_pasid[task_mm[t]] = msr[t]) endforall;

invariant "Kernel" forall d: device do kernel_entry[d] = kernel_held[d] endforall;
