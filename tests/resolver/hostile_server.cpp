#include "hostile_server.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "zonefall/dnssec/nsec3.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::resolver::testing {

using dns::Name;
using dns::RRType;

namespace {

dns::Octets draw_address(Input& in) {
  // Most are those of servers that exist.
  static constexpr std::uint8_t last[] = {1, 2, 11, 12, 21, 31, 32, 41};
  if (in.below(8) != 0) return dns::encode_a({192, 0, 2, last[in.below(8)]});
  return dns::encode_a({203, 0, 113, in.next()});
}

dns::TypeBitmap draw_types(Input& in) {
  static constexpr RRType types[] = {RRType::a,   RRType::ns,    RRType::soa, RRType::ds,
                                     RRType::txt, RRType::cname, RRType::any, RRType::dname};
  std::vector<RRType> chosen{RRType::rrsig};
  const std::uint8_t bits = in.next();
  for (unsigned i = 0; i < 8; ++i) {
    if ((bits >> i & 1) != 0 && types[i] != RRType::any) chosen.push_back(types[i]);
  }
  return dns::TypeBitmap(chosen);
}

// Any RDATA will do for types whose content the resolver does not read.
dns::Octets draw_rdata(Input& in, RRType type) {
  switch (type) {
    case RRType::a: return draw_address(in);
    case RRType::ns:
    case RRType::cname:
    case RRType::dname: return dns::encode_name(draw_name(in));
    default: {  // octets of the input, not always well-formed
      const auto octets = in.take(in.below(24));
      return {octets.begin(), octets.end()};
    }
  }
}

}  // namespace

Name draw_name(Input& in) {
  static const Name names[] = {Name::literal("www.signed.tld."),
                               Name::literal("alias.signed.tld."),
                               Name::literal("no.signed.tld."),
                               Name::literal("a.b.c.signed.tld."),
                               Name::literal("x.wild.signed.tld."),
                               Name::literal("www.plain.tld."),
                               Name::literal("www.other."),
                               Name::literal("no.other."),
                               Name::literal("loop.tld."),
                               Name::literal("www.self.tld."),
                               Name::literal("www.moved.tld."),
                               Name::literal("signed.tld."),
                               Name::literal("tld."),
                               Name(),
                               Name::literal("other."),
                               Name::literal("word.tld.")};
  const std::uint8_t octet = in.next();
  Name name = names[octet % 16];
  static constexpr const char* labels[] = {"ns", "a", "*", "x"};
  std::size_t more = 0;
  if (octet >= 160) more = 1 + octet % 3;
  if (octet >= 248) more = 40;  // deep
  for (; more > 0; --more) {
    auto longer = name.prepend(labels[in.below(4)]);
    if (longer) name = std::move(longer).value();
  }
  return name;
}

RRType draw_type(Input& in) {
  static constexpr RRType types[] = {RRType::a,  RRType::aaaa,  RRType::ds,   RRType::dnskey,
                                     RRType::ns, RRType::cname, RRType::nsec, RRType::any};
  return types[in.below(8)];
}

void HostileServer::spoil(const dns::Question& asked, dns::Message& message) {
  message.flags.qr = true;
  if (!message.question) message.question = asked;
  for (std::size_t ways = 1 + in_.below(3); ways > 0; --ways) spoil_once(asked, message);
}

void HostileServer::spoil_once(const dns::Question& asked, dns::Message& message) {
  switch (in_.below(14)) {
    case 0: add_aliases(asked, message); break;
    case 1: add_dname(asked, message); break;
    case 2:
    case 3: {  // downwards
      const std::size_t labels = asked.qname.label_count();
      refer(asked.qname.suffix(labels - in_.below(labels + 1)), message);
      break;
    }
    case 4: refer(draw_name(in_), message); break;  // upwards, aside
    case 5: multiply_signatures(message); break;
    case 6: give_keys(asked, message); break;
    case 7: deny_by_nsec(asked, message); break;
    case 8: deny_by_nsec3(asked, message); break;
    case 9: stuff(message); break;
    case 10: change_ttls(message); break;
    case 11: change_head(message); break;
    case 12:  // of a wildcard, or stolen from another name
      for (auto& entry : message.answer) entry.rrset = entry.rrset->with_owner(draw_name(in_));
      break;
    case 13:
      message.answer.clear();
      message.authority.clear();
      break;
  }
}

