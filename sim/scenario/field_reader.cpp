#include "scenario/field_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/confidence.h"
#include "scenario/scalars.h"

namespace zonefall::scenario {
namespace {

using Kind = YamlNode::Kind;

constexpr std::string_view source_key = "source";
constexpr std::string_view confidence_key = "confidence";
constexpr std::string_view value_key = "value";
constexpr auto confidence_words = Words<confidence_word>::all;

// Far from where time arithmetic would overflow.
constexpr SimTime time_min = SimTime::from_unix_s(0);              // 1970
constexpr SimTime time_max = SimTime::from_unix_s(4'102'444'800);  // 2100

// Free text, which no short name can be taken for.
bool is_free_text(std::string_view text) {
  return text.find(' ') != std::string_view::npos || text.find("://") != std::string_view::npos;
}

bool has_text(const YamlNode& node) {
  return node.kind == Kind::scalar && !node.text.empty();
}

}  // namespace

SourceNames::SourceNames(const YamlNode& root, Problems& problems) {
  const YamlNode* sources = root.find("sources");
  if (sources == nullptr) return;
  if (sources->kind != Kind::mapping) {
    problems.add(sources->at, fmt::format("sources: expected short names with texts, not {}",
                                          describe_node(*sources)));
    return;
  }
  for (const YamlMember& member : sources->members) {
    if (member.key.empty() || is_free_text(member.key)) {
      problems.add(member.key_at, fmt::format("the short name {} must be one word, without \"://\"",
                                              in_quotes(member.key)));
    }
    if (!has_text(member.value) || !is_free_text(member.value.text)) {
      problems.add(member.value.at,
                   fmt::format("source {}: expected a URL or a text of several words, not {}",
                               in_quotes(member.key), describe_node(member.value)));
    }
    entries_.push_back({member.key, member.key_at, member.value.text});
  }
}

std::string SourceNames::resolve(const YamlNode& written, Problems& problems) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.name == written.text; });
  if (found != entries_.end()) {
    found->used = true;
    return found->text;
  }
  if (!is_free_text(written.text)) {
    std::vector<std::string_view> names;
    for (const Entry& entry : entries_) names.push_back(entry.name);
    std::string message = unknown_word("source", written.text, names);
    if (names.empty()) message += "; add it to sources:, or write several words";
    problems.add(written.at, message);
  }
  return written.text;
}

void SourceNames::report_unused(Problems& problems) const {
  for (const Entry& entry : entries_) {
    if (!entry.used) {
      problems.add(entry.at, fmt::format("source {} is never used", in_quotes(entry.name)));
    }
  }
}

FieldReader::FieldReader(const Input& input) : problems_(input.problems), names_(input.names) {
  enter(&input.root, "");
}

// ---- finding values, and where they come from ----

void FieldReader::enter(const YamlNode* node, std::string_view step) {
  Block block;
  block.path_size = path_.size();
  if (!blocks_.empty()) {
    block.claim = blocks_.back().claim;
    block.overrides = blocks_.back().overrides;
  }
  block.node = node;
  if (node != nullptr && node->kind != Kind::mapping) {
    wrong(*node, step, "keys with values");
    block.node = nullptr;
    block.absent_is_reported = true;
  }
  if (block.node != nullptr) block.claim = read_claim(*node, around(*node, block.claim));
  path_ += step;
  if (node != nullptr) places_.insert_or_assign(path_, node->at);
  blocks_.push_back(std::move(block));
}

FieldReader::Claim FieldReader::around(const YamlNode& node, Claim outer) {
  if (node.changed_by.empty()) return outer;
  return {node.changed_by, Confidence::assumed};
}

FieldReader::Claim FieldReader::read_claim(const YamlNode& mapping, Claim around) {
  if (const YamlNode* source = mapping.find(source_key)) {
    if (has_text(*source)) {
      around.source = names_.resolve(*source, problems_);
    } else {
      wrong(*source, source_key, "a text or a short name");
    }
  }
  if (const YamlNode* confidence = mapping.find(confidence_key)) {
    const auto word = std::find(confidence_words.begin(), confidence_words.end(), confidence->text);
    if (confidence->kind != Kind::scalar) {
      wrong(*confidence, confidence_key, "a word");
    } else if (word == confidence_words.end()) {
      problems_.add(confidence->at, unknown_word("confidence", confidence->text, confidence_words));
      around.confidence = Confidence::assumed;  // so that this one mistake is reported once
    } else {
      around.confidence = static_cast<Confidence>(word - confidence_words.begin());
    }
  }
  return around;
}

