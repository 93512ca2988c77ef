#include "scenario/yaml_tree.h"

#include <algorithm>
#include <exception>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace zonefall::scenario {
namespace {

using Kind = YamlNode::Kind;

Mark to_mark(const YAML::Mark& mark) {
  if (mark.line < 0 || mark.column < 0) return {};
  return {static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1};
}

// Octets of the well-formed UTF-8 character at the start of `text`; 0 if there is none.
std::size_t utf8_size(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = octet(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((octet(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && octet(1) < 0xa0) || (first == 0xf0 && octet(1) < 0x90);
  const bool surrogate = first == 0xed && octet(1) > 0x9f;
  const bool too_large = first == 0xf4 && octet(1) > 0x8f;
  return overlong || surrogate || too_large ? 0 : size;
}

// What the library would misread or report badly. False: do not go on.
bool check_characters(std::string_view text, Problems& problems) {
  Mark at;
  bool in_indentation = true;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = utf8_size(text.substr(i));
    const auto octet = static_cast<unsigned char>(text[i]);
    if (size == 0) {
      problems.add(at, fmt::format("octet 0x{:02x} is not UTF-8", octet));
      return false;
    }
    if (octet == '\t' && in_indentation) {
      problems.add(at, "tab in the indentation; YAML indents with spaces");
      return false;
    }
    if ((octet < 0x20 && octet != '\n' && octet != '\r' && octet != '\t') || octet == 0x7f) {
      problems.add(at, fmt::format("control character 0x{:02x}", octet));
      return false;
    }
    i += size;
    in_indentation = octet == '\n' || (in_indentation && octet == ' ');
    if (octet == '\n') {
      at = {at.line + 1, 1};
    } else {
      at.column += 1;
    }
  }
  return true;
}

// Whether the quoted scalar at the start of `text` ends. (The library takes the end of the file for
// its end.)
bool quotation_ends(std::string_view text) {
  const char quote = text.front();
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 == text.size() || text[i + 1] != quote) return true;
      ++i;
    }
  }
  return false;
}

