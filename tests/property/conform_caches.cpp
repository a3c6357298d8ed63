// Law: hardware that caches all it can and forgets what the engine's commands name holds, after any calls, what the
// model's does. Its twins lose a command, or send it to the wrong place.
#include <doctest/doctest.h>

#include "src/trace/names.hpp"
#include "tests/support/conform_hardware.hpp"
#include "tests/support/conform_machine.hpp"

using namespace pasid;
using namespace pasid::test;

namespace {

/// The model's hardware does the same: the rules by which caches fill fire wherever they can.
class CachingModel {
 public:
  explicit CachingModel(const conform::World& world) : world_(world) {
    const auto& rules = conform_model().reading.rules;
    for (const std::string_view label : {"iommu.cache_entry", "iommu.walk", "ats.translate", "ats.translate_cached"}) {
      const auto found = std::ranges::find(rules, label, &explore::RunnableRule::label);
      REQUIRE(found != rules.end());
      if (found->only_if(world.facts)) filling_.push_back(static_cast<std::size_t>(found - rules.begin()));
    }
  }

  void fill(spec::NativeState& state) const {
    for (const std::size_t rule : filling_) {
      const auto& params = conform_model().tree.rules[rule].params;
      std::array<std::uint8_t, spec::max_params> args{};
      fill(state, rule, params.size(), 0, args);
    }
  }

  /// What a cell of (device, number, address space) has.
  [[nodiscard]] std::set<Cached> held(const spec::NativeState& state, std::string_view cell) const {
    const lang::CellInfo& info =
        conform_model().tree.cells[static_cast<std::size_t>(conform_model().tree.cell_named(cell))];
    std::set<Cached> out;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&state);
    lang::each_index(world_.facts, info, [&](std::span<const std::uint8_t> index) {
      if (bytes[lang::place(info, index)] != 0) out.insert({index[0], index[1], index[2]});
    });
    return out;
  }

 private:
  void fill(spec::NativeState& state, std::size_t rule, std::size_t n, std::size_t k,
            std::array<std::uint8_t, spec::max_params>& args) const {
    if (k == n) {
      spec::NativeState next = state;
      conform_model().reading.rules[rule].apply(world_.facts, state, next, args.data(), false);
      state = next;
      return;
    }
    const int size = lang::size_of(world_.facts, conform_model().tree.rules[rule].params[k].sort);
    for (int v = 1; v <= size; ++v) {
      args[k] = static_cast<std::uint8_t>(v);
      fill(state, rule, n, k + 1, args);
    }
  }

  const conform::World& world_;
  std::vector<std::size_t> filling_;
};

/// The engine with that hardware.
class CachingBackend : public conform::ReferenceBackend {
 public:
  CachingBackend(const conform::Catalogue& calls, std::shared_ptr<CachingHost> host)
      : ReferenceBackend(calls, host), hardware(std::move(host)) {}
  conform::Ready reset(const conform::World& world) override {
    conform::Ready ready = ReferenceBackend::reset(world);
    hardware->serve(*this, world);
    return ready;
  }
  const std::shared_ptr<CachingHost> hardware;
};

/// One run. Caches fill before each call and after it, in the engine's hardware inside of it too: what is left of those
/// walks, beyond what the model has, was flushed too early or not at all.
class CachingMachine {
 public:
  CachingMachine(const conform::World& w, CachingBackend& b)
      : world_(w), backend_(b), filling_(w), model_(catalogue_of(w), w) {}

  std::string ask(const conform::Call& call) {
    fill();
    const auto expected = model_.foretell(call);
    const Scene& scene = scene_of(world_);
    const conform::CallKind& kind = scene.calls[call.kind];
    conform::Answer answer;
    backend_.apply(std::span(&call, 1), std::span(&answer, 1));
    const std::string asked = words(scene.calls, world_, call) + ": " + words(world_, kind, answer);
    asked_ += asked + "\n";
    if (!expected) return asked + ", which has no meaning where caches are full";
    if (answer.kind != expected->kind || answer.err != expected->err || answer.results != expected->results)
      return asked + ", expected " + words(world_, kind, *expected);
    model_.take(call);
    fill();
    const auto held = backend_.hardware->held();
    for (std::size_t c = 0; c < cells.size(); ++c)
      if (const std::string differs = difference(held[c], filling_.held(model_.state(), cells[c])); !differs.empty())
        return asked + ", and then " + std::string(cells[c]) + " " + differs;
    return {};
  }

