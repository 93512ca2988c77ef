// Sets described fields from a YAML tree, and collects what is wrong and where values come from.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scenario/fields.h"
#include "scenario/problems.h"
#include "scenario/yaml_tree.h"
#include "zonefall/scenario/source.h"

namespace zonefall::scenario {

/// The top-level `sources:` of a file: short name -> text.
class SourceNames {
 public:
  /// Reads the `sources:` of `root`.
  SourceNames(const YamlNode& root, Problems& problems);
  /// The text that `source: written` stands for. A text without a blank or "://" must be a name.
  std::string resolve(const YamlNode& written, Problems& problems);
  /// Names that nothing used are problems.
  void report_unused(Problems& problems) const;

 private:
  struct Entry {
    std::string_view name;
    Mark at;
    std::string text;
    bool used = false;
  };
  std::vector<Entry> entries_;
};

class FieldReader : public Fields {
 public:
  struct Input {
    const YamlNode& root;  // outlives the reader
    Problems& problems;
    SourceNames& names;
  };
  explicit FieldReader(const Input& input);

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

  /// Sources, by path, of values that the file does not set; otherwise `default_source`.
  void inherit(const std::vector<ValueSource>& sources);
  /// Marks a key of the current mapping as known, for a caller that reads it itself.
  void allow(std::string_view key) { blocks_.back().asked.push_back(key); }
  /// The path of a key of the current mapping.
  [[nodiscard]] std::string path_to(std::string_view key) const;
  /// Where the value of this path stands; where it is absent, what is around it.
  [[nodiscard]] Mark place_of(std::string_view path) const;
  void problem(Mark at, std::string message) { problems_.add(at, std::move(message)); }

  /// Ends the root mapping. One source for each value with evidence, in order of description.
  std::vector<ValueSource> finish();

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
  [[nodiscard]] bool sets_values() const override { return true; }

 private:
  struct Claim {
    std::optional<std::string> source;
    std::optional<Confidence> confidence;
  };
  struct Block {
    const YamlNode* node = nullptr;  // null: absent, every field keeps its value
    std::size_t path_size = 0;
    Claim claim;
    std::vector<std::string_view> asked;
    bool absent_is_reported = false;
    bool overrides = false;  // it or a block around it
  };

  template <typename T, typename Parse>
  void read_list(const Field& field, std::vector<T>& values, std::string_view expected,
                 Parse parse);
  const YamlNode* take(const Field& field);
  const YamlNode* take_scalar(const Field& field, std::string_view expected);
  const YamlNode* unwrap(const Field& field, const YamlNode& node);
  const YamlNode* find(const Field& field);
  static Claim around(const YamlNode& node, Claim outer);
  Claim read_claim(const YamlNode& mapping, Claim around);
  void record(const Field& field, const YamlNode* at, const Claim& claim);
  void record_absent(const Field& field);
  void enter(const YamlNode* node, std::string_view step);
  void report_unknown_keys(const Block& block);
  void wrong(const YamlNode& node, std::string_view key, std::string_view expected);

  Problems& problems_;
  SourceNames& names_;
  std::map<std::string, ValueSource, std::less<>> inherited_;
  std::map<std::string, Mark, std::less<>> places_;
  std::string path_;
  std::vector<Block> blocks_;
  std::vector<const YamlNode*> lists_;
  std::vector<Field> list_fields_;
  std::vector<ValueSource> sources_;
};

}  // namespace zonefall::scenario
