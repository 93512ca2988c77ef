#include "authority/answer_builder.h"

#include <algorithm>
#include <memory>

#include "zonefall/core/assert.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::authority {

namespace {

using dns::Name;
using dns::RRType;

// In the authority section of nearly all referrals: NS, and DS or two NSEC3.
constexpr std::size_t referral_rrsets = 3;

// How many aliases one answer follows.
constexpr int aliases_max = 16;

bool holds(const std::vector<dns::SignedRRset>& section, const Name& owner, RRType type) {
  return std::any_of(section.begin(), section.end(), [&](const dns::SignedRRset& entry) {
    return entry.rrset->type() == type && entry.rrset->owner() == owner;
  });
}

// How many octets stand before the host that a record of `type` names, if the host's addresses
// belong into the additional section.
std::optional<std::size_t> octets_before_host(RRType type) {
  if (type == RRType::ns) return 0;
  if (type == RRType::mx) return 2;
  if (type == RRType::srv) return 6;
  return std::nullopt;
}

// False only for names that are not at or below `ancestor`; spares decoding them. Hosts of a TLD's
// delegations are nearly always elsewhere.
bool may_be_at_or_below(const Name& ancestor, std::span<const std::uint8_t> name) {
  const auto end = ancestor.wire();
  if (name.size() < end.size()) return false;
  constexpr std::uint8_t case_bit = 0x20;  // takes more octets for equal than are
  return std::equal(end.begin(), end.end(), name.last(end.size()).begin(),
                    [](std::uint8_t a, std::uint8_t b) { return ((a ^ b) & ~case_bit) == 0; });
}

// The hosts at or below `ancestor` that an RRset names and whose addresses belong into the
// additional section.
void collect_hosts(const dns::RRset& rrset, const Name& ancestor, std::vector<Name>& hosts) {
  const auto before = octets_before_host(rrset.type());
  if (!before) return;
  for (const dns::RdataList::Rdata rdata : rrset.rdatas()) {
    if (rdata.size() < *before || !may_be_at_or_below(ancestor, rdata.subspan(*before))) continue;
    auto host = dns::decode_name(rdata.subspan(*before));
    if (host && host.value().is_at_or_below(ancestor)) hosts.push_back(std::move(host).value());
  }
}

Result<Name> substitute(const Name& qname, const Name& dname_owner, const Name& target) {
  Result<Name> name = target;
  for (std::size_t i = qname.label_count() - dname_owner.label_count(); i-- > 0 && name.ok();) {
    name = name.value().prepend(qname.label(i));
  }
  return name;
}

}  // namespace

AnswerBuilder::AnswerBuilder(const ZoneVersion& zone, const dns::Question& question,
                             const AnswerOptions& options)
    : zone_(zone),
      question_(question),
      options_(options),
      message_(std::make_shared<dns::Message>()) {
  ZF_ASSERT(question.qname.is_at_or_below(zone.apex()));
  message_->flags.qr = true;
  message_->flags.aa = true;
  message_->question = question;
}

Answer AnswerBuilder::build() {
  std::optional<Name> qname = question_.qname;
  for (int i = 0; i <= aliases_max && qname && qname->is_at_or_below(zone_.apex()); ++i) {
    qname = step(*qname);
  }
  add_additional();
  if (options_.edns) {
    message_->edns = dns::Edns{};
    message_->edns->udp_payload_octets = options_.udp_payload_octets;
    message_->edns->dnssec_ok = options_.dnssec_ok;
  }
  Answer answer;
  answer.wire_octets = dns::wire_size(*message_);
  answer.message = std::move(message_);
  answer.unchanged_until = unchanged_until_;
  return answer;
}

// From the apex down, so that a zone cut or a DNAME is met before what it hides.
AnswerBuilder::Place AnswerBuilder::locate(const Name& qname) const {
  const std::size_t apex_labels = zone_.apex().label_count();
  Place place{Place::Kind::exact, zone_.apex(), {}};
  for (std::size_t labels = apex_labels; labels <= qname.label_count(); ++labels) {
    const bool is_qname = labels == qname.label_count();
    // Nothing else at the apex has a say in what stands below it.
    const bool is_passed = labels == apex_labels && !is_qname && !zone_.content().has_apex_dname();
    if (is_passed) continue;
    const Name name = is_qname ? qname : qname.suffix(labels);
    Node node = zone_.node_for(name, is_qname ? question_.qtype : RRType::dname);
    if (node.kind == NodeKind::absent) {
      place.kind = Place::Kind::absent;
      return place;
    }
    ZF_ASSERT(node.kind != NodeKind::occluded);
    place.name = name;
    place.node = std::move(node);
    if (place.node.kind == NodeKind::delegation) {
      // The DS RRset stands on the parent's side (RFC 4035 3.1.4.1).
      const bool asks_parent = is_qname && question_.qtype == RRType::ds;
      place.kind = asks_parent ? Place::Kind::exact : Place::Kind::cut;
      return place;
    }
    if (!is_qname && place.node.find(RRType::dname) != nullptr) {
      place.kind = Place::Kind::dname;
      return place;
    }
  }
  return place;
}

