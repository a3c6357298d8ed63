#include "src/check/scopes.hpp"

#include <algorithm>

#include "spec/designs.hpp"

namespace pasid::check {
namespace {

using lang::Native;
using spec::Kind;

/// Beside mms, in the order in which they are left out where there is no room.
std::vector<Kind> other_kinds(const spec::NativeFacts& f) {
  std::vector<Kind> out;
  if (spec::has_supervisor<Native>(f)) out.push_back(Kind::init_mm);
  if (spec::has_rid<Native>(f)) out.push_back(Kind::kernel_dma);
  if (spec::has_dma_pasids<Native>(f)) out.push_back(Kind::pass_through);
  if (spec::has_user_chosen<Native>(f)) out.push_back(Kind::user_managed);
  return out;
}

bool has_kernel_sets(const spec::NativeFacts& f) {
  return f.kernel_scheme() == spec::KernelScheme::one_set || f.kernel_scheme() == spec::KernelScheme::per_device_sets;
}

}  // namespace

Sizes default_sizes(const spec::NativeFacts& knobs) {
  return {{"As", 2 + static_cast<int>(other_kinds(knobs).size())},
          {"Task", 2},
          {"Dev", 2},
          {"Group", 2},
          {"Unit", 2},
          {"Space", 4},
          {"Wq", 2},
          {"Pasid", has_kernel_sets(knobs) ? 4 : 3},
          {"Bond", 2},
          {"Desc", 1}};
}

std::vector<explore::Scope> growing_scopes(const lang::Tree& tree, const spec::NativeFacts& knobs) {
  const int others = static_cast<int>(other_kinds(knobs).size());
  const int least_pasids = has_kernel_sets(knobs) ? 4 : 2;
  struct Choice {
    int mms, threads, devices, bonds, pasids;
    Others beside;
    Widths widths = Widths::wide;
  };
  using enum Others;
  const Choice choices[] = {
      {1, 1, 1, 1, 0, none},                   // one process on one device
      {1, 1, 1, 1, 0, attached},               // and the kernel
      {1, 1, 1, 1, 0, attached, Widths::any},  // a device without PASIDs
      {1, 1, 2, 1, 0, attached, Widths::any},  // a group of two devices
      {2, 1, 1, 2, 1, none},                   // exec
      {2, 1, 1, 1, 1, attached},               // a number used again
      {1, 1, 2, 2, 1, none},                   // one process on two devices
      {2, 2, 1, 2, 1, none},                   // two processes on one device
      {2, 2, 2, 2, 1, none},                   // on two
      {2, 1, 2, 2, 1, attached},
      {2, 2, 2, 2, 1, attached},
  };
  std::vector<explore::Scope> out;
  for (const Choice& c : choices) {
    const int beside = c.beside == attached ? others : 0;
    const Sizes sizes{{"As", c.mms + beside},
                      {"Task", c.threads},
                      {"Dev", c.devices},
                      {"Group", c.devices},
                      {"Unit", c.devices},
                      {"Space", 2 * c.devices},
                      {"Wq", c.devices},
                      {"Bond", c.bonds},
                      {"Pasid", least_pasids + c.pasids},
                      {"Desc", 1}};
    out.push_back(scope_of(tree, knobs, sizes, c.widths, c.beside));
  }
  return out;
}

explore::Scope scope_of(const lang::Tree& tree, const spec::NativeFacts& knobs, const Sizes& sizes, Widths widths,
                        Others beside) {
  explore::Scope scope;
  Sizes all = default_sizes(knobs);
  for (const auto& [sort, size] : sizes) {
    scope.set(tree, sort, size);
    all[sort] = size;
  }
  for (const auto& [sort, size] : all) scope.set(tree, sort, size);

  auto others = beside == Others::attached ? other_kinds(knobs) : std::vector<Kind>{};
  const auto spaces = static_cast<std::size_t>(all["As"]);
  if (spaces > 0) others.resize(std::min(others.size(), spaces - 1));
  std::vector<std::uint8_t> kinds(spaces - others.size(), static_cast<std::uint8_t>(Kind::mm));
  for (const Kind k : others) kinds.push_back(static_cast<std::uint8_t>(k));
  scope.pin("kind", kinds);

  scope.pin("rid_pasid", {1});
  scope.pin("ats", {1});
  scope.pin("svm", {1});
  if (widths == Widths::wide) {
    scope.pin("capable", {1});
    std::vector<std::uint8_t> fits;
    for (int d = 0; d < all["Dev"]; ++d)
      for (int p = 1; p <= all["Pasid"]; ++p) fits.push_back(p == 1 ? 0 : 1);
    scope.pin("fits", fits);
  }
  scope.mentioned = {"Pasid"};
  return scope;
}

std::string describe(const lang::Tree& tree, const explore::Scope& scope) {
  std::string out;
  for (const lang::SortInfo* s : explore::entity_sorts(tree)) {
    if (!out.empty()) out += ", ";
    if (explore::only_classifies(tree, s)) out += "up to ";
    out += std::to_string(scope.size[static_cast<std::size_t>(s->index)]) + ' ' + std::string(s->name);
  }
  const bool wide = std::ranges::any_of(scope.pins, [](const explore::Pin& p) { return p.cell == "fits"; });
  out += wide ? "; every PASID fits every device" : "; devices of any width";
  return out;
}

}  // namespace pasid::check
