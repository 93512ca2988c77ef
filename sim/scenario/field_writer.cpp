#include "scenario/field_writer.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/scalars.h"

namespace zonefall::scenario {
namespace {

constexpr std::size_t indent_step = 2;

bool same_claim(const ValueSource& a, const ValueSource& b) {
  return a.source == b.source && a.confidence == b.confidence;
}

// The path of a value as seen from the block around it; "" for values outside.
std::string_view path_in(std::string_view path, std::string_view block) {
  if (block.empty()) return path;
  const bool is_in = path.starts_with(block) && path.substr(block.size()).starts_with('.');
  return is_in ? path.substr(block.size() + 1) : "";
}

// A value of the block itself, not of a block or list in it.
bool is_directly_in(std::string_view path, std::string_view block) {
  const std::string_view rest = path_in(path, block);
  return !rest.empty() && rest.find_first_of(".[") == std::string_view::npos;
}

}  // namespace

FieldWriter::FieldWriter(const std::vector<ValueSource>& sources) : sources_(sources) {
  enter("", 0, false);
}

std::string FieldWriter::path_to(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

// Ties go to the one that comes first.
const ValueSource* FieldWriter::most_common(std::string_view path) const {
  std::vector<std::pair<const ValueSource*, std::size_t>> counts;
  for (const ValueSource& source : sources_) {
    if (!is_directly_in(source.path, path)) continue;
    const auto found = std::find_if(counts.begin(), counts.end(), [&](const auto& count) {
      return same_claim(*count.first, source);
    });
    if (found == counts.end()) {
      counts.emplace_back(&source, 1);
    } else {
      found->second += 1;
    }
  }
  const auto best =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return best == counts.end() ? nullptr : best->first;
}

bool FieldWriter::has_sources_in(std::string_view block) const {
  return std::any_of(sources_.begin(), sources_.end(), [&](const ValueSource& source) {
    return !path_in(source.path, block).empty();
  });
}

void FieldWriter::line(std::string_view text) {
  std::size_t indent = blocks_.back().indent;
  if (starts_item_) indent -= indent_step;
  out_.append(indent, ' ');
  if (starts_item_) out_ += "- ";
  starts_item_ = false;
  out_ += text;
  out_ += '\n';
}

void FieldWriter::enter(std::string_view step, std::size_t indent, bool is_item) {
  Block block;
  block.path_size = path_.size();
  block.indent = indent;
  if (!blocks_.empty()) {
    block.claim = blocks_.back().claim;
    block.overrides = blocks_.back().overrides;
  }
  path_ += step;
  blocks_.push_back(block);
  const ValueSource* own = is_item ? find_source(sources_, path_) : nullptr;
  const ValueSource* claim = own != nullptr ? own : most_common(path_);
  const ValueSource* around = block.claim;
  if (claim == nullptr || (around != nullptr && same_claim(*claim, *around))) return;
  line(fmt::format("source: {}", yaml_quoted(claim->source)));
  line(fmt::format("confidence: {}", to_text(claim->confidence)));
  blocks_.back().claim = claim;
}

void FieldWriter::value(const Field& field, std::string_view text) {
  const ValueSource* own =
      field.evidence == Evidence::required ? find_source(sources_, path_to(field.key)) : nullptr;
  if (own == nullptr && blocks_.back().overrides) return;
  const ValueSource* around = blocks_.back().claim;
  if (own == nullptr || (around != nullptr && same_claim(*own, *around))) {
    line(fmt::format("{}: {}", field.key, text));
  } else {
    line(fmt::format("{}: {{value: {}, source: {}, confidence: {}}}", field.key, text,
                     yaml_quoted(own->source), to_text(own->confidence)));
  }
}

void FieldWriter::flag(const Field& field, bool& value) {
  this->value(field, value ? "true" : "false");
}
void FieldWriter::duration(const Field& field, Duration& value, const DurationRange& range) {
  this->value(field, duration_text(value, range.words));
}
void FieldWriter::time(const Field& field, SimTime& value, TimeEnds /*ends*/) {
  this->value(field, time_text(value));
}
void FieldWriter::text(const Field& field, std::string& value) {
  if (!value.empty()) this->value(field, yaml_quoted(value));
}
template <typename T, typename ToText>
void FieldWriter::write_list(const Field& field, const std::vector<T>& values, ToText to_text) {
  std::vector<std::string> parts;
  parts.reserve(values.size());
  for (const T& item : values) parts.push_back(to_text(item));
  value(field, fmt::format("[{}]", fmt::join(parts, ", ")));
}
void FieldWriter::texts(const Field& field, std::vector<std::string>& values) {
  write_list(field, values, [](const std::string& text) { return yaml_quoted(text); });
}
void FieldWriter::names(const Field& field, std::vector<dns::Name>& values) {
  write_list(field, values, [](const dns::Name& name) { return yaml_quoted(name.to_text()); });
}
void FieldWriter::addresses(const Field& field, std::vector<dns::Address>& values) {
  write_list(field, values, [](const dns::Address& a) { return yaml_quoted(a.to_text()); });
}
void FieldWriter::counts(const Field& field, std::vector<std::uint16_t>& values,
                         const CountRange& /*range*/) {
  write_list(field, values, [](std::uint16_t count) { return fmt::format("{}", count); });
}
void FieldWriter::rr_type(const Field& field, dns::RRType& value) {
  this->value(field, dns::to_text(value));
}
void FieldWriter::name(const Field& field, dns::Name& value) {
  this->value(field, yaml_quoted(value.to_text()));
}
void FieldWriter::decimal(const Field& field, double& value, const DecimalRange& /*range*/) {
  this->value(field, fmt::format("{}", value));
}
void FieldWriter::share_ppm(const Field& field, std::uint32_t& value) {
  this->value(field, share_text(value));
}
void FieldWriter::integer(const Field& field, std::uint64_t& value, const CountRange& /*range*/) {
  this->value(field, fmt::format("{}", value));
}
void FieldWriter::word_index(const Field& field, std::size_t& index,
                             std::span<const std::string_view> words) {
  value(field, words[index]);
}

void FieldWriter::open(const Field& field, bool overrides) {
  if (!overrides || has_sources_in(path_to(field.key))) line(fmt::format("{}:", field.key));
  const std::string step = path_.empty() ? std::string(field.key) : fmt::format(".{}", field.key);
  enter(step, blocks_.back().indent + indent_step, false);
  blocks_.back().overrides = overrides;
}

void FieldWriter::open_block(const Field& field) {
  open(field, blocks_.back().overrides);
}

void FieldWriter::open_overrides(const Field& field) {
  open(field, true);
}

bool FieldWriter::open_optional_block(const Field& field, bool has_value) {
  if (has_value) open_block(field);
  return has_value;
}

void FieldWriter::close_block() {
  path_.resize(blocks_.back().path_size);
  blocks_.pop_back();
}

std::optional<std::size_t> FieldWriter::open_list(const Field& field, std::size_t size) {
  ZF_ASSERT(!blocks_.back().overrides);  // a list's own source is not kept
  if (size == 0) {
    line(fmt::format("{}: []", field.key));
    return std::nullopt;
  }
  line(fmt::format("{}:", field.key));
  lists_.emplace_back(field.key);
  return size;
}

bool FieldWriter::open_item(std::size_t index) {
  starts_item_ = true;
  const std::string step = fmt::format("{}{}[{}]", path_.empty() ? "" : ".", lists_.back(), index);
  enter(step, blocks_.back().indent + 2 * indent_step, true);
  return true;
}

void FieldWriter::close_list() {
  lists_.pop_back();
}

}  // namespace zonefall::scenario
