// Describes described fields to editors: a JSON Schema (draft 2020-12) of the files that a
// FieldReader reads.
//
// It refuses unknown and missing keys and values of the wrong form, also yes-or-no values and
// numbers in quotes, which a reader takes. What it cannot say is left to the reader: bounds of
// durations and times, references, what needs a source. Scalars count as YAML 1.2 has them:
// "1_000" and "2026-01-01" are texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "scenario/fields.h"

namespace zonefall::scenario {

/// The description is run over a default value, whose values become the defaults of the schema.
class FieldSchema : public Fields {
 public:
  FieldSchema();

  void flag(const Field& field, bool& value) override;
  void duration(const Field& field, Duration& value, const DurationRange& range) override;
  void time(const Field& field, SimTime& value, TimeEnds ends) override;
  void text(const Field& field, std::string& value) override;
  void texts(const Field& field, std::vector<std::string>& values) override;
  void names(const Field& field, std::vector<dns::Name>& values) override;
  void addresses(const Field& field, std::vector<dns::Address>& values) override;
  void counts(const Field& field, std::vector<std::uint16_t>& values,
              const CountRange& range) override;
  void rr_type(const Field& field, dns::RRType& value) override;
  void name(const Field& field, dns::Name& value) override;
  void decimal(const Field& field, double& value, const DecimalRange& range) override;
  void share_ppm(const Field& field, std::uint32_t& value) override;

  struct Heading {
    std::string_view title;
    std::string_view description;
  };
  /// The schema; call it at the end.
  [[nodiscard]] std::string take(const Heading& heading);

 protected:
  void integer(const Field& field, std::uint64_t& value, const CountRange& range) override;
  void word_index(const Field& field, std::size_t& index,
                  std::span<const std::string_view> words) override;
  void open_block(const Field& field) override;
  bool open_optional_block(const Field& field, bool has_value) override;
  void close_block() override;
  std::optional<std::size_t> open_list(const Field& field, std::size_t size) override;
  bool open_item(std::size_t index) override;
  void close_list() override;
  [[nodiscard]] bool sets_values() const override { return true; }

 private:
  using Json = nlohmann::ordered_json;  // keys in order of description
  enum class Holder : std::uint8_t { block, list };
  struct Mapping {
    Field field;  // that holds it, or a list of such
    Holder holder = Holder::block;
    Json properties = Json::object();
    Json required = Json::array();
  };
  struct Value {
    Json form;                 // what a plain value looks like
    Json default_value = {};   // null: none to speak of
    std::string details = {};  // of the form, for people
  };

  void add(const Field& field, const Value& value);
  void put(const Field& field, Json schema);
  static Json to_json(Mapping mapping);

  std::vector<Mapping> open_;
  Field list_;  // whose items come next
};

}  // namespace zonefall::scenario
