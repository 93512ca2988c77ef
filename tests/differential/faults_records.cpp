// Records that have no place in a response: another zone's (RFC 2181 5.4.1, RFC 5452), other types
// and owners, aliases beside data (RFC 1034 3.6.2), wrong DNAMEs (RFC 6672), odd TTLs (RFC 2181 5.2
// and 8).
#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "server_world.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::differential {
namespace {

using dns::Message;
using dns::Name;
using dns::RRType;
using dns::SignedRRset;
using Detail = std::optional<std::string>;

bool is_positive(const Message& message) {
  return message.rcode == dns::Rcode::noerror && !message.answer.empty();
}

bool is_address(const AskedOfServer& asked) {
  return asked.question.qtype == RRType::a || asked.question.qtype == RRType::aaaa;
}

const ZoneMaking& bystander(const ServerWorld& world, Rng& rng) {
  const std::vector<std::size_t> others = world.bystanders();
  return world.zones[others[rng.below(others.size())]].making;
}

Name www_of(const ZoneMaking& zone) {
  return zone.apex.prepend("www").value();
}

enum class Place : std::uint8_t { answer, authority, additional };

std::vector<SignedRRset>& section_at(Message& message, Place place) {
  switch (place) {
    case Place::answer: return message.answer;
    case Place::authority: return message.authority;
    case Place::additional: return message.additional;
  }
  return message.additional;
}

// An address for a name of another zone, and questions for that name.
template <Place place>
Detail poison_address(ServerWorld& world, Rng& rng) {
  const Name name = www_of(bystander(world, rng));
  world.baits = {{name, RRType::a, dns::RRClass::in}, {name, RRType::a, dns::RRClass::in}};
  return misbehave(world, rng, [name](Message& message, const AskedOfServer&) {
    section_at(message, place).push_back(record(name, RRType::a, forged_address()));
    return true;
  });
}

// Another zone is served by the attacker.
template <Place place>
Detail poison_servers(ServerWorld& world, Rng& rng) {
  const ZoneMaking& other = bystander(world, rng);
  world.baits = {{www_of(other), RRType::a, dns::RRClass::in},
                 {other.apex.prepend("txt").value(), RRType::txt, dns::RRClass::in}};
  const Name server = other.apex.prepend("rogue").value();
  const auto& octets = world.rogue.octets;
  const dns::Octets address = dns::encode_a({octets[12], octets[13], octets[14], octets[15]});
  return misbehave(
      world, rng, [apex = other.apex, server, address](Message& message, const AskedOfServer&) {
        section_at(message, place).push_back(record(apex, RRType::ns, dns::encode_name(server)));
        message.additional.push_back(record(server, RRType::a, address));
        return true;
      });
}

// The address of another zone's server is the attacker's.
Detail poison_glue(ServerWorld& world, Rng& rng) {
  const ZoneMaking& other = bystander(world, rng);
  world.baits = {{www_of(other), RRType::a, dns::RRClass::in},
                 {other.server_names.front(), RRType::a, dns::RRClass::in}};
  const auto& octets = world.rogue.octets;
  const dns::Octets address = dns::encode_a({octets[12], octets[13], octets[14], octets[15]});
  return misbehave(
      world, rng,
      [apex = world.zone().apex, server = other.server_names.front(), address](
          Message& message, const AskedOfServer&) {
        message.authority.push_back(record(apex, RRType::ns, dns::encode_name(server)));
        message.additional.push_back(record(server, RRType::a, address));
        return true;
      });
}

// The right alias, and what it leads to in another zone with the attacker's address.
Detail alias_with_target(ServerWorld& world, Rng& rng) {
  const Name target = www_of(bystander(world, rng));
  world.baits = {{target, RRType::a, dns::RRClass::in},
                 {www_of(world.zone()), RRType::a, dns::RRClass::in}};
  return misbehave(world, rng, [target](Message& message, const AskedOfServer& asked) {
    if (!is_address(asked) || !is_positive(message)) return true;
    clear_sections(message);
    message.answer.push_back(record(asked.question.qname, RRType::cname, dns::encode_name(target)));
    message.answer.push_back(record(target, RRType::a, forged_address()));
    return true;
  });
}

Detail stray_type(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (!is_positive(message)) return true;
    message.answer.push_back(record(asked.question.qname, RRType::hinfo, {1, 'a', 1, 'b'}));
    return true;
  });
}

