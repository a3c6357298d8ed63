#include "src/conform/process.hpp"

#include <algorithm>

#include "src/conform/hello.hpp"
#include "src/conform/world_json.hpp"

namespace pasid::conform {
namespace {

/// An answer has few values; a view has at most one for each cell of a world.
constexpr io::JsonDocument::Limits line_limits{Child::max_line, 100'000, 16};

/// What is wrong with a line, and the line.
std::string nonsense(const io::InputError& e, std::string_view line) {
  return std::string(e.what()) + "; it said " + io::in_quotes(line);
}

}  // namespace

Process::Process(std::string command, const ProcessOptions& options)
    : command_(std::move(command)), options_(options), line_bytes_(Hello().line_bytes) {
  start();
  failed_ = no_hello_.empty() ? "it was not reset" : no_hello_;
}

Process::~Process() = default;

void Process::start() {
  child_ = std::make_unique<Child>(command_);
  const auto line = child_->exchange(R"({"op":"hello","protocol":)" + std::to_string(protocol) + "}",
                                     std::max(options_.limit, options_.start_limit));
  no_hello_ = line ? read_hello(*line) : child_->what();
  if (!no_hello_.empty()) child_.reset();
}

std::string Process::read_hello(std::string_view line) {
  try {
    const io::JsonDocument document("its answer to hello", std::string(line), line_limits);
    Hello hello = conform::read_hello(document.root(), options_.model);
    capabilities_ = std::move(hello.has);
    line_bytes_ = hello.line_bytes;
    return {};
  } catch (const io::InputError& e) {
    return nonsense(e, line);
  }
}

std::nullopt_t Process::fail(std::string what) {
  failed_ = std::move(what);
  fresh_.clear();
  child_.reset();
  return std::nullopt;
}

std::optional<io::JsonDocument> Process::ask(std::string_view request) {
  const auto line = child_->exchange(request, options_.limit);
  if (!line) return fail(child_->what());
  try {
    io::JsonDocument answer("its answer", std::string(*line), line_limits);
    if (const auto failure = answer.root().find("failure")) return fail(failure->text());
    return answer;
  } catch (const io::InputError& e) {
    return fail(nonsense(e, *line));
  }
}

Ready Process::reset(const World& world) {
  failed_.clear();
  if (child_ == nullptr) start();
  if (!no_hello_.empty()) {
    fail("it was started again and did not say what it offers: " + no_hello_);
    return {Ready::Kind::failed, failed_};
  }
  wire_ = std::make_unique<Wire>(*catalogue_, world);
  order_.emplace(world);
  std::string request =
      nlohmann::ordered_json{{"op", "reset"}, {"world", world_json(catalogue_->tree(), world)}}.dump();
  if (request == fresh_) return failed().empty() ? Ready{} : Ready{Ready::Kind::failed, failed_};
  fresh_.clear();
  const auto answer = ask(request);
  if (!answer) return {Ready::Kind::failed, failed_};
  const io::Json said = answer->root();
  const bool alone = said.size() == 1;
  if (const auto ok = said.find("ok"); ok && alone && ok->is_true()) {
    fresh_ = std::move(request);
    return {};
  }
  if (const auto cannot = said.find("unsupported"); cannot && alone && cannot->is_string()) {
    failed_ = "it was not reset";
    return {Ready::Kind::unsupported, cannot->text()};
  }
  fail(R"(its answer to reset is neither {"ok":true} nor {"unsupported":"why"}; it said )" +
       io::in_quotes(answer->text()));
  return {Ready::Kind::failed, failed_};
}

std::size_t Process::apply_some(std::span<const Call> calls, std::span<Answer> answers) {
  fresh_.clear();
  request_ = R"({"op":"apply","calls":[)";
  std::size_t n = 0;
  for (; n < std::min(calls.size(), options_.max_batch); ++n) {
    const std::size_t before = request_.size();
    if (n > 0) request_ += ',';
    wire_->append(request_, calls[n]);
    if (n > 0 && request_.size() + 2 > line_bytes_) {
      request_.resize(before);
      break;
    }
  }
  request_ += "]}";
  const auto answer = ask(request_);
  if (!answer) return 0;
  try {
    const auto given = answer->root().only("answers", "the answer to apply").elements();
    if (given.size() != n)
      answer->root().fail("these are " + std::to_string(given.size()) + " answers",
                          std::to_string(n) + ", one for each call");
    for (std::size_t i = 0; i < n; ++i) answers[i] = wire_->read_told_answer((*catalogue_)[calls[i].kind], given[i]);
  } catch (const io::InputError& e) {
    fail(e.what());
    return 0;
  }
  return n;
}

void Process::apply(std::span<const Call> calls, std::span<Answer> answers) {
  std::size_t done = 0;
  while (done < calls.size() && failed_.empty()) done += apply_some(calls.subspan(done), answers.subspan(done));
  for (; done < calls.size(); ++done) answers[done] = {Answer::Kind::failure, 0, {}, failed_};
}

std::string Process::failed() {
  if (failed_.empty())
    if (std::string what = child_->look(); !what.empty()) fail(std::move(what));
  return failed_;
}

void Process::look_at_order(const io::Json& shown) {
  for (const Came& came : wire_->read_order(shown))
    if (std::string wrong = order_->take(came); !wrong.empty()) {
      fail("out of order: " + wrong);
      return;
    }
}

std::optional<View> Process::observe() {
  if (!failed_.empty() || capabilities_.observes.empty()) return std::nullopt;
  const auto answer = ask(R"({"op":"observe"})");
  if (!answer) return std::nullopt;
  try {
    const io::Json& root = answer->root();
    constexpr std::string_view this_one = "the answer to observe";
    const auto order = root.find("order");
    if (order && root.size() == 2) look_at_order(*order);
    if (!failed_.empty()) return std::nullopt;
    return wire_->read_view(order && root.size() == 2 ? root.member("state", this_one) : root.only("state", this_one));
  } catch (const io::InputError& e) {
    return fail(e.what());
  }
}

}  // namespace pasid::conform