void HostileServer::add_aliases(const dns::Question& asked, dns::Message& message) {
  message.answer.clear();
  message.rcode = dns::Rcode::noerror;
  Name owner = asked.qname;
  for (std::size_t count = 1 + in_.below(16); count > 0; --count) {
    const Name target = draw_name(in_);
    message.answer.push_back(
        draw_signatures(make(owner, RRType::cname, {dns::encode_name(target)})));
    owner = target;
  }
}

void HostileServer::add_dname(const dns::Question& asked, dns::Message& message) {
  if (asked.qname.is_root()) return;
  message.answer.clear();
  message.rcode = dns::Rcode::noerror;
  const Name owner = asked.qname.suffix(in_.below(asked.qname.label_count()));
  message.answer.push_back(
      draw_signatures(make(owner, RRType::dname, {dns::encode_name(draw_name(in_))})));
  if (in_.flag()) {
    message.answer.push_back(
        {make(asked.qname, RRType::cname, {dns::encode_name(draw_name(in_))}), {}});
  }
}

void HostileServer::refer(const Name& cut, dns::Message& message) {
  message.answer.clear();
  message.authority.clear();
  message.flags.aa = in_.below(4) == 0;
  message.rcode = dns::Rcode::noerror;
  std::vector<dns::Octets> names;
  for (std::size_t count = 1 + draw_count(); count > 0; --count) {
    Name name = draw_name(in_);
    if (in_.flag()) {
      if (auto own = cut.prepend(fmt::format("ns{}", count))) name = std::move(own).value();
    }
    if (in_.flag()) add_glue(name, message);
    names.push_back(dns::encode_name(name));
  }
  message.authority.push_back({make(cut, RRType::ns, std::move(names)), {}});
  if (in_.below(4) == 0) add_ds(cut, message);
}

void HostileServer::add_glue(const Name& ns_name, dns::Message& message) {
  std::vector<dns::Octets> addresses;
  for (std::size_t count = 1 + draw_count() / 4; count > 0; --count) {
    addresses.push_back(draw_address(in_));
  }
  message.additional.push_back({make(ns_name, RRType::a, std::move(addresses)), {}});
}

// The right one among others, or without it.
void HostileServer::add_ds(const Name& cut, dns::Message& message) {
  if (cut.is_root()) return;
  const dnssec::KeyPairPtr ksk = zone_of(cut).ksk;
  std::vector<dns::Octets> rdatas;
  for (std::size_t count = 1 + draw_count(); count > 0; --count) {
    static const dns::DnskeyRdata no_key;
    dns::DsRdata ds =
        dnssec::make_ds(cut, ksk ? ksk->dnskey() : no_key, dnssec::DigestType::sha256);
    const std::uint8_t octet = in_.next();
    if (octet >= 64) ds.digest[0] = octet;
    if (octet >= 224) ds.algorithm = in_.next();
    if (octet % 8 == 7) ds.digest_type = in_.next();
    rdatas.push_back(dns::encode(ds));
  }
  message.authority.push_back(draw_signatures(make(cut, RRType::ds, std::move(rdatas))));
}

void HostileServer::multiply_signatures(dns::Message& message) {
  for (auto* section : {&message.answer, &message.authority}) {
    for (dns::SignedRRset& entry : *section) {
      dns::RrsigList rrsigs;
      const ZonePlan& plan = zone_of(entry.rrset->owner());
      for (std::size_t count = draw_count(); count > 0; --count) {
        if (plan.zsk) rrsigs.push_back(draw_signature(entry.rrset, plan));
      }
      for (const dns::RrsigPtr& rrsig : entry.rrsigs) rrsigs.push_back(rrsig);
      entry.rrsigs = rrsigs;
    }
  }
}

