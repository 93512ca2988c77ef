#include "dns/rdata_canonical.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "dns/rdata_io.h"

namespace zonefall::dns {
namespace {

/// Where the names of a type's RDATA are: after `lead_octets`, then `lead_strings`
/// <character-string>s; behind the names come exactly `tail_octets`, or any number.
struct NamePlace {
  static constexpr std::size_t any_tail = 0xffff;
  std::uint16_t type;
  std::size_t lead_octets;
  std::size_t lead_strings;
  std::size_t names;
  std::size_t tail_octets;
};

// RFC 4034 6.2 point 3 without NSEC (RFC 6840 5.1), and without HINFO, which has no names. Types
// of history are there because the list has them: a signer must still get them right. A6 is not:
// RFC 6563 made it historic, and its name starts at a place that depends on the data.
constexpr std::array name_places = {
    NamePlace{2, 0, 0, 1, 0},                      // NS
    NamePlace{3, 0, 0, 1, 0},                      // MD
    NamePlace{4, 0, 0, 1, 0},                      // MF
    NamePlace{5, 0, 0, 1, 0},                      // CNAME
    NamePlace{6, 0, 0, 2, 20},                     // SOA
    NamePlace{7, 0, 0, 1, 0},                      // MB
    NamePlace{8, 0, 0, 1, 0},                      // MG
    NamePlace{9, 0, 0, 1, 0},                      // MR
    NamePlace{12, 0, 0, 1, 0},                     // PTR
    NamePlace{14, 0, 0, 2, 0},                     // MINFO
    NamePlace{15, 2, 0, 1, 0},                     // MX
    NamePlace{17, 0, 0, 2, 0},                     // RP
    NamePlace{18, 2, 0, 1, 0},                     // AFSDB
    NamePlace{21, 2, 0, 1, 0},                     // RT
    NamePlace{24, 18, 0, 1, NamePlace::any_tail},  // SIG
    NamePlace{26, 2, 0, 2, 0},                     // PX
    NamePlace{30, 0, 0, 1, NamePlace::any_tail},   // NXT
    NamePlace{33, 6, 0, 1, 0},                     // SRV
    NamePlace{35, 4, 3, 1, 0},                     // NAPTR
    NamePlace{36, 2, 0, 1, 0},                     // KX
    NamePlace{39, 0, 0, 1, 0},                     // DNAME
    NamePlace{46, 18, 0, 1, NamePlace::any_tail},  // RRSIG
};

const NamePlace* find_name_place(RRType type) {
  const auto value = static_cast<std::uint16_t>(type);
  const auto place =
      std::lower_bound(name_places.begin(), name_places.end(), value,
                       [](const NamePlace& p, std::uint16_t v) { return p.type < v; });
  return place != name_places.end() && place->type == value ? &*place : nullptr;
}

/// Length octets are at most 63 and so never letters: a name can be lowered octet by octet.
void lower_letters(std::span<std::uint8_t> octets) {
  for (std::uint8_t& octet : octets) {
    if (octet >= 'A' && octet <= 'Z') octet = static_cast<std::uint8_t>(octet + ('a' - 'A'));
  }
}

}  // namespace

bool has_canonical_names(RRType type) {
  return find_name_place(type) != nullptr;
}

void append_canonical(Octets& out, RRType type, std::span<const std::uint8_t> rdata) {
  const std::size_t start = out.size();
  append_octets(out, rdata);
  const NamePlace* const place = find_name_place(type);
  if (place == nullptr) return;

  OctetReader reader(rdata);
  reader.take(place->lead_octets);
  for (std::size_t i = 0; i < place->lead_strings; ++i) reader.counted();
  const std::size_t names_begin = reader.position();
  for (std::size_t i = 0; i < place->names; ++i) reader.name_octets();
  const bool tail_fits =
      place->tail_octets == NamePlace::any_tail || reader.remaining() == place->tail_octets;
  if (reader.failed() || !tail_fits) return;
  lower_letters(std::span(out).subspan(start + names_begin, reader.position() - names_begin));
}

Octets canonical_rdata(RRType type, std::span<const std::uint8_t> rdata) {
  Octets canonical;
  canonical.reserve(rdata.size());
  append_canonical(canonical, type, rdata);
  return canonical;
}

}  // namespace zonefall::dns
