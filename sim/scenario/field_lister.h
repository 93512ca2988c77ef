// Lists described fields for people: a Markdown table of path, form, default and meaning.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "scenario/fields.h"

namespace zonefall::scenario {

/// One row of a reference.
struct FieldRow {
  std::string path;  // list items as "cohorts[]"
  std::string form;
  std::string default_text;  // "" for fields that must be given
  std::string doc;
};

/// The description is run over a default value: it lists the fields of that value's kind.
class FieldLister : public Fields {
 public:
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

  [[nodiscard]] const std::vector<FieldRow>& rows() const { return rows_; }
  /// Without the fields whose path starts with one of `left_out`.
  [[nodiscard]] std::string to_markdown(
      std::initializer_list<std::string_view> left_out = {}) const;

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
  void add(const Field& field, std::string form, std::string default_text);

  std::vector<FieldRow> rows_;
  std::vector<std::string> path_;  // ends of the open blocks
  std::string list_key_;
};

}  // namespace zonefall::scenario