Detail only_stray_type(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (!is_address(asked) || !is_positive(message)) return true;
    clear_sections(message);
    message.answer.push_back(record(asked.question.qname, RRType::hinfo, {1, 'a', 1, 'b'}));
    return true;
  });
}

Detail owner_other(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (!is_address(asked) || !is_positive(message) || asked.zone == nullptr) return true;
    SignedRRset& entry = message.answer.back();
    entry = {entry.rrset->with_owner(asked.zone->apex().prepend("else").value()), entry.rrsigs};
    return true;
  });
}

Detail duplicated(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    const std::vector<SignedRRset> twice = message.answer;
    message.answer.insert(message.answer.end(), twice.begin(), twice.end());
    return true;
  });
}

Detail reversed(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    std::reverse(message.answer.begin(), message.answer.end());
    return true;
  });
}

Detail cname_beside_data(ServerWorld& world, Rng& rng) {
  const Name target = www_of(bystander(world, rng));
  const bool is_first = rng.chance(1, 2);
  const auto detail =
      misbehave(world, rng, [target, is_first](Message& message, const AskedOfServer& asked) {
        if (!is_address(asked) || !is_positive(message)) return true;
        const auto at = is_first ? message.answer.begin() : message.answer.end();
        message.answer.insert(
            at, record(asked.question.qname, RRType::cname, dns::encode_name(target)));
        return true;
      });
  return fmt::format("{}, {}", *detail, is_first ? "before" : "behind");
}

Detail two_cnames(ServerWorld& world, Rng& rng) {
  const Name target = www_of(bystander(world, rng));
  return misbehave(world, rng, [target](Message& message, const AskedOfServer&) {
    const std::vector<SignedRRset> right = message.answer;
    for (const SignedRRset& entry : right) {
      if (entry.rrset->type() != RRType::cname) continue;
      message.answer.push_back(
          record(entry.rrset->owner(), RRType::cname, dns::encode_name(target)));
    }
    return true;
  });
}

// All addresses are aliases of each other.
Detail cname_loop(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (!is_address(asked) || !is_positive(message)) return true;
    const Name& qname = asked.question.qname;
    const Name other = asked.zone->apex().prepend(qname.label(0)[0] == 'q' ? "p" : "q").value();
    clear_sections(message);
    message.answer.push_back(record(qname, RRType::cname, dns::encode_name(other)));
    message.answer.push_back(record(other, RRType::cname, dns::encode_name(qname)));
    return true;
  });
}

Detail cname_to_itself(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (!is_address(asked) || !is_positive(message)) return true;
    clear_sections(message);
    message.answer.push_back(
        record(asked.question.qname, RRType::cname, dns::encode_name(asked.question.qname)));
    return true;
  });
}

// Aliases without what they lead to in the zone: a resolver asks for that.
Detail cname_alone(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    const auto first =
        std::find_if(message.answer.begin(), message.answer.end(),
                     [](const SignedRRset& entry) { return entry.rrset->type() == RRType::cname; });
    if (first != message.answer.end()) message.answer.erase(std::next(first), message.answer.end());
    return true;
  });
}

bool has_dname(const Message& message) {
  return std::any_of(message.answer.begin(), message.answer.end(),
                     [](const SignedRRset& entry) { return entry.rrset->type() == RRType::dname; });
}

Detail dname_without_cname(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    if (!has_dname(message)) return true;
    std::erase_if(message.answer,
                  [](const SignedRRset& entry) { return entry.rrset->type() != RRType::dname; });
    return true;
  });
}

Detail dname_with_wrong_cname(ServerWorld& world, Rng& rng) {
  const Name target = www_of(bystander(world, rng));
  return misbehave(world, rng, [target](Message& message, const AskedOfServer& asked) {
    if (!has_dname(message)) return true;
    std::erase_if(message.answer,
                  [](const SignedRRset& entry) { return entry.rrset->type() != RRType::dname; });
    message.answer.push_back(record(asked.question.qname, RRType::cname, dns::encode_name(target)));
    return true;
  });
}

// Above the zone, and so not its servers' to give.
Detail dname_of_parent(ServerWorld& world, Rng& rng) {
  const ZoneMaking& other = world.zones[1].making;
  const Name above = world.zone().apex.parent();
  world.baits = {{above.prepend("poisoned").value(), RRType::a, dns::RRClass::in}};
  return misbehave(world, rng,
                   [above, to = other.apex](Message& message, const AskedOfServer& asked) {
                     if (!is_address(asked) || !is_positive(message)) return true;
                     clear_sections(message);
                     message.answer.push_back(record(above, RRType::dname, dns::encode_name(to)));
                     return true;
                   });
}

