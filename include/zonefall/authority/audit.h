// What a validator makes of every signed RRset of a zone version: for judges, tests and people.
//
// Pure: a function of the version, the parent's DS RRset and `now`. The DNSKEY RRset is judged by
// the DS RRset, everything else by the DNSKEY RRset as published (RFC 4035 5.2 and 5.3), each RRset
// by itself: a bogus DNSKEY RRset does not make the others bogus here.
#pragma once

#include <string>
#include <vector>

#include "zonefall/authority/zone_version.h"
#include "zonefall/dnssec/validate.h"

namespace zonefall::authority {

struct Audited {
  dns::Name owner;
  dns::RRType type = dns::RRType::a;
  dnssec::Verdict verdict;
};

/// `version` must be signed. The apex first, then the other nodes, then the denial chain; NS and
/// glue at cuts are not signed and not in it.
std::vector<Audited> audit(const dnssec::SignatureVerifier& verifier, const ZoneVersion& version,
                           const dns::RRset& parent_ds, SimTime now);

}  // namespace zonefall::authority
