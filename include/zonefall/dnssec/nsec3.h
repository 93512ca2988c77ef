// NSEC3 hashing and intervals: RFC 5155 5, 7 and 8; RFC 9276 for the parameters.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "zonefall/core/result.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/rdata.h"
#include "zonefall/dns/rrset.h"

namespace zonefall::dnssec {

/// A SHA-1 owner hash; compared as an unsigned big-endian number, which is canonical order.
using Nsec3Hash = std::array<std::uint8_t, 20>;

struct Nsec3Params {
  std::uint16_t iterations = 0;  // extra iterations
  dns::Octets salt;
  bool operator==(const Nsec3Params&) const = default;
};

/// IH(salt, name, iterations) over the canonical name (RFC 5155 5). Each thread remembers names
/// that it hashed lately, in 64 places: asking again costs a look-up.
Nsec3Hash nsec3_hash(const dns::Name& name, const Nsec3Params& params);
/// Base32 with extended hex alphabet, lower case, no padding (RFC 4648 7, RFC 5155 3.3).
std::string to_base32hex(const Nsec3Hash& hash);
Result<Nsec3Hash> parse_base32hex(std::string_view text);
/// The owner name of the NSEC3 record of `hash` in `zone`.
dns::Name nsec3_owner(const Nsec3Hash& hash, const dns::Name& zone);

/// One NSEC3 RRset, decoded: the interval from `owner_hash` to `next_hash`, round the ring.
struct Nsec3Interval {
  Nsec3Hash owner_hash;
  Nsec3Hash next_hash;
  Nsec3Params params;
  bool opt_out = false;
  dns::TypeBitmap types;
};
/// nullopt if the RRset is not one NSEC3 record with SHA-1, known flags and an owner directly under
/// `zone` (RFC 5155 8.1, 8.2: such records are ignored).
std::optional<Nsec3Interval> decode_interval(const dns::RRset& rrset, const dns::Name& zone);
/// owner < hash < next on the ring; a ring of one record covers all but its owner.
bool covers(const Nsec3Interval& interval, const Nsec3Hash& hash);

}  // namespace zonefall::dnssec