std::string long_label() {
  return std::string(60, 'l');
}

// RFC 6672 2.2: the name that a DNAME makes is too long.
Detail dname_too_long(ServerWorld& world, Rng&) {
  ZoneMaking& zone = world.zone();
  Name target = zone.apex;
  for (int i = 0; i < 3; ++i) target = target.prepend(long_label()).value();
  const Name owner = zone.apex.prepend("ld").value();
  zone.rrsets.push_back(record(owner, RRType::dname, dns::encode_name(target)).rrset);
  const Name below = owner.prepend(long_label()).value();
  world.baits = {{below, RRType::a, dns::RRClass::in},
                 {below, RRType::a, dns::RRClass::in},
                 {owner.prepend("x").value(), RRType::a, dns::RRClass::in}};
  return "";
}

template <std::uint32_t ttl_s>
Detail ttl_all(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    for (auto* section : {&message.answer, &message.authority, &message.additional}) {
      for (SignedRRset& entry : *section) entry.rrset = entry.rrset->with_ttl(ttl_s);
    }
    return true;
  });
}

// Records of one RRset with different TTLs.
Detail ttl_differs(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    std::vector<SignedRRset> apart;
    for (const SignedRRset& entry : message.answer) {
      const dns::RRset& rrset = *entry.rrset;
      std::uint32_t ttl_s = rrset.ttl_s();
      for (const dns::RdataList::Rdata rdata : rrset.rdatas()) {
        apart.push_back(record(rrset.owner(), rrset.type(), {rdata.begin(), rdata.end()}, ttl_s));
        ttl_s /= 2;
      }
      apart.back().rrsigs = entry.rrsigs;
    }
    message.answer = std::move(apart);
    return true;
  });
}

constexpr std::array faults = {
    ServerFault{"poison-answer", "another zone's address in answers", usual,
                poison_address<Place::answer>},
    ServerFault{"poison-authority", "another zone's address in the authority section", usual,
                poison_address<Place::authority>},
    ServerFault{"poison-additional", "another zone's address in the additional section", usual,
                poison_address<Place::additional>},
    ServerFault{"poison-ns-authority", "another zone's servers in the authority section", usual,
                poison_servers<Place::authority>},
    ServerFault{"poison-ns-answer", "another zone's servers in answers", usual,
                poison_servers<Place::answer>},
    ServerFault{"poison-glue", "own NS with the address of another zone's server", usual,
                poison_glue},
    ServerFault{"alias-with-target", "aliases to another zone with a forged target", usual,
                alias_with_target},
    ServerFault{"stray-type", "another type beside the answer", usual, stray_type},
    ServerFault{"stray-type-only", "another type instead of the answer", usual, only_stray_type},
    ServerFault{"owner-other", "the answer has another owner", usual, owner_other},
    ServerFault{"duplicated", "each answer twice", usual, duplicated},
    ServerFault{"reversed", "answers from back to front", usual, reversed},
    ServerFault{"cname-beside-data", "an alias beside addresses", contested, cname_beside_data},
    ServerFault{"cname-twice", "two aliases at one name", contested, two_cnames},
    ServerFault{"cname-loop", "addresses are a loop of aliases", contested, cname_loop},
    ServerFault{"cname-itself", "addresses are aliases of themselves", contested, cname_to_itself},
    ServerFault{"cname-alone", "aliases without what they lead to", usual, cname_alone},
    ServerFault{"dname-alone", "DNAME without CNAME", usual, dname_without_cname},
    ServerFault{"dname-wrong-cname", "DNAME with another CNAME", contested, dname_with_wrong_cname},
    ServerFault{"dname-of-parent", "a DNAME that is the parent's", usual, dname_of_parent},
    ServerFault{"dname-too-long", "a DNAME that makes too long a name", usual, dname_too_long},
    ServerFault{"ttl-zero", "all TTLs are 0", usual, ttl_all<0>},
    ServerFault{"ttl-top-bit", "all TTLs have the top bit", usual, ttl_all<0x80000001U>},
    ServerFault{"ttl-huge", "all TTLs are 68 years", usual, ttl_all<0x7fffffffU>},
    ServerFault{"ttl-differs", "TTLs differ within an RRset", usual, ttl_differs},
};

}  // namespace

std::span<const ServerFault> record_faults() {
  return faults;
}

}  // namespace zonefall::differential
