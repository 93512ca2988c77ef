// Where the domain names stand in RDATA on the wire, for the types in which they may be compressed.
//
// RFC 3597 4 closes the list: names in RDATA are compressed only in types of RFC 1035, and
// decompressed in those and in RP, AFSDB, RT, SIG, PX, NXT, NAPTR and SRV. All of these, and the
// addresses, have the same shape: fixed octets, <character-string>s, names, a tail.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "zonefall/dns/types.h"

namespace zonefall::dns {

enum class NamesOnTheWire : std::uint8_t { compressed, decompressed_only };

struct WireLayout {
  static constexpr std::uint8_t any_tail = 255;

  std::uint8_t fixed_octets = 0;
  std::uint8_t character_strings = 0;
  std::uint8_t names = 0;
  std::uint8_t tail_octets = 0;  // or any_tail
  NamesOnTheWire compression = NamesOnTheWire::decompressed_only;
};

/// nullopt: the RDATA is opaque to the codec.
std::optional<WireLayout> wire_layout(RRType type, RRClass rclass);

/// RDATA of uncompressed names cut up by its layout, without a copy.
struct SplitRdata {
  std::span<const std::uint8_t> head;
  std::array<std::span<const std::uint8_t>, 2> names;  // the first `name_count`
  std::size_t name_count = 0;
  std::span<const std::uint8_t> tail;
};

/// nullopt if `rdata` does not have that layout.
std::optional<SplitRdata> split_rdata(const WireLayout& layout,
                                      std::span<const std::uint8_t> rdata);

}  // namespace zonefall::dns
