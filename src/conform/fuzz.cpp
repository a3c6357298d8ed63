#include "src/conform/fuzz.hpp"

#include <algorithm>
#include <chrono>

#include "src/conform/shown.hpp"
#include "src/conform/words.hpp"

namespace pasid::conform {
namespace {

using Clock = std::chrono::steady_clock;

/// What the longest sequences are made of succeeds more often than it must: some of it is lost on the way.
constexpr std::uint64_t wanted_percent = 65;

/// A way that takes more calls to look at than this is not worth the time.
constexpr std::size_t longest_way = 100;

bool same(const Answer& a, const Answer& b) {
  return a.kind == b.kind && a.err == b.err && (a.kind != Answer::Kind::ok || a.results == b.results);
}

int rule_of(const Catalogue& catalogue, std::string_view label) { return catalogue.tree().rule_named(label); }

}  // namespace

Fuzz::Fuzz(const Catalogue& catalogue, const std::vector<World>& worlds, Backend& backend, const FuzzOptions& options)
    : catalogue_(catalogue), worlds_(worlds), backend_(backend), options_(options), random_(options.seed),
      drawing_(catalogue, backend.capabilities(), random_), ways_to_(catalogue, worlds), steppers_(worlds.size()),
      left_out_(worlds.size()), outcomes_(catalogue.calls().size()),
      shown_(cells_shown(catalogue, backend.capabilities())), drop_(rule_of(catalogue, "process.drop")),
      recycle_(rule_of(catalogue, "process.recycle")), complete_(rule_of(catalogue, "work.complete")),
      abort_(rule_of(catalogue, "work.abort")) {}

bool Fuzz::try_rule(int rule, std::initializer_list<std::uint8_t> arguments, const World& world,
                    spec::NativeState& state) const {
  if (rule < 0) return false;
  std::array<std::uint8_t, spec::max_params> args{};
  std::ranges::copy(arguments, args.begin());
  spec::NativeState next = state;
  const auto& native = catalogue_.reading().rules[static_cast<std::size_t>(rule)];
  if (native.apply(world.facts, state, next, args.data(), true).kind != lang::Outcome::Kind::done) return false;
  state = next;
  return true;
}

/// Most implementations let an mm go with its last reference, and those with a device of their own finish work at once.
/// Whether this one did the checker would find out; to go that way first saves it the search.
void Fuzz::settle(const World& world, spec::NativeState& state) const {
  const spec::NativeState& now = state;
  const std::uint8_t spaces = world.facts.count[spec::As::index];
  for (std::uint8_t x = 1; x <= world.facts.count[spec::Desc::index]; ++x) {
    const lang::Id<spec::Desc> work{x};
    if (backend_.capabilities().device == Device::asked || now.desc_wq(work) == lang::none ||
        !(now.desc_touched(work) == lang::none))
      continue;
    bool done = false;
    for (std::uint8_t a = 1; a <= spaces && !done; ++a) done = try_rule(complete_, {x, a}, world, state);
    if (!done) try_rule(abort_, {x}, world, state);
  }
  for (std::uint8_t m = 1; m <= spaces; ++m) {
    if (now.mm_at(lang::Id<spec::As>{m}) == spec::Step::release) try_rule(drop_, {m}, world, state);
    if (now.mm_at(lang::Id<spec::As>{m}) == spec::Step::dropped) try_rule(recycle_, {m}, world, state);
  }
}

/// The program failed in a batch. Its calls were chosen before the first of them was answered: one by one, with every
/// answer judged before the next call, is it still wrong?
Fuzz::End Fuzz::repeat() {
  ReplayOptions options;
  options.batch = 1;
  options.checker.max_states = options_.max_states;
  const Verdict v = replay(catalogue_, *world_, calls_, backend_, options);
  over_ = true;
  if (!v.wrong()) {
    ++counts_.not_again;
    return End::fine;
  }
  calls_.resize(v.calls());
  wrong_ = v.what;
  return End::wrong;
}

/// The checker takes all answers it has not judged; from call `from` on they are not what the likely state gives.
Fuzz::End Fuzz::judge(std::size_t from) {
  if (!checker_) {
    checker_.emplace(catalogue_, *world_, CheckerOptions{.max_states = options_.max_states});
    judged_ = 0;
  }
  while (judged_ < calls_.size()) {
    const Answer& answer = answers_[judged_];
    if (answer.kind == Answer::Kind::unsupported) {
      if (backend_.capabilities().exact && checker_->given(calls_[judged_])) return repeat();
      calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(judged_));
      answers_.erase(answers_.begin() + static_cast<std::ptrdiff_t>(judged_));
      continue;
    }
    if (answer.kind == Answer::Kind::failure) return repeat();
    const auto result = checker_->step(calls_[judged_], answer);
    if (result == Checker::Result::disallowed) {
      wrong_ = words(catalogue_, *world_, calls_[judged_]) + ": answers " +
               words(*world_, catalogue_[calls_[judged_].kind], answer);
      calls_.resize(judged_ + 1);
      return End::wrong;
    }
    if (result != Checker::Result::ok) {
      // Asked what has no meaning where the implementation really is, or too much is open: the sequence ends here.
      gave_up_ = gave_up_ || result == Checker::Result::overflow;
      over_ = true;
      calls_.resize(judged_);
      break;
    }
    if (judged_ >= from) {
      ++counts_.calls;
      if (answer.kind == Answer::Kind::ok) ++counts_.succeeded;
      drawing_.count(calls_[judged_].kind, answer.kind == Answer::Kind::ok);
    }
    ++judged_;
  }
  state_ = checker_->states().front();
  counts_.most_states = std::max(counts_.most_states, checker_->most_states());
  return End::fine;
}