const YamlNode* FieldReader::find(const Field& field) {
  Block& block = blocks_.back();
  block.asked.push_back(field.key);
  const YamlNode* node = block.node == nullptr ? nullptr : block.node->find(field.key);
  if (node != nullptr) places_.insert_or_assign(path_to(field.key), node->at);
  if (node != nullptr && node->kind == Kind::null) {
    problems_.add(node->at, fmt::format("{} has no value", field.key));
    return nullptr;
  }
  const bool missing = node == nullptr && field.presence == Presence::required;
  if (missing && block.node != nullptr) {
    problems_.add(block.node->at, fmt::format("{} is missing: {}", field.key, field.doc));
  } else if (missing && !block.absent_is_reported) {
    problems_.add(blocks_.front().node->at,
                  fmt::format("{}{}{} is missing: {}", path_, path_.empty() ? "" : ".", field.key,
                              field.doc));
  }
  return node;
}

const YamlNode* FieldReader::take(const Field& field) {
  const YamlNode* node = find(field);
  if (field.evidence == Evidence::none) return node;
  if (node == nullptr) {
    record_absent(field);
    return nullptr;
  }
  return unwrap(field, *node);
}

const YamlNode* FieldReader::unwrap(const Field& field, const YamlNode& node) {
  Claim claim = around(node, blocks_.back().claim);
  const YamlNode* value = &node;
  if (node.kind == Kind::mapping) {
    claim = read_claim(node, claim);
    constexpr std::array<std::string_view, 3> keys = {value_key, source_key, confidence_key};
    for (const YamlMember& member : node.members) {
      if (std::find(keys.begin(), keys.end(), member.key) == keys.end()) {
        problems_.add(member.key_at, unknown_word("key", member.key, keys));
      }
    }
    value = node.find(value_key);
    if (value == nullptr) {
      problems_.add(node.at, fmt::format("{}: value is missing", field.key));
    }
  }
  record(field, &node, claim);
  return value;
}

void FieldReader::record(const Field& field, const YamlNode* at, const Claim& claim) {
  const std::string path = path_to(field.key);
  if (!claim.source || !claim.confidence) {
    const std::string_view lacking = claim.source       ? "a confidence"
                                     : claim.confidence ? "a source"
                                                        : "a source and a confidence";
    problems_.add(at->at, fmt::format("{} needs {}: write {{value: ..., source: ..., confidence: "
                                      "...}}, or give them for the block around it",
                                      field.key, lacking));
  }
  sources_.push_back(
      {path, claim.source.value_or(""), claim.confidence.value_or(Confidence::assumed)});
}

void FieldReader::record_absent(const Field& field) {
  if (blocks_.back().overrides) return;
  const std::string path = path_to(field.key);
  const auto found = inherited_.find(path);
  sources_.push_back(found != inherited_.end()
                         ? found->second
                         : ValueSource{path, std::string(default_source), Confidence::assumed});
}

void FieldReader::wrong(const YamlNode& node, std::string_view key, std::string_view expected) {
  problems_.add(node.at,
                fmt::format("{}: expected {}, not {}", key, expected, describe_node(node)));
}

const YamlNode* FieldReader::take_scalar(const Field& field, std::string_view expected) {
  const YamlNode* node = take(field);
  if (node == nullptr || has_text(*node)) return node;
  wrong(*node, field.key, expected);
  return nullptr;
}

Mark FieldReader::place_of(std::string_view path) const {
  for (std::string_view rest = path; !rest.empty();) {
    const auto found = places_.find(rest);
    if (found != places_.end()) return found->second;
    const std::size_t end = rest.find_last_of(".[");
    rest = end == std::string_view::npos ? "" : rest.substr(0, end);
  }
  return places_.at("");
}

