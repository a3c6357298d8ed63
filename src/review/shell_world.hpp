// The world of a session: one topology of a scope, and what the reviewer says of its facts.
#pragma once

#include <string>
#include <vector>

#include "spec/lang/tree.hpp"
#include "src/check/scopes.hpp"

namespace pasid::review {

class ShellWorld {
 public:
  /// The first topology of the default scope. `tree` must outlive it. Throws std::invalid_argument as set_scope() does.
  ShellWorld(const lang::Tree& tree, const spec::NativeFacts& knobs);

  /// Words in any order: "Task=3" for a size, "any-width" and "only-mms" as `pasid explore` has them; what is not said
  /// is as in the default scope. Takes the first topology. Throws std::invalid_argument, and changes nothing, where a
  /// word is none of these or the scope has no topology.
  void set_scope(const std::vector<std::string>& words);

  /// Takes topology `number`, from 1; then sets facts, one after another: "shared(wq1)=set", "wq_dev(wq2)=dev1".
  /// Throws std::invalid_argument, and changes nothing, where there is no such topology, fact or value, or the facts
  /// do not satisfy the axioms.
  void set_world(std::size_t number, const std::vector<std::string>& assignments);

  /// Takes these facts, of a trace. Throws std::invalid_argument, and changes nothing, where they have other knobs, or
  /// sizes that have no topology.
  void take(const spec::NativeFacts& facts);

  /// The words that set_scope() and set_world() need for this world, each a line to type: "scope …", "world …".
  [[nodiscard]] std::vector<std::string> lines() const;

  [[nodiscard]] const spec::NativeFacts& facts() const { return facts_; }
  [[nodiscard]] const std::vector<spec::NativeFacts>& topologies() const { return topologies_; }
  /// The scope in words.
  [[nodiscard]] std::string scope_text() const { return scope_text_; }

 private:
  struct Chosen {
    std::string text;
    std::vector<spec::NativeFacts> topologies;
  };
  [[nodiscard]] Chosen choose(const std::vector<std::string>& words) const;
  void assign(spec::NativeFacts& facts, const std::string& text) const;
  [[nodiscard]] std::vector<std::string> differences(spec::NativeFacts from) const;

  const lang::Tree* tree_;
  spec::NativeFacts knobs_;
  std::vector<std::string> words_;
  std::string scope_text_;
  std::vector<spec::NativeFacts> topologies_;
  spec::NativeFacts facts_;
};

}  // namespace pasid::review
