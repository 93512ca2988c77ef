// Where the domain names stand in RDATA, and what may be done to them.
//
// RFC 3597 4 closes the list of types with compressed names: senders compress those of RFC 1035,
// receivers decompress these and RP, AFSDB, RT, SIG, PX, NXT, NAPTR and SRV. RFC 4034 6.2 closes
// the list of types whose names the canonical form lowers (as amended by RFC 6840 5.1: not NSEC).
// The second list contains the first, and all types have one shape: fixed octets,
// <character-string>s, names, a tail.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "zonefall/dns/types.h"

namespace zonefall::dns {

enum class NameCompression : std::uint8_t { sent, accepted, never };

struct RdataLayout {
  static constexpr std::uint8_t any_tail = 255;

  std::uint8_t fixed_octets = 0;
  std::uint8_t character_strings = 0;
  std::uint8_t names = 0;
  std::uint8_t tail_octets = 0;  // or any_tail
  NameCompression compression = NameCompression::never;
};

/// The layout of a type of those lists, or null.
const RdataLayout* rdata_layout(RRType type);

/// RDATA of uncompressed names cut up by its layout, without a copy.
struct SplitRdata {
  std::span<const std::uint8_t> head;
  std::array<std::span<const std::uint8_t>, 2> names;  // the first `name_count`
  std::size_t name_count = 0;
  std::span<const std::uint8_t> tail;
};

/// nullopt if `rdata` does not have that layout.
std::optional<SplitRdata> split_rdata(const RdataLayout& layout,
                                      std::span<const std::uint8_t> rdata);

}  // namespace zonefall::dns