  [[nodiscard]] std::string story(const std::string& wrong) const { return asked_ + "topology\n" + wrong; }

 private:
  static constexpr std::array<std::string_view, 3> cells{"pasid_cache", "iotlb", "atc"};

  void fill() {
    spec::NativeState state = model_.state();
    filling_.fill(state);
    model_.reset(state);
    backend_.hardware->fill();
  }

  /// Empty, or what one has and the other has not.
  [[nodiscard]] std::string difference(const std::set<Cached>& hardware, const std::set<Cached>& model) const {
    const trace::Names names(conform_model().tree, world_.facts);
    const auto missing = [&](const std::set<Cached>& in, const std::set<Cached>& from,
                             const char* what) -> std::string {
      for (const Cached& c : in) {
        if (from.contains(c)) continue;
        const auto [d, p, a] = c;
        const auto text = [&names](const lang::SortInfo& sort, std::uint8_t v) {
          return v == conform::foreign ? std::string("what is nobody's") : names(&sort, v);
        };
        return what + text(lang::sort_info<spec::Dev>, d) + ", " + text(lang::sort_info<spec::Pasid>, p) + ", " +
               text(lang::sort_info<spec::As>, a);
      }
      return {};
    };
    std::string out = missing(hardware, model, "still has ");
    return out.empty() ? missing(model, hardware, "lacks ") : out;
  }

  const conform::World& world_;
  CachingBackend& backend_;
  CachingModel filling_;
  conform::Foresight model_;
  std::string asked_;
};

template <class Host>
std::unique_ptr<CachingBackend> with(const conform::Catalogue& calls) {
  return std::make_unique<CachingBackend>(calls, std::make_shared<Host>());
}

/// Hardware that does not hear of one kind of command, or hears something else.
template <class Spoil>
struct Deaf : CachingHost {
  void execute(const engine::Command& command, const engine::Completion& completion) noexcept override {
    engine::Command heard = command;
    if (Spoil{}(heard)) CachingHost::execute(heard, completion);
    else completion.done();
  }
};
template <engine::CommandKind Kind>
struct Loses {
  bool operator()(const engine::Command& c) const { return c.kind != Kind; }
};
struct OtherTag {
  bool operator()(engine::Command& c) const {
    if (c.kind == engine::CommandKind::flush_iotlb) ++c.domain_id;
    return true;
  }
};
struct OtherDevice {
  bool operator()(engine::Command& c) const {
    c.device = engine::Device{1 - static_cast<unsigned>(c.device)};
    return true;
  }
};
/// What should be flushed last comes first.
struct EarlyIotlb : CachingHost {
  void execute(const engine::Command& command, const engine::Completion& completion) noexcept override {
    engine::Command other = command;
    if (command.kind == engine::CommandKind::flush_iotlb) other.kind = engine::CommandKind::flush_pasid_cache;
    if (command.kind == engine::CommandKind::flush_pasid_cache) other.kind = engine::CommandKind::flush_iotlb;
    CachingHost::execute(other, completion);
  }
};

template <class Host>
bool caught() {
  std::string said;
  return !silent_law<CachingMachine>(conform_worlds(), with<Host>, &said) &&
         said.find(" and then ") != std::string::npos;
}

}  // namespace

TEST_CASE("law: caches hold what the model's do, whatever was walked before and inside of any calls") {
  CHECK(machine_law<CachingMachine>(conform_worlds(), with<CachingHost>));
}

TEST_CASE("the law notices hardware that was not told, or told something else, or in another order") {
  using enum engine::CommandKind;
  CHECK(caught<Deaf<Loses<flush_pasid_cache>>>());
  CHECK(caught<Deaf<Loses<flush_iotlb>>>());
  CHECK(caught<Deaf<Loses<flush_dev_tlb>>>());
  CHECK(caught<Deaf<OtherTag>>());
  CHECK(caught<Deaf<OtherDevice>>());
  CHECK(caught<EarlyIotlb>());
}