std::optional<Name> AnswerBuilder::step(const Name& qname) {
  const Place place = locate(qname);
  switch (place.kind) {
    case Place::Kind::exact: return answer_from(place, qname, nullptr);
    case Place::Kind::cut: refer(place); return std::nullopt;
    case Place::Kind::dname: return follow_dname(place, qname);
    case Place::Kind::absent: return match_wildcard(place, qname);
  }
  ZF_ASSERT(false);
}

std::optional<Name> AnswerBuilder::match_wildcard(const Place& place, const Name& qname) {
  const MissingName missing{qname, place.name};
  const auto wildcard = place.name.wildcard_child();
  if (wildcard.ok()) {
    Place match{Place::Kind::exact, wildcard.value(),
                zone_.node_for(wildcard.value(), question_.qtype)};
    if (match.node.kind != NodeKind::absent) return answer_from(match, qname, &missing);
  }
  deny(dns::Rcode::nxdomain, wants_dnssec() ? prove_name_error(chain(), missing) : Proof{});
  return std::nullopt;
}

std::optional<Name> AnswerBuilder::answer_from(const Place& place, const Name& qname,
                                               const MissingName* missing) {
  dns::RRsetPtr found = asked_rrset(place);
  const bool is_alias = found == nullptr && (found = place.node.find(RRType::cname)) != nullptr;
  if (found == nullptr) {
    if (!wants_dnssec()) {
      deny(dns::Rcode::noerror, {});
    } else if (missing == nullptr) {
      deny(dns::Rcode::noerror, prove_no_data(chain(), qname));
    } else {
      deny(dns::Rcode::noerror, prove_wildcard_no_data(chain(), *missing));
    }
    return std::nullopt;
  }
  if (question_.qtype == RRType::rrsig) {
    answer_rrsigs(found, qname);
    return std::nullopt;
  }
  if (holds(message_->answer, qname, found->type())) return std::nullopt;  // a loop of aliases
  add_answer(found, qname);
  if (missing != nullptr && wants_dnssec()) add_proof(prove_wildcard_expansion(chain(), *missing));
  if (!is_alias) return std::nullopt;
  auto target = dns::decode_name(found->rdatas().front());
  return target.ok() ? std::optional<Name>(std::move(target).value()) : std::nullopt;
}

// ANY and RRSIG get one RRset, respectively its signatures (RFC 8482 4.1).
dns::RRsetPtr AnswerBuilder::asked_rrset(const Place& place) const {
  const bool has_data = !place.node.rrsets.empty();
  if (question_.qtype == RRType::any) return has_data ? place.node.rrsets.front() : nullptr;
  if (question_.qtype == RRType::rrsig) {
    return has_data && zone_.is_signed() ? place.node.rrsets.front() : nullptr;
  }
  if (question_.qtype == RRType::nsec && zone_.is_signed() &&
      chain().kind() == DenialChain::Kind::nsec) {
    return chain().matching(place.name);
  }
  return place.node.find(question_.qtype);
}

void AnswerBuilder::answer_rrsigs(const dns::RRsetPtr& rrset, const Name& qname) {
  const SignatureSource::Signatures signatures = zone_.signatures(rrset);
  const bool is_own = rrset == zone_.soa() || rrset == zone_.dnskeys();
  unchanged_until_ =
      std::min(unchanged_until_, is_own ? zone_.signed_at() : signatures.unchanged_until);
  for (const dns::RrsigPtr& rrsig : signatures.rrsigs) {
    message_->bare_rrsigs.push_back(
        {dns::Section::answer, qname, rrset->rclass(), rrset->ttl_s(), rrsig});
  }
}

