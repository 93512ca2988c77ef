// Writes the wire format once for two purposes: into octets, or only to learn their number.
//
// A sink takes octets, lets earlier ones be patched, and can be cut back; the writer adds integers
// and name compression. Names are remembered by reference: what they are read from must live until
// the writer is done.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "zonefall/core/assert.h"
#include "zonefall/dns/rdata.h"
#include "zonefall/dns/rrset.h"

namespace zonefall::dns {

class OctetSink {
 public:
  [[nodiscard]] std::size_t size() const { return octets_.size(); }
  void append(std::span<const std::uint8_t> octets) {
    octets_.insert(octets_.end(), octets.begin(), octets.end());
  }
  void append_signature(const Rrsig& rrsig) {
    const auto signature = rrsig.signature();
    ZF_ASSERT(signature.size() == rrsig.signature_size());
    append(signature);
  }
  void patch_u16(std::size_t offset, std::uint16_t value) {
    octets_[offset] = static_cast<std::uint8_t>(value >> 8);
    octets_[offset + 1] = static_cast<std::uint8_t>(value & 0xff);
  }
  void cut(std::size_t size) { octets_.resize(size); }
  [[nodiscard]] Octets take() { return std::move(octets_); }

 private:
  Octets octets_;
};

class CountingSink {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  void append(std::span<const std::uint8_t> octets) { size_ += octets.size(); }
  // A lazy signature stays unmade.
  void append_signature(const Rrsig& rrsig) { size_ += rrsig.signature_size(); }
  void patch_u16(std::size_t /*offset*/, std::uint16_t /*value*/) {}
  void cut(std::size_t size) { size_ = size; }

 private:
  std::size_t size_ = 0;
};

/// The names written so far, by suffix, for RFC 1035 4.1.4.
class NameTable {
 public:
  static constexpr std::size_t pointer_target_max = 0x3fff;

  struct Match {
    std::size_t own_octets = 0;           // to write as they are, in front of the pointer
    std::optional<std::uint16_t> target;  // none: own_octets is the whole name
  };

  NameTable() { first_.fill(none); }
  /// The longest suffix of `name` that was written before. Remembers the other suffixes, which are
  /// about to be written at `offset`. The root is never a match.
  Match match_and_remember(std::span<const std::uint8_t> name, std::size_t offset);

  [[nodiscard]] std::size_t mark() const { return entries_.size(); }
  /// Forgets all that was remembered since mark().
  void cut(std::size_t mark);
  /// Forgets everything, and keeps the memory for the next message.
  void clear();

 private:
  struct Entry {
    std::span<const std::uint8_t> suffix;
    std::uint32_t hash;
    std::uint16_t offset;
    std::uint16_t next;  // of the same bucket
  };
  static constexpr std::uint16_t none = 0xffff;
  static constexpr std::size_t buckets = 64;

  [[nodiscard]] std::optional<std::uint16_t> find(std::span<const std::uint8_t> suffix,
                                                  std::uint32_t hash) const;

  std::vector<Entry> entries_;
  std::array<std::uint16_t, buckets> first_{};
};

/// `names` is empty at first, and lives until the writer is done.
template <typename Sink>
class WireWriter {
 public:
  explicit WireWriter(NameTable& names) : names_(names) {}

  struct Mark {
    std::size_t octets;
    std::size_t names;
  };

  [[nodiscard]] std::size_t size() const { return sink_.size(); }
  [[nodiscard]] Sink& sink() { return sink_; }

  void u8(std::uint8_t value) { sink_.append({&value, 1}); }
  void u16(std::uint16_t value) {
    const std::array octets = {static_cast<std::uint8_t>(value >> 8),
                               static_cast<std::uint8_t>(value & 0xff)};
    sink_.append(octets);
  }
  void u32(std::uint32_t value) {
    u16(static_cast<std::uint16_t>(value >> 16));
    u16(static_cast<std::uint16_t>(value & 0xffff));
  }
  void octets(std::span<const std::uint8_t> octets) { sink_.append(octets); }

  /// Compressed. Returns where a later pointer to the whole name may lead, if it can have one.
  std::optional<std::uint16_t> name(std::span<const std::uint8_t> wire) {
    const std::size_t offset = size();
    const NameTable::Match match = names_.match_and_remember(wire, offset);
    sink_.append(wire.first(match.own_octets));
    if (match.target) pointer(*match.target);
    if (match.own_octets == 0) return match.target;
    if (wire.size() == 1 || offset > NameTable::pointer_target_max) return std::nullopt;
    return static_cast<std::uint16_t>(offset);
  }
  void pointer(std::uint16_t target) { u16(static_cast<std::uint16_t>(0xc000 | target)); }

  [[nodiscard]] Mark mark() const { return {size(), names_.mark()}; }
  void cut(const Mark& mark) {
    sink_.cut(mark.octets);
    names_.cut(mark.names);
  }

  /// Fills in the 16-bit count of the octets that follow it; for RDLENGTH.
  void patch_length(std::size_t length_at) {
    sink_.patch_u16(length_at, static_cast<std::uint16_t>(size() - length_at - 2));
  }

 private:
  Sink sink_;
  NameTable& names_;
};

}  // namespace zonefall::dns