// Builds the tree from the library's events. Open containers are on a stack of pointers: a parent's
// members do not grow while its last one is open.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, YamlNode& root, Problems& problems)
      : text_(text), root_(root), problems_(problems) {}

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add(Kind::null, mark, "");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    problems_.add(to_mark(mark), "aliases (*name) are not accepted; write the value out");
    add(Kind::null, mark, "");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    const auto position = static_cast<std::size_t>(std::max(mark.pos, 0));
    const char first = position < text_.size() ? text_[position] : ' ';
    if ((first == '"' || first == '\'') && !quotation_ends(text_.substr(position))) {
      problems_.add(to_mark(mark), fmt::format("the {} that opens here is never closed", first));
    }
    add(Kind::scalar, mark, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(Kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(Kind::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode* node;
    bool awaits_value = false;  // of a mapping: its last member has a key only
  };

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor == 0) return;
    problems_.add(to_mark(mark), "anchors (&name) are not accepted; write the value out");
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    problems_.add(to_mark(mark), fmt::format("tags (!{}) are not accepted", in_quotes(tag)));
  }

  void open(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (skipped_depth_ > 0 || stack_.size() >= yaml_depth_max) {
      if (skipped_depth_ == 0) {
        problems_.add(to_mark(mark), fmt::format("nested over {} levels", yaml_depth_max));
        add(Kind::null, mark, "");
      }
      skipped_depth_ += 1;
      return;
    }
    const bool is_key =
        !stack_.empty() && stack_.back().node->kind == Kind::mapping && !stack_.back().awaits_value;
    YamlNode* node = add(kind, mark, "");
    if (node == nullptr || is_key) {
      skipped_depth_ += 1;
    } else {
      stack_.push_back({node});
    }
  }
  void close() {
    if (skipped_depth_ > 0) {
      skipped_depth_ -= 1;
    } else {
      stack_.pop_back();
    }
  }

  // The new value; null if it is not kept.
  YamlNode* add(Kind kind, const YAML::Mark& mark, const std::string& text) {
    if (skipped_depth_ > 0) return nullptr;
    if (++nodes_ > yaml_nodes_max) {
      if (nodes_ == yaml_nodes_max + 1) {
        problems_.add(to_mark(mark), fmt::format("over {} values", yaml_nodes_max));
      }
      return nullptr;
    }
    if (stack_.empty()) {
      root_ = YamlNode{kind, to_mark(mark), text, {}, {}};
      return &root_;
    }
    Open& parent = stack_.back();
    std::vector<YamlMember>& members = parent.node->members;
    if (parent.node->kind == Kind::mapping && !parent.awaits_value) {
      add_key(parent, kind, to_mark(mark), text);
      return &members.back().value;
    }
    if (parent.node->kind == Kind::mapping) {
      parent.awaits_value = false;
      // The library puts an empty value at whatever comes next.
      const Mark at = kind == Kind::null ? members.back().key_at : to_mark(mark);
      members.back().value = YamlNode{kind, at, text, {}, {}};
    } else {
      members.push_back({"", {}, YamlNode{kind, to_mark(mark), text, {}, {}}});
    }
    return &members.back().value;
  }

  void add_key(Open& parent, Kind kind, Mark at, const std::string& text) {
    if (kind != Kind::scalar) problems_.add(at, "a key must be a word");
    const std::vector<YamlMember>& before = parent.node->members;
    const auto first = std::find_if(before.begin(), before.end(),
                                    [&](const YamlMember& member) { return member.key == text; });
    if (kind == Kind::scalar && first != before.end()) {
      problems_.add(at, fmt::format("duplicate key {}; the first is at {}:{}", in_quotes(text),
                                    first->key_at.line, first->key_at.column));
    }
    if (before.size() == yaml_keys_max) {
      problems_.add(at, fmt::format("over {} keys in one mapping", yaml_keys_max));
      nodes_ = yaml_nodes_max + 1;  // keep nothing more
    }
    parent.node->members.push_back({text, at, {}});
    parent.awaits_value = true;
  }

  std::string_view text_;
  YamlNode& root_;
  Problems& problems_;
  std::vector<Open> stack_;
  std::size_t nodes_ = 0;
  std::size_t skipped_depth_ = 0;
};

// Finds a second document without keeping it.
class IgnoreEvents : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { start_ = to_mark(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/,
                       YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}
  [[nodiscard]] Mark start() const { return start_; }

 private:
  Mark start_;
};

void run_parser(std::string_view text, YamlNode& root, Problems& problems) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  TreeBuilder builder(text, root, problems);
  if (!parser.HandleNextDocument(builder)) return;
  IgnoreEvents rest;
  if (parser.HandleNextDocument(rest)) {
    problems.add(rest.start(), "a second document; a file has one");
  }
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const YamlMember& member) { return member.key == key; });
  return kind == Kind::mapping && found != members.end() ? &found->value : nullptr;
}

std::string describe_node(const YamlNode& node) {
  switch (node.kind) {
    case Kind::null: return "an empty value";
    case Kind::scalar: return in_quotes(node.text);
    case Kind::sequence: return "a list";
    case Kind::mapping: return "a mapping";
  }
  return "";
}

YamlNode parse_yaml(std::string_view text, Problems& problems) {
  YamlNode root;
  if (text.size() > yaml_octets_max) {
    problems.add({}, fmt::format("over {} octets", yaml_octets_max));
    return root;
  }
  if (!check_characters(text, problems)) return root;
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  try {
    run_parser(text, root, problems);
  } catch (const YAML::Exception& e) {
    problems.add(to_mark(e.mark), fmt::format("not valid YAML: {}", e.msg));
    return root;
  } catch (const std::exception& e) {
    problems.add({}, fmt::format("not valid YAML: {}", e.what()));
    return root;
  }
  if (problems.any() || root.kind == Kind::mapping) return root;
  if (root.kind == Kind::null) {
    problems.add({}, "the file is empty");
  } else {
    problems.add(root.at, fmt::format("expected keys with values, not {}", describe_node(root)));
  }
  return root;
}

}  // namespace zonefall::scenario