/// The next call on the way that is aimed for; without one, or where it has no meaning any more, one that is drawn.
std::optional<Call> Fuzz::next(Stepper& stepper, const spec::NativeState& state, bool succeed) {
  if (!aim_.empty()) {
    const Call call = aim_.front();
    aim_ = aim_.subspan(1);
    ways_.clear();
    if (stepper.ways(state, call, ways_) == Stepper::Meaning::given && !ways_.empty()) return call;
    aim_ = {};
  }
  return drawing_.draw(stepper, state, succeed, ways_);
}

Fuzz::End Fuzz::batch(std::size_t number, std::size_t most) {
  const World& world = worlds_[number];
  Stepper& stepper = *steppers_[number];
  likely_.clear();
  const std::size_t before = calls_.size();
  spec::NativeState state = state_;
  std::uint64_t succeeded = counts_.succeeded;
  while (likely_.size() < most) {
    const bool succeed = succeeded * 100 < (counts_.calls + likely_.size() + 1) * wanted_percent;
    const auto call = next(stepper, state, succeed);
    if (!call) break;
    const Way& way = ways_.front();
    calls_.push_back(*call);
    likely_.push_back({stepper.answer(way, catalogue_[call->kind]), way.guard});
    state = way.after;
    settle(world, state);
    if (way.kind != Answer::Kind::ok) continue;
    ++succeeded;
    if (options_.aims && calls_.size() <= longest_way && drawing_.lags(call->kind) &&
        ways_to_.to(number, call->kind).empty())
      ways_to_.learn(number, calls_);
  }
  over_ = over_ || likely_.empty();
  answers_.resize(calls_.size());
  const auto asked = std::span(calls_).subspan(before);
  const auto answers = std::span(answers_).subspan(before);
  backend_.apply(asked, answers);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (answers[i].kind == Answer::Kind::failure) return repeat();
    if (!same(answers[i], likely_[i].answer)) {
      ++counts_.searched;
      return judge(before + i);
    }
    ++counts_.calls;
    if (answers[i].kind == Answer::Kind::ok) ++counts_.succeeded;
    drawing_.count(asked[i].kind, answers[i].kind == Answer::Kind::ok);
    ++outcomes_[static_cast<std::size_t>(asked[i].kind)][likely_[i].guard];
  }
  state_ = state;
  return End::fine;
}