std::optional<Name> AnswerBuilder::follow_dname(const Place& place, const Name& qname) {
  const dns::RRsetPtr dname = place.node.find(RRType::dname);
  if (!holds(message_->answer, place.name, RRType::dname)) add_answer(dname, place.name);
  const auto target = dns::decode_name(dname->rdatas().front());
  if (!target.ok()) return std::nullopt;
  const Result<Name> name = substitute(qname, place.name, target.value());
  if (!name.ok()) {
    message_->rcode = dns::Rcode::yxdomain;
    return std::nullopt;
  }
  if (holds(message_->answer, qname, RRType::cname)) return std::nullopt;  // a loop of aliases
  // Unsigned: validators make it themselves from the DNAME (RFC 6672 5.3.1).
  message_->answer.push_back(
      {dns::RRset::make({qname, RRType::cname, dns::RRClass::in, dname->ttl_s()},
                        {dns::encode_name(name.value())}),
       {}});
  const bool is_answer = question_.qtype == RRType::cname || question_.qtype == RRType::any;
  return is_answer ? std::nullopt : std::optional<Name>(name.value());
}

void AnswerBuilder::refer(const Place& place) {
  // After an alias the answer is authoritative for the name that was asked.
  if (message_->answer.empty()) message_->flags.aa = false;
  cut_ = place.name;
  message_->authority.reserve(message_->authority.size() + referral_rrsets);
  message_->authority.push_back({place.node.find(RRType::ns), {}});
  if (!wants_dnssec()) return;
  if (const dns::RRsetPtr ds = place.node.find(RRType::ds)) {
    add_authority(ds);
  } else {
    add_proof(prove_no_data(chain(), place.name));
  }
}

void AnswerBuilder::deny(dns::Rcode rcode, const Proof& proof) {
  message_->rcode = rcode;
  message_->authority.reserve(1 + proof.size());
  message_->authority.push_back(with_signatures(zone_.soa(), zone_.negative_soa()));
  add_proof(proof);
}

void AnswerBuilder::add_answer(const dns::RRsetPtr& rrset, const Name& qname) {
  const bool is_expanded = rrset->owner().is_wildcard() && rrset->owner() != qname;
  message_->answer.push_back(
      with_signatures(rrset, is_expanded ? rrset->with_owner(qname) : rrset));
}

void AnswerBuilder::add_authority(const dns::RRsetPtr& rrset) {
  if (holds(message_->authority, rrset->owner(), rrset->type())) return;
  message_->authority.push_back(with_signatures(rrset, rrset));
}

void AnswerBuilder::add_proof(const Proof& proof) {
  for (const dns::RRsetPtr& rrset : proof) add_authority(rrset);
}

dns::SignedRRset AnswerBuilder::with_signatures(const dns::RRsetPtr& signed_rrset,
                                                const dns::RRsetPtr& shown) {
  if (signed_rrset == zone_.soa() || signed_rrset == zone_.dnskeys()) {
    unchanged_until_ = std::min(unchanged_until_, zone_.signed_at());
  }
  if (!wants_dnssec()) return {shown, {}};
  SignatureSource::Signatures signatures = zone_.signatures(signed_rrset);
  unchanged_until_ = std::min(unchanged_until_, signatures.unchanged_until);
  return {shown, std::move(signatures.rrsigs)};
}

// Glue below the cut first: it must not be missing (RFC 9471 3.1).
void AnswerBuilder::add_additional() {
  std::vector<Name> hosts;
  for (const auto* section : {&message_->answer, &message_->authority}) {
    for (const dns::SignedRRset& entry : *section) {
      collect_hosts(*entry.rrset, zone_.apex(), hosts);
    }
  }
  if (cut_) {
    std::stable_partition(hosts.begin(), hosts.end(),
                          [this](const Name& host) { return host.is_at_or_below(*cut_); });
  }
  for (const Name& host : hosts) add_addresses(host);
}

void AnswerBuilder::add_addresses(const Name& host) {
  const Node node = zone_.content().node(host);
  const bool is_glue = node.kind == NodeKind::occluded || node.kind == NodeKind::delegation;
  for (const RRType type : {RRType::a, RRType::aaaa}) {
    const dns::RRsetPtr addresses = node.find(type);
    if (addresses == nullptr || holds(message_->additional, host, type) ||
        holds(message_->answer, host, type)) {
      continue;
    }
    message_->additional.push_back(is_glue ? dns::SignedRRset{addresses, {}}
                                           : with_signatures(addresses, addresses));
  }
}

}  // namespace zonefall::authority
