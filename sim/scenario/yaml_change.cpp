#include "scenario/yaml_change.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace zonefall::scenario {
namespace {

using Kind = YamlNode::Kind;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

struct Step {
  bool is_item = false;  // "[de]", else a key
  std::string_view word;
};

// "a[b.c].d" -> a, [b.c], d
Result<std::vector<Step>> split_path(std::string_view path) {
  std::vector<Step> steps;
  std::string_view rest = path;
  while (!rest.empty()) {
    const bool is_item = rest.front() == '[';
    if (!is_item && !steps.empty()) {
      if (rest.front() != '.') return Error{fmt::format("path {}: expected \".\"", path)};
      rest.remove_prefix(1);
    }
    const std::size_t end = is_item ? rest.find(']') : rest.find_first_of(".[");
    if (is_item && end == std::string_view::npos) {
      return Error{fmt::format("path {}: \"[\" without \"]\"", path)};
    }
    const std::string_view word = is_item ? rest.substr(1, end - 1) : rest.substr(0, end);
    if (word.empty()) return Error{fmt::format("path {}: a step is empty", path)};
    steps.push_back({is_item, word});
    rest.remove_prefix(is_item ? end + 1 : word.size());
  }
  if (steps.empty()) return Error{"the path is empty"};
  return steps;
}

// The value of the first key that says what the item is.
std::string_view item_name(const YamlNode& item) {
  if (item.kind != Kind::mapping) return "";
  for (const YamlMember& member : item.members) {
    if (member.key != "source" && member.key != "confidence") return member.value.text;
  }
  return "";
}

// Domain names are the same with and without their final dot.
std::string_view without_dot(std::string_view name) {
  if (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
  return name;
}

using Members = std::vector<YamlMember>;

Members::iterator find_step(YamlNode& node, const Step& step) {
  Members& members = node.members;
  if (!step.is_item) {
    return std::find_if(members.begin(), members.end(),
                        [&](const YamlMember& member) { return member.key == step.word; });
  }
  std::size_t position = 0;
  const char* end = step.word.data() + step.word.size();
  const auto parsed = std::from_chars(step.word.data(), end, position);
  if (parsed.ec == std::errc() && parsed.ptr == end && position < members.size()) {
    return members.begin() + static_cast<std::ptrdiff_t>(position);
  }
  return std::find_if(members.begin(), members.end(), [&](const YamlMember& member) {
    return without_dot(item_name(member.value)) == without_dot(step.word);
  });
}

Error no_such_step(const YamlNode& node, const Step& step) {
  std::vector<std::string_view> valid;
  for (const YamlMember& member : node.members) {
    valid.push_back(step.is_item ? item_name(member.value) : std::string_view(member.key));
  }
  return Error{unknown_word(step.is_item ? "item" : "key", step.word, valid)};
}

Result<YamlNode> parse_value(std::string_view text) {
  Problems problems("value");
  const YamlNode holder = parse_yaml(fmt::format("value: {}\n", text), problems);
  if (problems.any()) return Error{problems.to_error().message};
  return holder.members.front().value;
}

void mark_changed(YamlNode& node, Mark at, const std::string& by) {
  node.at = at;
  node.changed_by = by;
  for (YamlMember& member : node.members) {
    member.key_at = at;
    mark_changed(member.value, at, by);
  }
}

}  // namespace

Status change_yaml(YamlNode& root, std::string_view change, std::uint32_t number) {
  if (change.find_first_of("\n\r") != std::string_view::npos) return Error{"expected one line"};
  const std::size_t equals = change.find('=');
  if (equals == std::string_view::npos) return Error{"expected \"path = value\""};
  const auto steps = split_path(trimmed(change.substr(0, equals)));
  if (!steps) return steps.error();
  const std::string_view value_text = trimmed(change.substr(equals + 1));
  auto value = parse_value(value_text);
  if (!value) return value.error();

  const Mark at{1, 1, number};
  const std::string by = fmt::format("change: {}", change);
  YamlNode* node = &root;
  for (std::size_t i = 0; i < steps.value().size(); ++i) {
    const Step& step = steps.value()[i];
    const bool is_last = i + 1 == steps.value().size();
    const auto found = find_step(*node, step);
    const bool fits = node->kind == (step.is_item ? Kind::sequence : Kind::mapping);
    const bool missing = found == node->members.end();
    // Blocks of settings may be left out of a file, and are made here; items are not.
    const bool is_before_item = !is_last && steps.value()[i + 1].is_item;
    if (!fits || (missing && (is_before_item || step.is_item || value_text == "~"))) {
      return no_such_step(fits ? *node : YamlNode{}, step);
    }
    if (!is_last && missing) {
      YamlNode block;
      block.kind = Kind::mapping;
      mark_changed(block, at, by);
      node->members.push_back({std::string(step.word), at, std::move(block)});
      node = &node->members.back().value;
    } else if (!is_last) {
      node = &found->value;
    } else if (value_text == "~") {
      node->members.erase(found);
      node->at = at;  // where what is missing now will be missed
    } else {
      mark_changed(value.value(), at, by);
      if (missing) {
        node->members.push_back({std::string(step.word), at, {}});
        node->members.back().value = std::move(value.value());
      } else {
        found->value = std::move(value.value());
      }
    }
  }
  return Done{};
}

}  // namespace zonefall::scenario
