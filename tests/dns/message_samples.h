// Random messages of every shape the codec must carry, the same for a seed on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "zonefall/core/rng.h"
#include "zonefall/dns/message.h"

namespace zonefall::dns::testing {

struct SampleShape {
  std::size_t rrsets_max = 6;  // of a section
  std::size_t rdatas_max = 4;  // of an RRset
};

Message random_message(Rng& rng, const SampleShape& shape);

/// A name of exactly 255 octets that ends in `suffix`.
Name longest_name(const Name& suffix);

/// An RRset of one owner, class IN, from RDATA octets.
RRsetPtr make_rrset(std::string_view owner, RRType type, std::vector<Octets> rdatas,
                    std::uint32_t ttl_s = 3600);
/// A signature of `signature_octets` octets over `rrset` that nobody could verify.
RrsigPtr make_rrsig(const RRset& rrset, std::string_view signer, std::size_t signature_octets = 64);
/// A referral as a registry with NSEC3 and opt-out sends it: NS, RRSIGs, the closest encloser's
/// NSEC3 and the covering one, and glue for each of `servers` >= 1 name servers under the
/// delegation.
Message nsec3_referral(std::string_view delegation, std::size_t servers);

}  // namespace zonefall::dns::testing