// Many keys of one tag, the right ones among them or not.
void HostileServer::give_keys(const dns::Question& asked, dns::Message& message) {
  const ZonePlan& plan = zone_of(asked.qname);
  if (!plan.ksk) return;
  std::vector<dns::Octets> rdatas;
  if (in_.flag()) rdatas = {dns::encode(plan.ksk->dnskey()), dns::encode(plan.zsk->dnskey())};
  for (std::size_t count = 1 + draw_count(); count > 0; --count) {
    dns::DnskeyRdata key = (in_.flag() ? plan.ksk : plan.zsk)->dnskey();
    // Octets swapped two by two leave the checksum of RFC 4034 appendix B alone.
    const std::size_t at = in_.below(key.public_key.size() - 2);
    std::swap(key.public_key[at], key.public_key[at + 2]);
    const std::uint8_t octet = in_.next();
    if (octet >= 192) key.flags = static_cast<std::uint16_t>(octet << 4);
    if (octet >= 240) key.public_key.resize(octet % 5);
    rdatas.push_back(dns::encode(key));
  }
  const dns::RRsetPtr rrset = make(asked.qname, RRType::dnskey, std::move(rdatas));
  dns::SignedRRset entry = draw_signatures(rrset);
  const auto now_s = static_cast<std::uint32_t>(now_.to_unix_s());
  if (in_.flag()) {
    entry.rrsigs.push_back(
        dnssec::sign(rrset, plan.ksk, Name::literal(plan.apex), {now_s - 3600, now_s + 86400}));
  }
  message.answer = {entry};
}

void HostileServer::deny_by_nsec(const dns::Question& asked, dns::Message& message) {
  message.answer.clear();
  message.rcode = in_.flag() ? dns::Rcode::nxdomain : dns::Rcode::noerror;
  for (std::size_t count = 1 + draw_count(); count > 0; --count) {
    const Name owner = in_.flag() ? asked.qname : draw_name(in_);
    const dns::NsecRdata nsec{draw_name(in_), draw_types(in_)};
    message.authority.push_back(draw_signatures(make(owner, RRType::nsec, {dns::encode(nsec)})));
  }
}

void HostileServer::deny_by_nsec3(const dns::Question& asked, dns::Message& message) {
  static constexpr std::uint16_t iterations[] = {0, 0, 0, 1, 50, 150, 151, 65535};
  message.answer.clear();
  message.rcode = in_.flag() ? dns::Rcode::nxdomain : dns::Rcode::noerror;
  const Name zone = Name::literal(zone_of(asked.qname).apex);
  dnssec::Nsec3Params params{iterations[in_.below(8)], {}};
  if (in_.flag()) params.salt.assign(in_.next(), 0xab);
  for (std::size_t count = 1 + draw_count(); count > 0; --count) {
    const Name owner = asked.qname.suffix(in_.below(asked.qname.label_count() + 1));
    // Hashing by the limit's measure only: the attacker's own work is none of ours.
    const dnssec::Nsec3Params cheap{std::min<std::uint16_t>(params.iterations, 200), params.salt};
    dnssec::Nsec3Hash hash = dnssec::nsec3_hash(owner, cheap);
    if (in_.flag()) hash[0] = in_.next();
    dns::Nsec3Rdata nsec3;
    nsec3.flags = in_.next() & 1U;
    nsec3.iterations = params.iterations;
    nsec3.salt = params.salt;
    nsec3.next_hash.assign(hash.begin(), hash.end());
    nsec3.next_hash[in_.below(20)] = in_.next();
    nsec3.types = draw_types(in_);
    message.authority.push_back(draw_signatures(
        make(dnssec::nsec3_owner(hash, zone), RRType::nsec3, {dns::encode(nsec3)})));
  }
}

