// Servers whose copy of a zone is not the others': without its signatures, with other data, with
// old ones. A resolver may find the good ones.
#include <algorithm>
#include <array>

#include "server_world.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::differential {
namespace {

using dns::Message;
using dns::RRType;
using dns::SignedRRset;
using Detail = std::optional<std::string>;

bool is_dnssec(const SignedRRset& entry) {
  switch (entry.rrset->type()) {
    case RRType::ds:
    case RRType::nsec:
    case RRType::nsec3:
    case RRType::dnskey: return true;
    default: return false;
  }
}

Detail in_signed_zone(ServerWorld& world, Rng& rng, const ServerLie& lie) {
  if (!world.zone().denial) return std::nullopt;
  return rng.chance(1, 4) ? misbehave(world, rng, lie) : misbehave_one(world, rng, lie);
}

Detail without_dnssec(ServerWorld& world, Rng& rng) {
  return in_signed_zone(world, rng, [](Message& message, const AskedOfServer&) {
    for (auto* section : {&message.answer, &message.authority, &message.additional}) {
      std::erase_if(*section, is_dnssec);
      for (SignedRRset& entry : *section) entry.rrsigs.clear();
    }
    return true;
  });
}

Detail without_rrsigs(ServerWorld& world, Rng& rng) {
  return in_signed_zone(world, rng, [](Message& message, const AskedOfServer&) {
    for (auto* section : {&message.answer, &message.authority, &message.additional}) {
      for (SignedRRset& entry : *section) entry.rrsigs.clear();
    }
    return true;
  });
}

Detail without_proofs(ServerWorld& world, Rng& rng) {
  return in_signed_zone(world, rng, [](Message& message, const AskedOfServer&) {
    std::erase_if(message.authority, is_dnssec);
    return true;
  });
}

template <RRType type>
Detail refused(ServerWorld& world, Rng& rng) {
  return in_signed_zone(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (asked.question.qtype != type) return true;
    clear_sections(message);
    message.rcode = dns::Rcode::refused;
    return true;
  });
}

template <RRType type>
Detail empty(ServerWorld& world, Rng& rng) {
  return in_signed_zone(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (asked.question.qtype == type) clear_sections(message);
    return true;
  });
}

// Addresses with a bit changed, under the old signatures.
Detail altered(ServerWorld& world, Rng& rng) {
  return in_signed_zone(world, rng, [](Message& message, const AskedOfServer&) {
    for (SignedRRset& entry : message.answer) {
      if (entry.rrset->type() != RRType::a) continue;
      std::vector<dns::Octets> rdatas = entry.rrset->rdatas().to_vector();
      rdatas.front().back() ^= 1U;
      entry.rrset = dns::RRset::make({entry.rrset->owner(), RRType::a, dns::RRClass::in, 3600},
                                     std::move(rdatas));
    }
    return true;
  });
}

constexpr std::array faults = {
    ServerFault{"copy-unsigned", "the zone without all of DNSSEC", usual, without_dnssec},
    ServerFault{"copy-without-rrsigs", "the zone without RRSIGs", usual, without_rrsigs},
    ServerFault{"copy-without-proofs", "negative answers without proofs", usual, without_proofs},
    ServerFault{"copy-dnskey-refused", "REFUSED to DNSKEY", usual, refused<RRType::dnskey>},
    ServerFault{"copy-dnskey-empty", "nothing to DNSKEY", usual, empty<RRType::dnskey>},
    ServerFault{"copy-altered", "addresses with a bit changed", usual, altered},
};

}  // namespace

std::span<const ServerFault> copy_faults() {
  return faults;
}

}  // namespace zonefall::differential
