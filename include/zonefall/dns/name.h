// Domain names: RFC 1034 3.1, RFC 1035 2.3.4 and 3.1, RFC 4034 6.1 and 6.2, RFC 4343.
//
// A Name is an absolute domain name held as uncompressed wire octets. It is an immutable value of
// 64 bytes; names up to 54 octets (nearly all, NSEC3 owners of TLDs included) need no allocation.
// Comparison and hashing ignore the case of ASCII letters; the case given is kept for output.
// Errors: labels over 63 octets, names over 255 octets, empty labels, bad escapes.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/result.h"

namespace zonefall::dns {

class Name {
 public:
  static constexpr std::size_t wire_octets_max = 255;
  static constexpr std::size_t label_octets_max = 63;

  /// The root.
  Name() : octets_{} {}
  // Names are copied all the time, and nearly all are short: that case is 64 octets, and inline.
  Name(const Name& other)
      : wire_octets_(other.wire_octets_), labels_(other.labels_), hash_(other.hash_) {
    std::memcpy(octets_, other.octets_, sizeof octets_);
    if (is_long()) own_block();
  }
  Name(Name&& other) noexcept
      : wire_octets_(other.wire_octets_), labels_(other.labels_), hash_(other.hash_) {
    std::memcpy(octets_, other.octets_, sizeof octets_);
    if (is_long()) other.become_root();  // a short one may keep its octets
  }
  Name& operator=(const Name& other) {  // NOLINT(bugprone-unhandled-self-assignment): both bear it
    if (is_long() || other.is_long()) {
      assign_long(other);
    } else {
      copy_short(other);
    }
    return *this;
  }
  Name& operator=(Name&& other) noexcept {
    if (is_long() || other.is_long()) {
      swap(other);
    } else {
      copy_short(other);
    }
    return *this;
  }
  ~Name();  // not inline: g++ 12 would take unwinding for a use before construction

  /// Master-file text (RFC 1035 5.1), taken as absolute with or without the final dot. Escapes
  /// \X and \DDD; blanks, control characters and octets above 126 only as \DDD. "." is the root;
  /// "" is an error.
  static Result<Name> parse(std::string_view text);
  /// As parse(), but a text without a final dot is relative to `origin`, and "@" is `origin`.
  static Result<Name> parse_relative(std::string_view text, const Name& origin);
  /// parse() for names that are constants of the program; aborts on an error.
  static Name literal(std::string_view text);
  /// Uncompressed wire octets, all of `wire`, with the final root label.
  static Result<Name> from_wire(std::span<const std::uint8_t> wire);

  /// Text that parse() reads back, with a final dot.
  [[nodiscard]] std::string to_text() const;
  /// Uncompressed octets in the case given, with the final zero octet.
  [[nodiscard]] std::span<const std::uint8_t> wire() const;
  /// wire() in lower case: the canonical form of RFC 4034 6.2.
  [[nodiscard]] Name canonical() const;

  [[nodiscard]] bool is_root() const { return wire_size() == 1; }
  [[nodiscard]] std::size_t wire_size() const { return wire_octets_; }
  /// Labels without the root label: 0 for the root, 2 for "example.de.".
  [[nodiscard]] std::size_t label_count() const { return labels_; }
  /// The octets of label `index` counted from the left, 0 <= index < label_count().
  [[nodiscard]] std::span<const std::uint8_t> label(std::size_t index) const;
  /// RFC 4592: the leftmost label is "*".
  [[nodiscard]] bool is_wildcard() const;

  /// The name without its leftmost label; the root's parent is the root.
  [[nodiscard]] Name parent() const;
  /// The rightmost `labels` labels; labels <= label_count().
  [[nodiscard]] Name suffix(std::size_t labels) const;
  /// This name with one more label in front: octets as they are, without escapes.
  [[nodiscard]] Result<Name> prepend(std::span<const std::uint8_t> label) const;
  [[nodiscard]] Result<Name> prepend(std::string_view label) const;
  /// "*." in front of this name.
  [[nodiscard]] Result<Name> wildcard_child() const;
  /// True if this name is `ancestor` or below it.
  [[nodiscard]] bool is_at_or_below(const Name& ancestor) const;
  [[nodiscard]] bool is_below(const Name& ancestor) const;
  /// The number of rightmost labels both names have in common.
  [[nodiscard]] std::size_t common_labels(const Name& other) const;

  /// A hash over the lower-case octets; the same on every platform.
  [[nodiscard]] std::uint64_t hash() const { return hash_; }

  /// Equal but for ASCII case.
  bool operator==(const Name& other) const {
    return hash_ == other.hash_ && wire_octets_ == other.wire_octets_ && has_octets_of(other);
  }
  /// Canonical DNS name order (RFC 4034 6.1).
  std::strong_ordering operator<=>(const Name& other) const;

 private:
  static constexpr std::size_t inline_octets_max = 54;
  static constexpr std::uint64_t root_hash = 0x80988100139f7b1eULL;  // hash() of the root

  static Result<Name> parse_under(std::string_view text, const Name& origin);
  [[nodiscard]] bool is_long() const { return wire_octets_ > inline_octets_max; }
  [[nodiscard]] std::uint8_t* heap_block() const;
  [[nodiscard]] const std::uint8_t* octets() const;
  [[nodiscard]] std::size_t suffix_start(std::size_t labels) const;
  void assign(std::span<const std::uint8_t> wire, std::size_t labels);
  void assign_octets(std::span<const std::uint8_t> wire);
  void become_root();
  void release();
  void own_block();
  void assign_long(const Name& other);
  void swap(Name& other) noexcept;
  [[nodiscard]] bool has_octets_of(const Name& other) const;
  void copy_short(const Name& other) {
    std::memmove(octets_, other.octets_, sizeof octets_);  // it may be this one
    wire_octets_ = other.wire_octets_;
    labels_ = other.labels_;
    hash_ = other.hash_;
  }

  // octets_ holds the name itself or, for long names, a pointer to a heap block of wire_octets_.
  alignas(8) std::uint8_t octets_[inline_octets_max];
  std::uint8_t wire_octets_ = 1;
  std::uint8_t labels_ = 0;
  std::uint64_t hash_ = root_hash;
};

}  // namespace zonefall::dns
