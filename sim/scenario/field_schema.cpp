#include "scenario/field_schema.h"

#include <fmt/format.h>

#include "scenario/confidence.h"
#include "scenario/scalars.h"

namespace zonefall::scenario {
namespace {

using Json = nlohmann::ordered_json;

Json reference(std::string_view definition) {
  return {{"$ref", fmt::format("#/$defs/{}", definition)}};
}

Json list_of(Json items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

Json count_form(const CountRange& range) {
  if (range.min == range.max) return {{"const", range.min}};
  // Bounds are for numbers, the pattern is for texts: counts may be grouped.
  return {{"type", {"integer", "string"}},
          {"minimum", range.min},
          {"maximum", range.max},
          {"pattern", "^[0-9]+(_[0-9]+)*$"}};
}

// The forms of scalars.h and of times.
Json definitions() {
  // Numbers, too, can be read as texts.
  const Json any_text = {{"type", {"string", "number", "boolean"}}, {"minLength", 1}};
  const auto pattern = [](std::string_view description, std::string_view regex) {
    return Json{{"description", description}, {"type", "string"}, {"pattern", regex}};
  };
  Json all;
  all["text"] = any_text;
  all["name"] = any_text;
  all["name"]["description"] = "domain name";
  all["address"] = pattern("IPv4 or IPv6 address", "^[0-9A-Fa-f:.]+$");
  all["record_type"] = pattern("record type like NSEC3, or TYPE65534", "^[A-Za-z][A-Za-z0-9-]*$");
  all["duration"] = pattern("number and unit, like 1.5 h; units are d, h, min, s, ms, us, ns",
                            "^[0-9]+([.][0-9]+)? *(d|h|min|s|ms|us|ns)$");
  all["time"] =
      pattern("UTC, like 2026-05-05T19:30Z, 2026-05-05T21:45:14Z or 2026-05-05",
              "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?Z)?$");
  all["percentage"] = pattern("up to 100 %, with at most four decimals, like 0.05 %",
                              "^0*(100([.]0{1,4})?|[0-9]{1,2}([.][0-9]{1,4})?) *%$");
  all["source"] = any_text;
  all["source"]["description"] = "where values come from: a short name of sources, or free text";
  all["confidence"] = {{"description", "how sure values are"},
                       {"enum", Words<confidence_word>::all}};
  all["sources"] = {{"description", "short names with what `source` then says"},
                    {"type", "object"},
                    {"propertyNames", {{"pattern", "^[^ ]+$"}}},
                    {"additionalProperties", {{"type", "string"}, {"pattern", " |://"}}}};
  return all;
}

}  // namespace

FieldSchema::FieldSchema() {
  open_.emplace_back();
  open_.back().properties["sources"] = reference("sources");
}

void FieldSchema::put(const Field& field, Json schema) {
  Mapping& around = open_.back();
  around.properties[std::string(field.key)] = std::move(schema);
  if (field.presence == Presence::required) around.required.push_back(field.key);
}

void FieldSchema::add(const Field& field, const Value& value) {
  Json schema = {{"description", value.details.empty()
                                     ? std::string(field.doc)
                                     : fmt::format("{} ({})", field.doc, value.details)}};
  if (field.evidence == Evidence::none) {
    schema.update(value.form);
  } else {
    Mapping with_source;
    with_source.properties["value"] = value.form;
    with_source.required.push_back("value");
    schema["anyOf"] = {value.form, to_json(std::move(with_source))};
  }
  if (field.presence == Presence::optional && !value.default_value.is_null()) {
    schema["default"] = value.default_value;
  }
  put(field, std::move(schema));
}

void FieldSchema::flag(const Field& field, bool& value) {
  add(field, {{{"type", "boolean"}}, value});
}
void FieldSchema::duration(const Field& field, Duration& value, const DurationRange& range) {
  Json form = reference("duration");
  if (!range.words.empty()) {
    Json choices = Json::array({form});
    for (const DurationWord& word : range.words) {
      Json choice = {{"const", word.word}};
      if (word.value != Duration::max()) choice["description"] = word.value.to_text();
      choices.push_back(std::move(choice));
    }
    form = {{"anyOf", std::move(choices)}};
  }
  add(field, {std::move(form), duration_text(value, range.words), range_text(range)});
}
void FieldSchema::time(const Field& field, SimTime& value, TimeEnds ends) {
  if (ends == TimeEnds::closed) return add(field, {reference("time")});
  const Json words = {{"enum", {always_word, never_word}}};
  add(field, {{{"anyOf", {reference("time"), words}}}, time_text(value)});
}
void FieldSchema::text(const Field& field, std::string& value) {
  add(field, {reference("text"), value.empty() ? Json() : Json(value)});
}
void FieldSchema::texts(const Field& field, std::vector<std::string>& /*values*/) {
  add(field, {list_of(reference("text"))});
}
void FieldSchema::names(const Field& field, std::vector<dns::Name>& /*values*/) {
  add(field, {list_of(reference("name"))});
}
void FieldSchema::addresses(const Field& field, std::vector<dns::Address>& /*values*/) {
  add(field, {list_of(reference("address"))});
}
void FieldSchema::counts(const Field& field, std::vector<std::uint16_t>& values,
                         const CountRange& range) {
  add(field, {list_of(count_form(range)), values, range_text(range)});
}
void FieldSchema::rr_type(const Field& field, dns::RRType& value) {
  add(field, {reference("record_type"), dns::to_text(value)});
}
void FieldSchema::name(const Field& field, dns::Name& value) {
  add(field, {reference("name"), value.to_text()});
}
void FieldSchema::decimal(const Field& field, double& value, const DecimalRange& range) {
  add(field, {{{"type", "number"}, {"minimum", range.min}, {"maximum", range.max}}, value});
}
void FieldSchema::share_ppm(const Field& field, std::uint32_t& value) {
  add(field, {reference("percentage"), share_text(value)});
}
void FieldSchema::integer(const Field& field, std::uint64_t& value, const CountRange& range) {
  add(field, {count_form(range), value, range_text(range)});
}
void FieldSchema::word_index(const Field& field, std::size_t& index,
                             std::span<const std::string_view> words) {
  add(field, {{{"enum", words}}, words[index]});
}

void FieldSchema::open_block(const Field& field) {
  open_.push_back({field});
}
bool FieldSchema::open_optional_block(const Field& field, bool /*has_value*/) {
  open_block(field);
  return true;
}
std::optional<std::size_t> FieldSchema::open_list(const Field& field, std::size_t /*size*/) {
  list_ = field;
  return 1;
}
bool FieldSchema::open_item(std::size_t /*index*/) {
  open_.push_back({list_, Holder::list});
  return true;
}
void FieldSchema::close_list() {}

void FieldSchema::close_block() {
  Mapping closed = std::move(open_.back());
  open_.pop_back();
  const Field field = closed.field;
  const Holder holder = closed.holder;
  Json schema = {{"description", field.doc}};
  if (holder == Holder::block) {
    schema.update(to_json(std::move(closed)));
  } else {
    schema.update(list_of(to_json(std::move(closed))));
    if (field.presence == Presence::required) schema["minItems"] = 1;
  }
  put(field, std::move(schema));
}

// Any mapping may say where its values come from.
FieldSchema::Json FieldSchema::to_json(Mapping mapping) {
  mapping.properties["source"] = reference("source");
  mapping.properties["confidence"] = reference("confidence");
  Json schema = {{"type", "object"},
                 {"properties", std::move(mapping.properties)},
                 {"additionalProperties", false}};
  if (!mapping.required.empty()) schema["required"] = std::move(mapping.required);
  return schema;
}

std::string FieldSchema::take(const Heading& heading) {
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", heading.title},
                 {"description", heading.description}};
  schema.update(to_json(std::move(open_.back())));
  schema["$defs"] = definitions();
  return schema.dump(1) + "\n";
}

}  // namespace zonefall::scenario