void HostileServer::stuff(dns::Message& message) {
  for (std::size_t count = draw_count(); count > 0; --count) {
    const Name owner = draw_name(in_);
    const RRType type = draw_type(in_);
    if (type == RRType::any) continue;
    const dns::SignedRRset entry = draw_signatures(make(owner, type, {draw_rdata(in_, type)}));
    Section* sections[] = {&message.answer, &message.authority, &message.additional};
    sections[in_.below(3)]->push_back(entry);
  }
}

void HostileServer::change_ttls(dns::Message& message) {
  for (auto* section : {&message.answer, &message.authority, &message.additional}) {
    for (dns::SignedRRset& entry : *section) entry.rrset = entry.rrset->with_ttl(draw_ttl_s());
  }
}

void HostileServer::change_head(dns::Message& message) {
  const std::uint8_t octet = in_.next();
  if (octet < 64) message.rcode = static_cast<dns::Rcode>(octet % 16);
  if (octet >= 192) message.question = dns::Question{draw_name(in_), draw_type(in_)};
  if (octet >= 240) message.question.reset();
  message.flags.tc = octet % 4 == 1;
  message.flags.aa = octet % 4 == 2;
  if (octet % 16 == 3) message.flags.qr = false;
}

ZonePlan& HostileServer::zone_of(const Name& name) {
  for (std::size_t labels = name.label_count(); labels > 0; --labels) {
    const std::string apex = name.suffix(labels).to_text();
    if (internet_.zones().contains(apex)) return internet_.zone(apex);
  }
  return internet_.zone(".");
}

dns::SignedRRset HostileServer::draw_signatures(const dns::RRsetPtr& rrset) {
  const ZonePlan& plan = zone_of(rrset->owner());
  dns::SignedRRset entry{rrset, {}};
  if (!plan.zsk || in_.below(4) == 0) return entry;
  entry.rrsigs.push_back(draw_signature(rrset, plan));
  return entry;
}

dns::RrsigPtr HostileServer::draw_signature(const dns::RRsetPtr& rrset, const ZonePlan& plan) {
  const auto now_s = static_cast<std::uint32_t>(now_.to_unix_s());
  const Name apex = Name::literal(plan.apex);
  const dnssec::SignatureWindow window{now_s - 3600, now_s + 86400};
  switch (in_.below(8)) {
    case 0: return dnssec::sign(rrset, make_key_like(plan.zsk, "hostile"), apex, window);
    case 1: return dnssec::sign(rrset, plan.zsk, apex, {now_s + in_.next(), now_s - in_.next()});
    case 2: return dnssec::sign(rrset, plan.ksk, apex, window);
    case 3: {  // fields that do not fit
      const dns::RrsigPtr right = dnssec::sign(rrset, plan.zsk, apex, window);
      dns::RrsigFields fields = right->fields();
      fields.labels = static_cast<std::uint8_t>(in_.below(6));
      if (in_.flag()) fields.algorithm = in_.next();
      if (in_.flag()) fields.signer = draw_name(in_);
      return dns::make_octet_rrsig(fields, {1, 2, 3});
    }
    default: return dnssec::sign(rrset, plan.zsk, apex, window);  // the zone is his
  }
}

dns::RRsetPtr HostileServer::make(const Name& owner, RRType type, std::vector<dns::Octets> rdatas) {
  return dns::RRset::make({.owner = owner, .type = type, .ttl_s = draw_ttl_s()}, std::move(rdatas));
}

std::uint32_t HostileServer::draw_ttl_s() {
  static constexpr std::uint32_t ttls_s[] = {0, 1, 5, 60, 3600, 86400, 0x7fffffff, 0xffffffff};
  return ttls_s[in_.below(8)];
}

std::size_t HostileServer::draw_count() {
  const std::uint8_t octet = in_.next();
  return octet < 192 ? octet % 4 : octet % 64;
}

}  // namespace zonefall::resolver::testing
