#include "resolver/sections.h"

#include <algorithm>
#include <iterator>

namespace zonefall::resolver {

using dns::RRType;

namespace {

bool has(const std::vector<dns::SignedRRset>& section, const dns::RRset& rrset) {
  return std::any_of(section.begin(), section.end(), [&](const dns::SignedRRset& entry) {
    return entry.rrset->type() == rrset.type() && entry.rrset->owner() == rrset.owner();
  });
}

// An NSEC record that leads out of the zone is not the zone's (RFC 4034 4.1.1).
bool overreaches(const dns::RRset& rrset, const dns::Name& zone) {
  if (rrset.type() != RRType::nsec) return false;
  const auto nsec = dns::decode_nsec(rrset.rdatas().front());
  return !nsec || !nsec.value().next.is_at_or_below(zone);
}

// The name in RDATA that address records in the additional section belong to (RFC 1035 3.3.9 and
// 3.3.11, RFC 2782).
std::optional<dns::Name> host_of(RRType type, dns::RdataList::Rdata rdata) {
  const std::size_t fixed_octets = type == RRType::mx ? 2 : type == RRType::srv ? 6 : 0;
  if (rdata.size() < fixed_octets) return std::nullopt;
  const auto name = dns::decode_name(rdata.subspan(fixed_octets));
  return name ? std::optional(name.value()) : std::nullopt;
}

bool names_host(const std::vector<dns::SignedRRset>& section, const dns::Name& host) {
  return std::any_of(section.begin(), section.end(), [&](const dns::SignedRRset& entry) {
    const RRType type = entry.rrset->type();
    if (type != RRType::ns && type != RRType::mx && type != RRType::srv) return false;
    const dns::RdataList& rdatas = entry.rrset->rdatas();
    return std::any_of(rdatas.begin(), rdatas.end(),
                       [&](const auto rdata) { return host_of(type, rdata) == host; });
  });
}

// What referrals, denials and their proofs are made of (RFC 1034 4.3.2, RFC 2308 2, RFC 4035 3.1).
bool belongs_in_authority(RRType type) {
  return type == RRType::ns || type == RRType::soa || type == RRType::ds || is_denial_type(type);
}

}  // namespace

std::vector<dns::BareRrsig> signatures_at(const dns::Message& message, const dns::Question& asked) {
  std::vector<dns::BareRrsig> found;
  if (asked.qtype != RRType::rrsig) return found;
  std::copy_if(message.bare_rrsigs.begin(), message.bare_rrsigs.end(), std::back_inserter(found),
               [&](const dns::BareRrsig& bare) {
                 return bare.section == dns::Section::answer && bare.owner == asked.qname;
               });
  return found;
}

const dns::SignedRRset* find_soa(const dns::Message& message) {
  for (const dns::SignedRRset& entry : message.authority) {
    if (entry.rrset->type() == RRType::soa) return &entry;
  }
  return nullptr;
}

std::uint32_t negative_ttl_s(const dns::Message& message) {
  const dns::SignedRRset* soa = find_soa(message);
  if (soa == nullptr) return 0;
  const auto numbers = dns::soa_numbers(soa->rrset->rdatas().front());
  return numbers ? std::min(soa->rrset->ttl_s(), numbers->minimum_s) : 0;
}

bool is_address(RRType type) {
  return type == RRType::a || type == RRType::aaaa;
}

bool is_denial_type(RRType type) {
  return type == RRType::nsec || type == RRType::nsec3;
}

std::optional<dns::Name> dname_target(const dns::RRset& dname, const dns::Name& qname) {
  const auto target = dns::decode_name(dname.rdatas().front());
  if (!target) return std::nullopt;
  dns::Name name = target.value();
  for (std::size_t i = qname.label_count() - dname.owner().label_count(); i > 0; --i) {
    const auto longer = name.prepend(qname.label(i - 1));
    if (!longer) return std::nullopt;
    name = longer.value();
  }
  return name;
}

dns::MessagePtr with_signatures_gathered(const dns::Message& message) {
  dns::Message gathered = message;
  gathered.bare_rrsigs.clear();
  for (const dns::BareRrsig& bare : message.bare_rrsigs) {
    bool has_place = false;
    for (auto* section : {&gathered.answer, &gathered.authority, &gathered.additional}) {
      for (dns::SignedRRset& entry : *section) {
        const bool is_covered = entry.rrset->type() == bare.rrsig->fields().type_covered &&
                                entry.rrset->owner() == bare.owner;
        if (!is_covered || has_place) continue;
        entry.rrsigs.push_back(bare.rrsig);
        has_place = true;
      }
    }
    if (!has_place) gathered.bare_rrsigs.push_back(bare);
  }
  return std::make_shared<const dns::Message>(std::move(gathered));
}

bool is_plain_denial(const dns::Message& message, const dns::Name& zone) {
  return std::all_of(
      message.authority.begin(), message.authority.end(), [&](const dns::SignedRRset& entry) {
        const RRType type = entry.rrset->type();
        return (type == RRType::soa || is_denial_type(type)) && !overreaches(*entry.rrset, zone);
      });
}

bool is_without_signatures(const dns::Message& message) {
  const auto& section = message.answer.empty() ? message.authority : message.answer;
  return std::all_of(section.begin(), section.end(),
                     [](const dns::SignedRRset& entry) { return entry.rrsigs.empty(); });
}

bool has_signed_proof(const dns::Message& message) {
  return std::any_of(message.authority.begin(), message.authority.end(),
                     [](const dns::SignedRRset& entry) {
                       return is_denial_type(entry.rrset->type()) && !entry.rrsigs.empty();
                     });
}

bool has_proofs(const dns::Message& message) {
  return std::any_of(
      message.authority.begin(), message.authority.end(),
      [](const dns::SignedRRset& entry) { return is_denial_type(entry.rrset->type()); });
}

std::vector<dns::SignedRRset> proofs_of(const dns::Message& message, const dns::Name& zone) {
  std::vector<dns::SignedRRset> proofs;
  for (const dns::SignedRRset& entry : message.authority) {
    const dns::RRset& rrset = *entry.rrset;
    if (!is_denial_type(rrset.type()) || overreaches(rrset, zone)) continue;
    if (rrset.owner().is_at_or_below(zone)) proofs.push_back(entry);
  }
  return proofs;
}

std::uint32_t smallest_ttl_s(std::span<const dns::SignedRRset> section) {
  std::uint32_t ttl_s = 0xffffffff;
  for (const dns::SignedRRset& entry : section) {
    ttl_s = std::min(ttl_s, entry.rrset->ttl_s());
  }
  return ttl_s;
}

dns::SignedRRset with_ttl_at_most(const dns::SignedRRset& entry, std::uint32_t ttl_s_max) {
  if (entry.rrset->ttl_s() <= ttl_s_max) return entry;
  return {entry.rrset->with_ttl(ttl_s_max), entry.rrsigs};
}

void append_new(const dns::SignedRRset& entry, std::vector<dns::SignedRRset>& to) {
  if (!has(to, *entry.rrset)) to.push_back(entry);
}

dns::SignedRRset synthesised_cname(const dns::Name& owner, const dns::Name& target,
                                   const dns::SignedRRset& dname) {
  return {dns::RRset::make({.owner = owner, .type = RRType::cname, .ttl_s = dname.rrset->ttl_s()},
                           {dns::encode_name(target)}),
          {}};
}

// Who asks for name servers will want their addresses.
bool passes_on_more(const dns::Message& message, const dns::Question& asked, bool is_negative,
                    MoreInAnswers more) {
  if (more != MoreInAnswers::with_proofs) return more == MoreInAnswers::always;
  return !is_negative && (has_proofs(message) || asked.qtype == RRType::ns);
}

MoreSections more_sections(const dns::Message& message, const dns::Question& asked,
                           const dns::Name& zone, bool is_negative, const AnswerSections& rules) {
  MoreSections more;
  const bool has_more = passes_on_more(message, asked, is_negative, rules.more);
  const bool wants_ns =
      is_negative ? rules.keeps_ns_in_negative : has_more && !rules.drops_ns_in_positive;
  bool has_ns = false;
  for (const dns::SignedRRset& entry : message.authority) {
    const dns::RRset& rrset = *entry.rrset;
    const RRType type = rrset.type();
    if (!rrset.owner().is_at_or_below(zone) || overreaches(rrset, zone)) continue;
    if (rules.drops_unknown && !belongs_in_authority(type)) continue;
    if (type == RRType::ns) {
      const bool is_of_name = asked.qname.is_at_or_below(rrset.owner());
      if (!wants_ns || has_ns || !is_of_name) continue;
      has_ns = true;
    } else if (is_address(type) || type == RRType::cname || type == RRType::dname) {
      continue;
    } else if (!is_negative && type == RRType::soa) {
      continue;
    }
    more.authority.push_back(entry);
  }
  if (!has_more) return more;
  for (const dns::SignedRRset& entry : message.additional) {
    const dns::RRset& rrset = *entry.rrset;
    const RRType type = rrset.type();
    if (!rrset.owner().is_at_or_below(zone)) continue;
    if (rules.drops_unknown && !is_address(type)) continue;
    if (type == RRType::cname || type == RRType::dname || type == RRType::ns) continue;
    const bool is_named =
        names_host(message.answer, rrset.owner()) || names_host(more.authority, rrset.owner());
    if (is_address(type) && !is_named) continue;
    more.additional.push_back(entry);
  }
  return more;
}

}  // namespace zonefall::resolver
