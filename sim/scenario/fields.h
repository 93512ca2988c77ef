// One description of the fields of a structure: reader, writer, reference and schema come from it.
//
// For each structure there is one function `describe(Fields&, Structure&)` that calls a member of
// Fields for each field: its key, what it means, its bounds. A FieldReader sets the fields from
// YAML, a FieldWriter writes them, a FieldLister lists them for people, a FieldSchema for editors.
// So a new field is one line.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/assert.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/address.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/types.h"

namespace zonefall::scenario {

enum class Presence : std::uint8_t { optional, required };

/// Whether a value must say where it comes from. Names, titles and choices of the run need not.
enum class Evidence : std::uint8_t { none, required };

struct Field {
  std::string_view key;
  std::string_view doc;
  Presence presence = Presence::optional;
  Evidence evidence = Evidence::required;
};

/// Fields whose value is a fact about the world: may be left out / must be given.
constexpr Field fact(std::string_view key, std::string_view doc) {
  return {key, doc};
}
constexpr Field required_fact(std::string_view key, std::string_view doc) {
  return {key, doc, Presence::required};
}
/// Fields whose value is chosen, not known: names, seeds, texts.
constexpr Field choice(std::string_view key, std::string_view doc) {
  return {key, doc, Presence::optional, Evidence::none};
}
constexpr Field required_choice(std::string_view key, std::string_view doc) {
  return {key, doc, Presence::required, Evidence::none};
}

/// The words of an enumeration in order, from a function of one `switch` without `default` that
/// gives "" after the last enumerator: the compiler then finds a word that is missing.
template <typename Enum>
Enum enum_of(std::string_view (*word_of)(Enum));
template <auto word_of>
struct Words {
  using Enum = decltype(enum_of(word_of));
  static constexpr std::size_t count() {
    std::size_t n = 0;
    while (!word_of(static_cast<Enum>(n)).empty()) ++n;
    return n;
  }
  static constexpr std::array<std::string_view, count()> make() {
    std::array<std::string_view, count()> words{};
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = word_of(static_cast<Enum>(i));
    return words;
  }
  static constexpr std::array<std::string_view, count()> all = make();
};

/// A word that stands for one duration, such as "off" for zero.
struct DurationWord {
  std::string_view word;
  Duration value;
};

struct DurationRange {
  Duration min = Duration::seconds(0);
  Duration max = Duration::days(3650);
  std::span<const DurationWord> words = {};  // may lie outside
};

struct CountRange {
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::uint32_t>::max();
  std::string_view unit = {};  // for people: "octets"
};

enum class TimeEnds : std::uint8_t { closed, open };

struct DecimalRange {
  double min = 0;
  double max = 1e9;
};

class Fields {
 public:
  Fields() = default;
  Fields(const Fields&) = delete;
  Fields(Fields&&) = delete;
  Fields& operator=(const Fields&) = delete;
  Fields& operator=(Fields&&) = delete;
  virtual ~Fields() = default;

  virtual void flag(const Field& field, bool& value) = 0;
  virtual void duration(const Field& field, Duration& value, const DurationRange& range) = 0;
  /// With TimeEnds::open also "always" (SimTime::min()) and "never" (SimTime::max()).
  virtual void time(const Field& field, SimTime& value, TimeEnds ends = TimeEnds::closed) = 0;
  virtual void text(const Field& field, std::string& value) = 0;
  virtual void texts(const Field& field, std::vector<std::string>& values) = 0;
  virtual void names(const Field& field, std::vector<dns::Name>& values) = 0;
  virtual void addresses(const Field& field, std::vector<dns::Address>& values) = 0;
  virtual void counts(const Field& field, std::vector<std::uint16_t>& values,
                      const CountRange& range) = 0;
  virtual void rr_type(const Field& field, dns::RRType& value) = 0;
  virtual void name(const Field& field, dns::Name& value) = 0;
  virtual void decimal(const Field& field, double& value, const DecimalRange& range) = 0;
  /// Written as a percentage.
  virtual void share_ppm(const Field& field, std::uint32_t& value) = 0;

  template <std::unsigned_integral Integer>
  void count(const Field& field, Integer& value, const CountRange& range) {
    ZF_ASSERT(range.max <= std::numeric_limits<Integer>::max());
    std::uint64_t wide = value;
    integer(field, wide, range);
    value = static_cast<Integer>(wide);
  }

  /// `word_of` as for Words.
  template <auto word_of, typename Enum>
  void word(const Field& field, Enum& value) {
    auto index = static_cast<std::size_t>(value);
    ZF_ASSERT(index < Words<word_of>::all.size());
    word_index(field, index, Words<word_of>::all);
    value = static_cast<Enum>(index);
  }

  /// A mapping inside this one; `body()` describes its fields.
  template <typename Body>
  void block(const Field& field, Body body) {
    open_block(field);
    body();
    close_block();
  }

  /// A mapping of values that take the place of others where they are given: only those that are
  /// have a source, and only those with a source are written.
  template <typename Body>
  void overrides(const Field& field, Body body) {
    open_overrides(field);
    body();
    close_block();
  }

  /// A mapping that may be absent altogether; `body(value)` describes its fields.
  template <typename Value, typename Body>
  void optional_block(const Field& field, std::optional<Value>& value, Body body) {
    if (!open_optional_block(field, value.has_value())) return;
    if (!value) value.emplace();
    body(*value);
    close_block();
  }

  /// A list of mappings; `body(item)` describes an item's fields.
  template <typename Item, typename Body>
  void list(const Field& field, std::vector<Item>& items, Body body) {
    const std::optional<std::size_t> count = open_list(field, items.size());
    if (!count) return;
    if (sets_values()) items.assign(*count, Item{});
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!open_item(i)) continue;
      body(items[i]);
      close_block();
    }
    close_list();
  }

 protected:
  virtual void integer(const Field& field, std::uint64_t& value, const CountRange& range) = 0;
  virtual void word_index(const Field& field, std::size_t& index,
                          std::span<const std::string_view> words) = 0;
  virtual void open_block(const Field& field) = 0;
  virtual void open_overrides(const Field& field) { open_block(field); }
  /// False: leave the value as it is, and do not close.
  virtual bool open_optional_block(const Field& field, bool has_value) = 0;
  virtual void close_block() = 0;
  /// The number of items to describe; nullopt: leave the list as it is, and do not close.
  virtual std::optional<std::size_t> open_list(const Field& field, std::size_t size) = 0;
  /// False: skip the item, and do not close it.
  virtual bool open_item(std::size_t index) = 0;
  virtual void close_list() = 0;
  /// True: lists are emptied first.
  [[nodiscard]] virtual bool sets_values() const = 0;
};

}  // namespace zonefall::scenario
