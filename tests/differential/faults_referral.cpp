// Servers of the zone above that refer to the victim in a wrong way (RFC 1034 4.2.1 and 4.3.2 step
// 3b), or not at all.
#include <algorithm>
#include <array>

#include "server_world.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::differential {
namespace {

using dns::Message;
using dns::Name;
using dns::Rcode;
using dns::RRType;
using dns::SignedRRset;
using Detail = std::optional<std::string>;

bool has(const std::vector<SignedRRset>& section, RRType type) {
  return std::any_of(section.begin(), section.end(),
                     [type](const SignedRRset& entry) { return entry.rrset->type() == type; });
}

bool is_referral(const Message& message) {
  return message.answer.empty() && has(message.authority, RRType::ns) &&
         !has(message.authority, RRType::soa);
}

/// Changes referrals.
template <typename Change>
Detail change_referrals(ServerWorld& world, Change change) {
  return misbehave_above(world, [change](Message& message, const AskedOfServer& asked) {
    if (is_referral(message) && asked.zone) change(message, asked);
    return true;
  });
}

Detail with_aa(ServerWorld& world, Rng&) {
  return change_referrals(world,
                          [](Message& message, const AskedOfServer&) { message.flags.aa = true; });
}

Detail with_soa(ServerWorld& world, Rng&) {
  return change_referrals(world, [](Message& message, const AskedOfServer& asked) {
    message.authority.push_back({asked.zone->soa(), {}});
  });
}

Detail with_nxdomain(ServerWorld& world, Rng&) {
  return change_referrals(
      world, [](Message& message, const AskedOfServer&) { message.rcode = Rcode::nxdomain; });
}

Detail in_answer(ServerWorld& world, Rng&) {
  return change_referrals(world, [](Message& message, const AskedOfServer&) {
    for (const SignedRRset& entry : message.authority) {
      if (entry.rrset->type() == RRType::ns) message.answer.push_back(entry);
    }
    std::erase_if(message.authority,
                  [](const SignedRRset& entry) { return entry.rrset->type() == RRType::ns; });
  });
}

// As if the name asked for were the zone.
Detail to_name(ServerWorld& world, Rng&) {
  return change_referrals(world, [](Message& message, const AskedOfServer& asked) {
    for (SignedRRset& entry : message.authority) {
      if (entry.rrset->type() != RRType::ns) continue;
      entry.rrset = entry.rrset->with_owner(asked.question.qname);
    }
  });
}

// The servers of another zone beside the right ones, or alone.
template <bool is_alone>
Detail aside(ServerWorld& world, Rng&) {
  const ZoneMaking& other = world.zones[world.victim == 3 ? 2 : 3].making;
  return change_referrals(world, [apex = other.apex, server = other.server_names.front()](
                                     Message& message, const AskedOfServer&) {
    if (is_alone) clear_sections(message);
    message.authority.push_back(record(apex, RRType::ns, dns::encode_name(server)));
  });
}

Detail with_poison(ServerWorld& world, Rng&) {
  const ZoneMaking& far = world.zones[1].making;
  const Name name = far.apex.prepend("www").value();
  world.baits = {{name, RRType::a, dns::RRClass::in}, {name, RRType::a, dns::RRClass::in}};
  return change_referrals(world, [name](Message& message, const AskedOfServer&) {
    message.additional.push_back(record(name, RRType::a, forged_address()));
  });
}

Detail without_glue(ServerWorld& world, Rng&) {
  return change_referrals(
      world, [](Message& message, const AskedOfServer&) { message.additional.clear(); });
}

Detail without_ds(ServerWorld& world, Rng&) {
  return change_referrals(world, [](Message& message, const AskedOfServer&) {
    std::erase_if(message.authority,
                  [](const SignedRRset& entry) { return entry.rrset->type() != RRType::ns; });
  });
}

template <std::uint32_t ttl_s>
Detail with_ttl(ServerWorld& world, Rng&) {
  return change_referrals(world, [](Message& message, const AskedOfServer&) {
    for (auto* section : {&message.authority, &message.additional}) {
      for (SignedRRset& entry : *section) entry.rrset = entry.rrset->with_ttl(ttl_s);
    }
  });
}

template <Rcode rcode>
Detail ds_queries_fail(ServerWorld& world, Rng&) {
  return misbehave_above(world, [](Message& message, const AskedOfServer& asked) {
    if (asked.question.qtype != RRType::ds) return true;
    clear_sections(message);
    message.rcode = rcode;
    return true;
  });
}

// An old server that denies empty non-terminals (RFC 8020 1): there is one above c.
Detail ent_denied(ServerWorld& world, Rng&) {
  return misbehave_above(world, [](Message& message, const AskedOfServer&) {
    if (message.rcode == Rcode::noerror && has(message.authority, RRType::soa)) {
      message.rcode = Rcode::nxdomain;
    }
    return true;
  });
}

Detail ent_refused(ServerWorld& world, Rng&) {
  return misbehave_above(world, [](Message& message, const AskedOfServer&) {
    if (message.rcode != Rcode::noerror || !has(message.authority, RRType::soa)) return true;
    clear_sections(message);
    message.rcode = Rcode::refused;
    return true;
  });
}

constexpr std::array faults = {
    ServerFault{"referral-aa", "AA in referrals", usual, with_aa},
    ServerFault{"referral-soa", "the SOA in referrals", usual, with_soa},
    ServerFault{"referral-nxdomain", "NXDOMAIN in referrals", usual, with_nxdomain},
    ServerFault{"referral-in-answer", "NS in the answer section", usual, in_answer},
    ServerFault{"referral-to-name", "NS of the name asked for", usual, to_name},
    ServerFault{"referral-aside", "NS of another zone beside the right ones", usual, aside<false>},
    ServerFault{"referral-only-aside", "NS of another zone", usual, aside<true>},
    ServerFault{"referral-poison", "another zone's address in referrals", usual, with_poison},
    ServerFault{"referral-no-glue", "referrals without additional data", usual, without_glue},
    ServerFault{"referral-no-ds", "referrals without DS, NSEC and NSEC3", usual, without_ds},
    ServerFault{"referral-ttl-zero", "referrals with TTL 0", usual, with_ttl<0>},
    ServerFault{"ds-refused", "REFUSED to DS", usual, ds_queries_fail<Rcode::refused>},
    ServerFault{"ds-nxdomain", "NXDOMAIN to DS", usual, ds_queries_fail<Rcode::nxdomain>},
    ServerFault{"ds-empty", "nothing to DS", usual, ds_queries_fail<Rcode::noerror>},
    ServerFault{"above-nodata-nxdomain", "NXDOMAIN for empty non-terminals above", usual,
                ent_denied},
    ServerFault{"above-nodata-refused", "REFUSED for empty non-terminals above", usual,
                ent_refused},
};

}  // namespace

std::span<const ServerFault> referral_faults() {
  return faults;
}

}  // namespace zonefall::differential
