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

enum class Operation : std::uint8_t { set, add, remove };

// A change as read, and what marks what it changes.
struct Change {
  std::string_view text;
  Mark at;
  std::vector<Step> steps;
  Operation operation = Operation::set;
  YamlNode value;

  [[nodiscard]] bool is_last(std::size_t step) const { return step + 1 == steps.size(); }
};

Result<Change> parse_change(std::string_view text, std::uint32_t number) {
  if (text.find_first_of("\n\r") != std::string_view::npos) return Error{"expected one line"};
  Change change{text, Mark{1, 1, number}, {}, Operation::set, {}};
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return Error{"expected \"path = value\""};
  std::string_view path = text.substr(0, equals);
  if (path.ends_with('+')) {
    change.operation = Operation::add;
    path.remove_suffix(1);
  }
  auto steps = split_path(trimmed(path));
  if (!steps) return steps.error();
  change.steps = std::move(steps).value();
  const std::string_view value_text = trimmed(text.substr(equals + 1));
  auto value = parse_value(value_text);
  if (!value) return value.error();
  change.value = std::move(value).value();
  if (value_text == "~") {
    if (change.operation == Operation::add) return Error{"there is no item to add"};
    change.operation = Operation::remove;
  }
  return change;
}

YamlNode changed_node(YamlNode node, const Change& change) {
  mark_changed(node, change.at, fmt::format("change: {}", change.text));
  return node;
}

// What stands at the end of the path.
Status change_last(YamlNode& node, Members::iterator found, const Change& change) {
  const bool missing = found == node.members.end();
  if (change.operation == Operation::remove) {
    node.members.erase(found);
    node.at = change.at;  // where what is missing now will be missed
    return Done{};
  }
  if (missing) {
    node.members.push_back({std::string(change.steps.back().word), change.at, {}});
    found = std::prev(node.members.end());
  }
  if (change.operation == Operation::set) {
    found->value = changed_node(change.value, change);
    return Done{};
  }
  YamlNode& list = found->value;
  if (missing || list.kind == Kind::null) {
    list = changed_node({Kind::sequence, {}, {}, {}, {}}, change);
  }
  if (list.kind != Kind::sequence) {
    return Error{fmt::format("{} is no list to add to", describe_node(list))};
  }
  list.members.push_back({"", change.at, changed_node(change.value, change)});
  return Done{};
}

Status change_from(YamlNode& node, const Change& change, std::size_t index);

// "[*]": all items, from the last one on, which may be removed.
Status change_each(YamlNode& list, const Change& change, std::size_t index) {
  if (list.kind != Kind::sequence || list.members.empty()) {
    return Error{"there are no items for [*]"};
  }
  for (std::size_t i = list.members.size(); i-- > 0;) {
    const auto item = list.members.begin() + static_cast<std::ptrdiff_t>(i);
    Status changed = change.is_last(index) ? change_last(list, item, change)
                                           : change_from(item->value, change, index + 1);
    if (!changed) return changed;
  }
  return Done{};
}

Status change_from(YamlNode& node, const Change& change, std::size_t index) {
  const Step& step = change.steps[index];
  if (step.is_item && step.word == "*") return change_each(node, change, index);
  const auto found = find_step(node, step);
  const bool fits = node.kind == (step.is_item ? Kind::sequence : Kind::mapping);
  const bool missing = found == node.members.end();
  const bool is_last = change.is_last(index);
  // Blocks of settings may be left out of a file, and are made here; items are not.
  const bool is_before_item = !is_last && change.steps[index + 1].is_item;
  const bool must_exist = is_before_item || step.is_item || change.operation == Operation::remove;
  if (!fits || (missing && must_exist)) {
    return no_such_step(fits ? node : YamlNode{}, step);
  }
  if (is_last) return change_last(node, found, change);
  if (!missing) return change_from(found->value, change, index + 1);
  YamlNode block;
  block.kind = Kind::mapping;
  node.members.push_back(
      {std::string(step.word), change.at, changed_node(std::move(block), change)});
  return change_from(node.members.back().value, change, index + 1);
}

}  // namespace

Status change_yaml(YamlNode& root, std::string_view text, std::uint32_t number) {
  const auto change = parse_change(text, number);
  if (!change) return change.error();
  return change_from(root, change.value(), 0);
}

}  // namespace zonefall::scenario
