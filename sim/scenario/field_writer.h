// Writes described fields as YAML that a FieldReader reads back to equal values and sources.
#pragma once

#include <string>
#include <vector>

#include "scenario/fields.h"
#include "zonefall/scenario/source.h"

namespace zonefall::scenario {

class FieldWriter : public Fields {
 public:
  /// `sources` outlive the writer. Each mapping gets the source that most of its own values have.
  explicit FieldWriter(const std::vector<ValueSource>& sources);

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

  /// The YAML so far; call it at the end.
  [[nodiscard]] std::string take() { return std::move(out_); }

 protected:
  void integer(const Field& field, std::uint64_t& value, const CountRange& range) override;
  void word_index(const Field& field, std::size_t& index,
                  std::span<const std::string_view> words) override;
  void open_block(const Field& field) override;
  void open_overrides(const Field& field) override;
  bool open_optional_block(const Field& field, bool has_value) override;
  void close_block() override;
  std::optional<std::size_t> open_list(const Field& field, std::size_t size) override;
  bool open_item(std::size_t index) override;
  void close_list() override;
  [[nodiscard]] bool sets_values() const override { return false; }

 private:
  struct Block {
    std::size_t path_size = 0;
    std::size_t indent = 0;
    const ValueSource* claim = nullptr;  // what holds for plain values here
    bool overrides = false;              // it or a block around it
  };

  [[nodiscard]] std::string path_to(std::string_view key) const;
  [[nodiscard]] const ValueSource* most_common(std::string_view path) const;
  [[nodiscard]] bool has_sources_in(std::string_view block) const;
  void enter(std::string_view step, std::size_t indent, bool is_item);
  void line(std::string_view text);
  void open(const Field& field, bool overrides);
  template <typename T, typename ToText>
  void write_list(const Field& field, const std::vector<T>& values, ToText to_text);
  void value(const Field& field, std::string_view text);

  const std::vector<ValueSource>& sources_;
  std::string out_;
  std::string path_;
  std::vector<Block> blocks_;
  std::vector<std::string> lists_;
  bool starts_item_ = false;
};

}  // namespace zonefall::scenario
