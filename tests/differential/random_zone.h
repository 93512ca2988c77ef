// Random signed zones full of edge cases, their children, and questions about them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "zone_making.h"
#include "zonefall/core/rng.h"
#include "zonefall/dns/message.h"

namespace zonefall::differential {

enum class Signing : std::uint8_t { unsigned_zone, nsec, nsec3, nsec3_opt_out };
std::string to_text(Signing signing);

struct ZoneFrame {
  dns::Name apex;
  Signing signing = Signing::nsec;
  std::vector<dns::Address> addresses = {};
  std::vector<dns::Name> server_names = {};  // one for each; none: "ns1" in the zone itself and on
  SimTime now;
  std::uint64_t seed = 0;
  dnssec::Algorithm algorithm = dnssec::Algorithm::ecdsap256sha256;
};
/// A zone with SOA, name servers and their addresses, keys and its own DS, and `text` of a master
/// file, relative to its apex.
ZoneMaking frame_zone(const ZoneFrame& frame, const std::string& text);

/// NS and glue of `child`.
void delegate(ZoneMaking& parent, const ZoneMaking& child);
/// DS RRset of `child`, if it has one.
void add_ds(ZoneMaking& parent, const ZoneMaking& child);

/// A random zone and the zones below it, which are delegated but for their DS RRsets: so that
/// faults may change these.
struct ZoneFamily {
  ZoneMaking zone;
  std::vector<ZoneMaking> children;
  std::string signing;  // "NSEC3, ECDSAP256SHA256"
};
struct FamilyPlace {
  dns::Name apex;
  dns::Name servers_zone;               // where the names of all name servers are
  std::array<std::uint8_t, 3> network;  // all addresses are in it
  SimTime now;
  std::uint64_t seed = 0;
};
ZoneFamily random_family(const FamilyPlace& place, Rng& rng);

/// Distinct questions about names of the zone and of its children, and names that there are not.
std::vector<dns::Question> random_questions(const ZoneFamily& family, std::size_t count, Rng& rng);

}  // namespace zonefall::differential
