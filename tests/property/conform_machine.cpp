// Law: the engine answers any calls as the model does, and shows what the model has. Its twins, each with a fault that
// a decorator puts in, do not.
#include "tests/support/conform_machine.hpp"

#include <doctest/doctest.h>

using namespace pasid;
using namespace pasid::test;
using conform::Answer;
using conform::Call;

namespace {

std::unique_ptr<conform::Backend> reference(const conform::Catalogue& calls) {
  return std::make_unique<conform::ReferenceBackend>(calls);
}

/// The engine with something wrong about what it answers or shows.
class Tampered : public conform::Backend {
 public:
  using Spoil = std::function<void(const conform::CallKind&, const Call&, Answer&)>;
  using SpoilView = std::function<void(conform::View&)>;
  Tampered(const conform::Catalogue& catalogue, Spoil spoil, SpoilView view)
      : calls_(catalogue), spoil_(std::move(spoil)), view_(std::move(view)) {}
  [[nodiscard]] const conform::Capabilities& capabilities() const override { return inner_->capabilities(); }
  conform::Ready reset(const conform::World& w) override { return inner_->reset(w); }
  void apply(std::span<const Call> calls, std::span<Answer> answers) override {
    inner_->apply(calls, answers);
    for (std::size_t i = 0; i < calls.size(); ++i)
      if (spoil_) spoil_(calls_[calls[i].kind], calls[i], answers[i]);
  }
  std::optional<conform::View> observe() override {
    auto view = inner_->observe();
    if (view && view_) view_(*view);
    return view;
  }

 private:
  const conform::Catalogue& calls_;
  std::unique_ptr<conform::Backend> inner_ = reference(calls_);
  Spoil spoil_;
  SpoilView view_;
};

/// The twin is caught, and the failure says what was expected.
void caught(const char* what, const Tampered::Spoil& spoil, const Tampered::SpoilView& view = nullptr) {
  CAPTURE(what);
  std::string said;
  CHECK_FALSE(silent_law(
      conform_worlds(), [&](const conform::Catalogue& calls) { return std::make_unique<Tampered>(calls, spoil, view); },
      &said));
  CHECK(said.find("topology") != std::string::npos);
}

bool refused(const Answer& a, int err) { return a.kind == Answer::Kind::error && a.err == err; }

}  // namespace

TEST_CASE("there are worlds to test in") {
  CHECK(two_devices().size() > 50);
  CHECK(poor_devices().size() > 50);
}

TEST_CASE("law: the engine answers any calls as the model does, and shows what the model has") {
  CHECK(machine_law(conform_worlds(), reference));
}

TEST_CASE("the law notices a wrong errno") {
  caught("ENOSPC for ENOMEM", [](const auto& kind, const Call&, Answer& a) {
    if (kind.name == "bind" && refused(a, ENOMEM)) a.err = ENOSPC;
  });
}

TEST_CASE("the law notices a guard that is missing") {
  caught("a second process opens a dedicated queue", [](const auto& kind, const Call&, Answer& a) {
    if (kind.name == "bind" && refused(a, EBUSY)) a = Answer{Answer::Kind::ok, 0, {1}, {}};
  });
  caught("a portal for any process", [](const auto& kind, const Call&, Answer& a) {
    if (kind.name == "portal.map" && refused(a, EPERM)) a = {};
  });
}

TEST_CASE("the law notices a number that is not the lowest free one") {
  caught("one more", [](const auto& kind, const Call&, Answer& a) {
    if (kind.name == "bind" && a.kind == Answer::Kind::ok) ++a.results[0];
  });
}

TEST_CASE("the law notices a teardown that does not wait") {
  caught("work in flight, portals mapped", [](const auto& kind, const Call&, Answer& a) {
    if (kind.name == "unbind" && a.kind == Answer::Kind::would_block) a = {};
  });
}

TEST_CASE("the law notices a full queue that takes more") {
  caught("ENQCMD and ENQCMDS where the queue refuses", [](const auto&, const Call&, Answer& a) {
    if (refused(a, EAGAIN)) a = {};
  });
}

TEST_CASE("the law notices what is not shown, or shown too long") {
  const int entry = conform_model().tree.cell_named("entry");
  caught("an entry that was never set", nullptr,
         [entry](conform::View& v) { std::erase_if(v, [&](const conform::Shown& s) { return s.cell == entry; }); });
  caught("an entry that stays", nullptr, [entry, last = conform::View{}](conform::View& v) mutable {
    for (const auto& s : last)
      if (s.cell == entry && std::ranges::find(v, s) == v.end()) v.push_back(s);
    last = v;
  });
}
