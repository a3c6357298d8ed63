// The core model: what five model checkers have in common of PASIDs, for comparing their speed with the search's. A
// spec of its own: spec/model.hpp and spec/native.cpp, spec/ast.cpp and src/explore are compiled once more, against the
// headers of this folder in place of those of the same name in spec/.
#pragma once

#include "spec/lang/sort.hpp"

namespace pasid::spec {

using lang::Cell;
using lang::Domain;
using lang::Entity;
using lang::iff;
using lang::implies;
using lang::none;
using lang::Pick;
using lang::PropertyKind;
using lang::Rule;
using lang::Val;

struct Task : Entity<0, "Task", "T", 4> {};
struct Dev : Entity<1, "Dev", "dev", 3> {};
/// The address space of a process.
struct Mm : Entity<2, "Mm", "mm", 3> {};
/// A number that a process may get. The kernel's own is none of them: a device has it or has it not.
struct Pasid : Entity<3, "Pasid", "p", 3> {};

}  // namespace pasid::spec
