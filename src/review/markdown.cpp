#include "src/review/markdown.hpp"

#include <cctype>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <vector>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include "src/trace/markup.hpp"

namespace pasid::review {
namespace {

using Node = cmark_node*;

struct Free {
  void operator()(cmark_parser* p) const { cmark_parser_free(p); }
  void operator()(cmark_node* n) const { cmark_node_free(n); }
  void operator()(cmark_iter* i) const { cmark_iter_free(i); }
  void operator()(char* s) const { std::free(s); }  // NOLINT(cppcoreguidelines-no-malloc): cmark's own
};

/// Every node below and including `root` of one of these types, in the order of the text.
template <class... Types>
std::vector<Node> nodes(Node root, Types... types) {
  std::vector<Node> out;
  const std::unique_ptr<cmark_iter, Free> i(cmark_iter_new(root));
  for (cmark_event_type e = cmark_iter_next(i.get()); e != CMARK_EVENT_DONE; e = cmark_iter_next(i.get()))
    if (Node n = cmark_iter_get_node(i.get()); e == CMARK_EVENT_ENTER && ((cmark_node_get_type(n) == types) || ...))
      out.push_back(n);
  return out;
}

std::string plain(Node root) {
  std::string out;
  for (Node n : nodes(root, CMARK_NODE_TEXT, CMARK_NODE_CODE)) out += cmark_node_get_literal(n);
  return out;
}

/// As GitHub makes them: small letters, digits, '-' and '_', with '-' for a space.
std::string anchor(const std::string& heading) {
  std::string out;
  for (const char c : heading) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) != 0 || c == '-' || c == '_') out += static_cast<char>(std::tolower(u));
    else if (c == ' ') out += '-';
  }
  return out;
}

/// Puts a node around another, which must be allowed there.
void wrap(Node inner, Node outer) {
  if (cmark_node_insert_before(inner, outer) == 0) throw std::logic_error("cmark-gfm: a node that may not be there");
  cmark_node_unlink(inner);
  cmark_node_append_child(outer, inner);
}

Node link_to(const std::string& address) {
  Node out = cmark_node_new(CMARK_NODE_LINK);
  cmark_node_set_url(out, address.c_str());
  return out;
}

Node place(const std::string& id) {
  Node out = cmark_node_new(CMARK_NODE_CUSTOM_BLOCK);
  cmark_node_set_on_enter(out, ("<div id=\"" + trace::markup(id) + "\">").c_str());
  cmark_node_set_on_exit(out, "</div>");
  return out;
}

/// Leaves what is inside a link, without the link.
void unlink_text(Node link) {
  while (Node child = cmark_node_first_child(link)) cmark_node_insert_before(link, child);
  cmark_node_unlink(link);
  cmark_node_free(link);
}

bool in_link(Node n) {
  for (Node p = cmark_node_parent(n); p != nullptr; p = cmark_node_parent(p))
    if (cmark_node_get_type(p) == CMARK_NODE_LINK) return true;
  return false;
}

void resolve(Node document, const MarkdownLinks& links) {
  for (Node n : nodes(document, CMARK_NODE_LINK)) {
    const std::string to = cmark_node_get_url(n);
    if (to.starts_with('#')) continue;
    const std::string address = links.address(to);
    if (address.empty()) unlink_text(n);
    else cmark_node_set_url(n, address.c_str());
  }
  for (Node n : nodes(document, CMARK_NODE_CODE)) {
    const std::string to = in_link(n) ? "" : links.code(cmark_node_get_literal(n));
    if (!to.empty()) wrap(n, link_to(to));
  }
}

}  // namespace

MarkdownPage markdown(std::string_view text, const MarkdownLinks& links) {
  cmark_gfm_core_extensions_ensure_registered();
  cmark_syntax_extension* const tables = cmark_find_syntax_extension("table");
  if (tables == nullptr) throw std::logic_error("cmark-gfm has no tables");
  const std::unique_ptr<cmark_parser, Free> parser(cmark_parser_new(CMARK_OPT_DEFAULT));
  cmark_parser_attach_syntax_extension(parser.get(), tables);
  cmark_parser_feed(parser.get(), text.data(), text.size());
  const std::unique_ptr<cmark_node, Free> document(cmark_parser_finish(parser.get()));

  MarkdownPage out;
  resolve(document.get(), links);
  for (Node n : nodes(document.get(), CMARK_NODE_HEADING)) {
    if (cmark_node_get_heading_level(n) == 1 && out.title.empty()) {
      out.title = plain(n);
      cmark_node_unlink(n);
      cmark_node_free(n);
    } else {
      wrap(n, place(anchor(plain(n))));
    }
  }
  const std::unique_ptr<char, Free> html(
      cmark_render_html(document.get(), CMARK_OPT_DEFAULT, cmark_parser_get_syntax_extensions(parser.get())));
  out.body = html.get();
  return out;
}

}  // namespace pasid::review
