#include "scenario/field_lister.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/scalars.h"

namespace zonefall::scenario {

void FieldLister::add(const Field& field, std::string form, std::string default_text) {
  std::string path;
  for (const std::string& step : path_) path += step + ".";
  if (field.presence == Presence::required) default_text.clear();
  rows_.push_back({path + std::string(field.key), std::move(form), std::move(default_text),
                   std::string(field.doc)});
}

void FieldLister::flag(const Field& field, bool& value) {
  add(field, "yes or no", value ? "true" : "false");
}
void FieldLister::duration(const Field& field, Duration& value, const DurationRange& range) {
  std::string form = "duration";
  for (const DurationWord& word : range.words) {
    form += fmt::format(", `{}`", word.word);
    form += word.value == Duration::max() ? "" : fmt::format(" = {}", word.value.to_text());
  }
  add(field, form, duration_text(value, range.words));
}
void FieldLister::time(const Field& field, SimTime& value, TimeEnds ends) {
  const bool is_open = ends == TimeEnds::open;
  add(field, is_open ? "time (UTC), `always`, `never`" : "time (UTC)",
      is_open ? time_text(value) : "");
}
void FieldLister::text(const Field& field, std::string& value) {
  add(field, "text", value);
}
void FieldLister::texts(const Field& field, std::vector<std::string>& values) {
  add(field, "list of texts", fmt::format("{}", fmt::join(values, ", ")));
}
void FieldLister::names(const Field& field, std::vector<dns::Name>& /*values*/) {
  add(field, "list of domain names", "");
}
void FieldLister::addresses(const Field& field, std::vector<dns::Address>& /*values*/) {
  add(field, "list of IPv4 or IPv6 addresses", "");
}
void FieldLister::counts(const Field& field, std::vector<std::uint16_t>& /*values*/,
                         const CountRange& range) {
  add(field, fmt::format("list of counts, {}", range_text(range)), "");
}
void FieldLister::rr_type(const Field& field, dns::RRType& value) {
  add(field, "record type", dns::to_text(value));
}
void FieldLister::name(const Field& field, dns::Name& value) {
  add(field, "domain name", value.to_text());
}
void FieldLister::decimal(const Field& field, double& value, const DecimalRange& range) {
  add(field, fmt::format("number, {}", range_text(range)), fmt::format("{}", value));
}
void FieldLister::share_ppm(const Field& field, std::uint32_t& value) {
  add(field, "percentage", share_text(value));
}
void FieldLister::integer(const Field& field, std::uint64_t& value, const CountRange& range) {
  add(field, fmt::format("count, {}", range_text(range)), fmt::format("{}", value));
}
void FieldLister::word_index(const Field& field, std::size_t& index,
                             std::span<const std::string_view> words) {
  std::string form;
  for (const std::string_view word : words) {
    form += fmt::format("{}`{}`", form.empty() ? "" : ", ", word);
  }
  add(field, form, std::string(words[index]));
}

void FieldLister::open_block(const Field& field) {
  path_.emplace_back(field.key);
}
bool FieldLister::open_optional_block(const Field& field, bool /*has_value*/) {
  open_block(field);
  return true;
}
void FieldLister::close_block() {
  path_.pop_back();
}
std::optional<std::size_t> FieldLister::open_list(const Field& field, std::size_t /*size*/) {
  list_key_ = fmt::format("{}[]", field.key);
  return 1;
}
bool FieldLister::open_item(std::size_t /*index*/) {
  path_.push_back(list_key_);
  return true;
}
void FieldLister::close_list() {}

std::string FieldLister::to_markdown(std::initializer_list<std::string_view> left_out) const {
  std::string out = "| key | form | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const FieldRow& row : rows_) {
    const bool is_left_out =
        std::any_of(left_out.begin(), left_out.end(),
                    [&](std::string_view prefix) { return row.path.starts_with(prefix); });
    if (is_left_out) continue;
    out += fmt::format("| `{}` | {} | {} | {} |\n", row.path, row.form, row.default_text, row.doc);
  }
  return out;
}

}  // namespace zonefall::scenario