/// Sets out for the call that lags most among those to which a way is known.
void Fuzz::aim(std::size_t world) {
  aim_ = {};
  double least = options_.aims ? 1 : 0;
  for (const int kind : drawing_.kinds()) {
    const auto way = ways_to_.to(world, kind);
    if (way.empty() || !drawing_.lags(kind) || drawing_.share(kind) >= least) continue;
    least = drawing_.share(kind);
    aim_ = way;
  }
  drawing_.begin(aim_);
}

/// Resets to a world. False: it went wrong.
bool Fuzz::start(std::size_t number) {
  Ready ready = backend_.reset(worlds_[number]);
  if (ready.kind == Ready::Kind::unsupported) {
    left_out_[number] = true;
    calls_.clear();
    ++counts_.unsupported[ready.why];
  }
  if (ready.kind != Ready::Kind::failed) return true;
  // Is it this world, or where the sequence before has led?
  if (world_ != nullptr && !calls_.empty() && repeat() == End::wrong) return false;
  world_ = &worlds_[number];
  calls_.clear();
  wrong_ = "at its reset: " + ready.why;
  return false;
}

Fuzz::End Fuzz::sequence(std::size_t number) {
  const World& world = worlds_[number];
  if (!start(number)) return End::wrong;
  if (left_out_[number]) return End::fine;
  ++counts_.sequences;
  world_ = &world;
  calls_.clear();
  answers_.clear();
  checker_.reset();
  over_ = false;
  state_ = {};
  if (!steppers_[number]) steppers_[number] = std::make_unique<Stepper>(catalogue_, world, true);
  aim(number);
  // What is aimed for comes early, and some of it (a group's first domain) once in a sequence.
  const std::size_t length = 10 + random_() % (aim_.empty() ? options_.longest : options_.longest / 4);
  while (!over_ && calls_.size() < length && (options_.calls == 0 || counts_.calls < options_.calls)) {
    auto most = std::min(options_.batch, length - calls_.size());
    if (options_.calls != 0) most = std::min<std::uint64_t>(most, options_.calls - counts_.calls);
    if (batch(number, most) == End::wrong) return End::wrong;
    if (shown_.empty() || over_) continue;
    const auto view = backend_.observe();
    if (!view && !backend_.failed().empty()) return repeat();
    if (!view || agrees(catalogue_, world, *view, shown_, state_)) continue;
    if (judge(calls_.size()) == End::wrong) return End::wrong;
    const auto result = checker_->look(*view, shown_);
    if (result == Checker::Result::disallowed) {
      wrong_ = "after call " + std::to_string(calls_.size()) + ": what is shown is not the model's";
      return End::wrong;
    }
    if (result != Checker::Result::ok) break;
    state_ = checker_->states().front();
  }
  return backend_.failed().empty() ? End::fine : repeat();
}

std::optional<Found> Fuzz::run(const std::function<bool(const FuzzCounts&)>& going) {
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  std::optional<Found> found;
  for (std::size_t i = 0; !found; ++i) {
    counts_.seconds = elapsed();
    if (options_.calls != 0 ? counts_.calls >= options_.calls : counts_.seconds >= options_.seconds) break;
    // The first world has something of everything, the others each something of their own.
    const std::size_t world = i % 2 == 0 || worlds_.size() == 1 ? 0 : 1 + i / 2 % (worlds_.size() - 1);
    if (std::ranges::find(left_out_, false) == left_out_.end()) break;
    if (left_out_[world]) continue;
    if (sequence(world) == End::wrong) found = Found{world_, calls_, wrong_};
    if (i % 16 == 0 && !going(counts_)) break;
  }
  counts_.seconds = elapsed();
  for (std::size_t k = 0; k < outcomes_.size(); ++k)
    for (const auto& [guard, n] : outcomes_[k])
      counts_.outcomes[{static_cast<int>(k), guard == nullptr ? std::string_view() : guard}] += n;
  return found;
}

}  // namespace pasid::conform
