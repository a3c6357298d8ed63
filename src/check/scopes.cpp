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

std::optional<Sizes::value_type> size_in(std::string_view text) {
  const auto eq = text.find('=');
  if (eq == std::string_view::npos || eq == 0 || text.size() < eq + 2 || text.size() > eq + 3) return std::nullopt;
  int size = 0;
  for (const char c : text.substr(eq + 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    size = 10 * size + (c - '0');
  }
  if (size == 0) return std::nullopt;
  return Sizes::value_type(text.substr(0, eq), size);
}

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

namespace {

/// How many of what; the PASIDs come on top of the RID's, the kernel's own and one.
struct Choice {
  Extent extent;
  int mms, threads, devices, bonds, pasids;
  Others beside;
  Devices hang = Devices::apart;
  Widths widths = Widths::wide;
};

explore::Scope scope_of(const lang::Tree& tree, const spec::NativeFacts& knobs, const Choice& c) {
  const int others = c.beside == Others::none ? 0 : static_cast<int>(other_kinds(knobs).size());
  const Sizes sizes{{"As", c.mms + others},
                    {"Task", c.threads},
                    {"Dev", c.devices},
                    {"Group", c.devices},
                    {"Unit", c.devices},
                    {"Space", 2 * c.devices},
                    {"Wq", c.devices},
                    {"Bond", c.bonds},
                    {"Pasid", (has_kernel_sets(knobs) ? 4 : 2) + c.pasids},
                    {"Desc", 1}};
  return check::scope_of(tree, knobs, sizes, c.widths, c.beside, c.hang);
}

}  // namespace

std::vector<GrowingScope> growing_scopes(const lang::Tree& tree, const spec::NativeFacts& knobs) {
  using enum Extent;
  using enum Others;
  using enum Devices;
  using enum Widths;
  constexpr Choice choices[] = {
      {tiny, 1, 1, 1, 1, 0, none},                     // one process on one device
      {tiny, 1, 1, 1, 1, 0, attached},                 // and the kernel
      {small, 1, 1, 1, 1, 0, attached, apart, any},    // a device without PASIDs
      {small, 2, 1, 1, 2, 1, none},                    // exec
      {small, 1, 1, 2, 2, 1, none},                    // one process on two devices
      {small, 2, 2, 1, 2, 1, none},                    // two processes on one device
      {small, 2, 1, 1, 1, 1, attached},                // a number used again
      {small, 0, 0, 2, 0, 0, alone},                   // the kernel alone on two devices
      {small, 2, 2, 2, 2, 1, none},                    // two processes on two devices
      {small, 1, 1, 2, 1, 0, attached},                // one process and the kernel on two devices
      {medium, 1, 1, 2, 1, 0, attached, anyhow, any},  // a group of two devices
      {medium, 3, 2, 1, 2, 1, none},                   // three processes on one device
      {large, 2, 1, 2, 2, 1, attached},
      {large, 2, 2, 2, 2, 1, none, anyhow},
      {large, 2, 2, 2, 2, 1, attached, anyhow},
  };
  std::vector<GrowingScope> out;
  const bool anybody_else = !other_kinds(knobs).empty();
  for (const Choice& c : choices)
    if (c.mms > 0 || anybody_else) out.push_back({scope_of(tree, knobs, c), c.extent, c.beside});
  return out;
}

explore::Scope scope_of(const lang::Tree& tree, const spec::NativeFacts& knobs, const Sizes& sizes, Widths widths,
                        Others beside, Devices devices) {
  explore::Scope scope;
  Sizes all = default_sizes(knobs);
  for (const auto& [sort, size] : sizes) {
    scope.set(tree, sort, size);
    all[sort] = size;
  }
  for (const auto& [sort, size] : all) scope.set(tree, sort, size);

  auto others = beside == Others::none ? std::vector<Kind>{} : other_kinds(knobs);
  const auto spaces = static_cast<std::size_t>(all["As"]);
  const std::size_t mms = beside == Others::alone ? 0 : 1;
  if (spaces >= mms) others.resize(std::min(others.size(), spaces - mms));
  std::vector<std::uint8_t> kinds(spaces - others.size(), static_cast<std::uint8_t>(Kind::mm));
  for (const Kind k : others) kinds.push_back(static_cast<std::uint8_t>(k));
  scope.pin("kind", kinds);

  scope.pin("rid_pasid", {1});
  scope.pin("ats", {1});
  scope.pin("privileged", {1});
  scope.pin("svm", {1});
  if (widths == Widths::wide) {
    scope.pin("capable", {1});
    std::vector<std::uint8_t> fits;
    for (int d = 0; d < all["Dev"]; ++d)
      for (int p = 1; p <= all["Pasid"]; ++p) fits.push_back(p == 1 ? 0 : 1);
    scope.pin("fits", fits);
  }
  if (devices == Devices::apart) {
    std::vector<std::uint8_t> each;
    for (int d = 1; d <= all["Dev"]; ++d) each.push_back(static_cast<std::uint8_t>(d));
    scope.pin("group_of", each);
    scope.pin("wq_dev", each);
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
  const auto pinned = [&](std::string_view cell) {
    return std::ranges::find(scope.pins, cell, &explore::Pin::cell) != scope.pins.end();
  };
  out += pinned("fits") ? "; every PASID fits every device" : "; devices of any width";
  if (scope.size[static_cast<std::size_t>(explore::entity_sort(tree, "Dev")->index)] > 1)
    out += pinned("wq_dev") ? ", each its own group with a queue of its own" : ", grouped anyhow";
  return out;
}

}  // namespace pasid::check
