// What a zone is made of, so that a fault can do any of it the wrong way.
//
// A ZoneMaking is complete and right as it comes from the zone maker. A fault changes keys, DS
// RRset, signatures, denial chain or messages; make_zone() then makes of it what the zone's servers
// serve. Nothing marks the outcome as wrong: octets are all that any resolver sees.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "zonefall/authority/zone_version.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/address.h"
#include "zonefall/dns/message.h"
#include "zonefall/dnssec/key.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::differential {

/// Shown instead of the right signatures of an RRset.
using SignatureLie = std::function<dns::RrsigList(const dns::RRsetPtr&, const dns::RrsigList&)>;
/// Stands in the denial chain instead of the right record; null: nothing does.
using DenialLie = std::function<dns::RRsetPtr(const dns::RRsetPtr&)>;
/// Changes what is sent. The zone is the one that answers.
using MessageLie = std::function<void(dns::Message&, const authority::ZoneVersion&)>;

struct ZoneMaking {
  dns::Name apex;
  dns::RRsetPtr soa;
  std::vector<dns::RRsetPtr> rrsets;                // with NS; DS RRsets of children included
  std::optional<authority::DenialSettings> denial;  // nullopt: unsigned
  std::vector<dnssec::KeyPairPtr> ksks;             // sign the DNSKEY RRset
  std::vector<dnssec::KeyPairPtr> zsks;             // sign all else
  std::vector<dns::DnskeyRdata> dnskeys;            // published
  std::vector<dns::DsRdata> ds;                     // what the parent has; empty: insecure
  SimTime now;
  dnssec::SignatureWindow window;
  SignatureLie signature_lie;  // these may be null
  DenialLie denial_lie;
  MessageLie message_lie;
  std::vector<dns::Address> addresses;
  std::vector<dns::Name> server_names;  // of these addresses
};

/// What servers serve.
struct ServedZone {
  authority::ZoneVersionPtr version;
  MessageLie message_lie;  // may be null
  std::vector<dns::Address> addresses;
};
ServedZone make_zone(const ZoneMaking& making);

/// Seconds since 1970 as RRSIGs count them.
std::uint32_t rrsig_time(SimTime time);

}  // namespace zonefall::differential