void FieldReader::inherit(const std::vector<ValueSource>& sources) {
  for (const ValueSource& source : sources) inherited_.insert_or_assign(source.path, source);
}

std::string FieldReader::path_to(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

// ---- values ----

namespace {

template <typename T>
void set(Problems& problems, const Field& field, const YamlNode& node, Result<T> parsed, T& value) {
  if (parsed) {
    value = std::move(parsed).value();
  } else {
    problems.add(node.at, fmt::format("{}: {}", field.key, parsed.error().message));
  }
}

}  // namespace

void FieldReader::flag(const Field& field, bool& value) {
  if (const YamlNode* node = take_scalar(field, "true or false")) {
    set(problems_, field, *node, parse_flag(node->text), value);
  }
}

void FieldReader::duration(const Field& field, Duration& value, const DurationRange& range) {
  if (const YamlNode* node = take_scalar(field, "a duration like 90 min")) {
    set(problems_, field, *node, parse_duration(node->text, range), value);
  }
}

void FieldReader::time(const Field& field, SimTime& value, TimeEnds ends) {
  const YamlNode* node = take_scalar(field, "a time like 2026-05-05T19:30Z");
  if (node == nullptr) return;
  if (ends == TimeEnds::open && (node->text == always_word || node->text == never_word)) {
    value = node->text == always_word ? SimTime::min() : SimTime::max();
    return;
  }
  auto parsed = SimTime::parse(node->text);
  if (parsed && (parsed.value() < time_min || parsed.value() > time_max)) {
    parsed = Error{
        fmt::format("{} is not from {} to {}", node->text, time_min.to_text(), time_max.to_text())};
  }
  set(problems_, field, *node, std::move(parsed), value);
}

void FieldReader::text(const Field& field, std::string& value) {
  if (const YamlNode* node = take_scalar(field, "a text")) value = node->text;
}

template <typename T, typename Parse>
void FieldReader::read_list(const Field& field, std::vector<T>& values, std::string_view expected,
                            Parse parse) {
  const YamlNode* node = take(field);
  if (node == nullptr) return;
  if (node->kind != Kind::sequence) {
    wrong(*node, field.key, expected);
    return;
  }
  values.clear();
  for (const YamlMember& member : node->members) {
    if (!has_text(member.value)) {
      wrong(member.value, field.key, expected);
      continue;
    }
    T value{};
    set<T>(problems_, field, member.value, parse(member.value.text), value);
    values.push_back(std::move(value));
  }
}

void FieldReader::texts(const Field& field, std::vector<std::string>& values) {
  read_list(field, values, "a list of texts",
            [](const std::string& text) { return Result<std::string>(text); });
}

void FieldReader::names(const Field& field, std::vector<dns::Name>& values) {
  read_list(field, values, "a list of domain names",
            [](const std::string& text) { return dns::Name::parse(text); });
}

void FieldReader::addresses(const Field& field, std::vector<dns::Address>& values) {
  read_list(field, values, "a list of addresses",
            [](const std::string& text) { return dns::Address::parse(text); });
}

void FieldReader::counts(const Field& field, std::vector<std::uint16_t>& values,
                         const CountRange& range) {
  read_list(field, values, "a list of whole numbers",
            [&](const std::string& text) -> Result<std::uint16_t> {
              const auto count = parse_count(text, range);
              if (!count) return count.error();
              return static_cast<std::uint16_t>(count.value());
            });
}

void FieldReader::rr_type(const Field& field, dns::RRType& value) {
  if (const YamlNode* node = take_scalar(field, "a record type like NSEC3")) {
    set(problems_, field, *node, dns::parse_rrtype(node->text), value);
  }
}

void FieldReader::name(const Field& field, dns::Name& value) {
  if (const YamlNode* node = take_scalar(field, "a domain name")) {
    set(problems_, field, *node, dns::Name::parse(node->text), value);
  }
}

void FieldReader::decimal(const Field& field, double& value, const DecimalRange& range) {
  if (const YamlNode* node = take_scalar(field, "a number")) {
    set(problems_, field, *node, parse_decimal(node->text, range), value);
  }
}

void FieldReader::share_ppm(const Field& field, std::uint32_t& value) {
  if (const YamlNode* node = take_scalar(field, "a percentage like 4 %")) {
    set(problems_, field, *node, parse_share_ppm(node->text), value);
  }
}

void FieldReader::integer(const Field& field, std::uint64_t& value, const CountRange& range) {
  if (const YamlNode* node = take_scalar(field, "a whole number")) {
    set(problems_, field, *node, parse_count(node->text, range), value);
  }
}

void FieldReader::word_index(const Field& field, std::size_t& index,
                             std::span<const std::string_view> words) {
  const YamlNode* node = take_scalar(field, fmt::format("one of {}", fmt::join(words, ", ")));
  if (node == nullptr) return;
  const auto found = std::find(words.begin(), words.end(), node->text);
  if (found == words.end()) {
    problems_.add(node->at, unknown_word(field.key, node->text, words));
  } else {
    index = static_cast<std::size_t>(found - words.begin());
  }
}

// ---- blocks and lists ----

void FieldReader::open_block(const Field& field) {
  const YamlNode* node = find(field);
  const bool reported = node == nullptr &&
                        (field.presence == Presence::required || blocks_.back().absent_is_reported);
  const std::string step = path_.empty() ? std::string(field.key) : fmt::format(".{}", field.key);
  enter(node, step);
  if (reported) blocks_.back().absent_is_reported = true;
}

void FieldReader::open_overrides(const Field& field) {
  open_block(field);
  blocks_.back().overrides = true;
}

bool FieldReader::open_optional_block(const Field& field, bool has_value) {
  const YamlNode* node = find(field);
  if (node == nullptr && !has_value) return false;
  enter(node, path_.empty() ? std::string(field.key) : fmt::format(".{}", field.key));
  return true;
}

void FieldReader::close_block() {
  const Block block = std::move(blocks_.back());
  blocks_.pop_back();
  path_.resize(block.path_size);
  report_unknown_keys(block);
}

void FieldReader::report_unknown_keys(const Block& block) {
  if (block.node == nullptr) return;
  std::vector<std::string_view> known = block.asked;
  known.push_back(source_key);
  known.push_back(confidence_key);
  for (const YamlMember& member : block.node->members) {
    if (std::find(known.begin(), known.end(), member.key) == known.end()) {
      problems_.add(member.key_at, unknown_word("key", member.key, known));
    }
  }
}

std::optional<std::size_t> FieldReader::open_list(const Field& field, std::size_t /*size*/) {
  const YamlNode* node = find(field);
  if (node == nullptr) return std::nullopt;
  if (node->kind != Kind::sequence) {
    wrong(*node, field.key, "a list (lines that start with \"- \")");
    return std::nullopt;
  }
  if (node->members.empty() && field.presence == Presence::required) {
    problems_.add(node->at, fmt::format("{} is an empty list: {}", field.key, field.doc));
  }
  lists_.push_back(node);
  list_fields_.push_back(field);
  return node->members.size();
}

bool FieldReader::open_item(std::size_t index) {
  const YamlNode& item = lists_.back()->members[index].value;
  const Field field = list_fields_.back();
  const std::string step = fmt::format("{}{}[{}]", path_.empty() ? "" : ".", field.key, index);
  enter(&item, step);
  if (field.evidence == Evidence::required && blocks_.back().node != nullptr) {
    const Claim& claim = blocks_.back().claim;
    if (!claim.source || !claim.confidence) {
      problems_.add(item.at, fmt::format("each of {} needs a source and a confidence, its own or "
                                         "that of the block around it",
                                         field.key));
    }
    sources_.push_back(
        {path_, claim.source.value_or(""), claim.confidence.value_or(Confidence::assumed)});
  }
  return true;
}

void FieldReader::close_list() {
  lists_.pop_back();
  list_fields_.pop_back();
}

std::vector<ValueSource> FieldReader::finish() {
  ZF_ASSERT(blocks_.size() == 1);
  close_block();
  return std::move(sources_);
}

}  // namespace zonefall::scenario
