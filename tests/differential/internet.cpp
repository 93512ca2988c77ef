#include "internet.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "random_zone.h"
#include "zonefall/authority/answer.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::differential {
namespace {

using dns::Address;
using dns::Name;

constexpr std::size_t tcp_octets_max = 65535;
constexpr std::size_t udp_octets_without_edns = 512;
constexpr std::size_t udp_octets_max = 1232;

Address loopback(std::uint8_t second, std::uint8_t third, std::uint8_t fourth) {
  return Address::v4({127, second, third, fourth});
}

// The child that has the fault, or nullptr: the zone itself.
ZoneMaking* faulty_child(ZoneFamily& family, Rng& rng) {
  if (family.children.empty() || !rng.chance(1, 3)) return nullptr;
  ZoneMaking& child = family.children[rng.below(family.children.size())];
  return child.denial ? &child : nullptr;
}

// The addresses of the servers of a zone and its children.
void add_servers(ZoneMaking& servers_zone, const ZoneFamily& family) {
  const auto add = [&](const ZoneMaking& zone) {
    for (std::size_t i = 0; i < zone.server_names.size(); ++i) {
      const auto& octets = zone.addresses[i].octets;
      servers_zone.rrsets.push_back(
          dns::RRset::make({zone.server_names[i], dns::RRType::a, dns::RRClass::in, 3600},
                           {dns::encode_a({octets[12], octets[13], octets[14], octets[15]})}));
    }
  };
  add(family.zone);
  for (const ZoneMaking& child : family.children) {
    if (child.addresses != family.zone.addresses) add(child);
  }
}

AppliedFault apply(ZoneMaking& making, const std::string& name, Rng& rng) {
  if (name.empty()) return apply_random_fault(making, rng);
  return apply_fault(name, making, rng).value_or(AppliedFault{});
}

std::array<std::uint8_t, 3> network_of(std::uint32_t number) {
  return {127, static_cast<std::uint8_t>(16 + number / 200),
          static_cast<std::uint8_t>(number % 200)};
}

// EDNS and the size limits of UDP, as authority::reply() has them.
std::size_t octets_max(const Internet::Query& query) {
  if (query.is_tcp) return tcp_octets_max;
  if (!query.edns) return udp_octets_without_edns;
  return std::max(udp_octets_without_edns,
                  std::min<std::size_t>(udp_octets_max, query.edns->udp_payload_octets));
}

}  // namespace

std::string RandomZone::to_text() const {
  return fmt::format("zone {} {} ({}), fault {} at {}", number, apex.to_text(), signing,
                     fault.to_text(), faulty_apex.to_text());
}

struct Internet::Tlds {
  explicit Tlds(const InternetSettings& settings);

  std::vector<ZoneMaking> zones;
  ZoneMaking root;
  ZoneMaking other;
};

Internet::Tlds::Tlds(const InternetSettings& settings) {
  const auto frame = [&](std::string_view apex, Signing signing, std::vector<Address> addresses) {
    return ZoneFrame{.apex = Name::literal(apex),
                     .signing = signing,
                     .addresses = std::move(addresses),
                     .now = settings.now,
                     .seed = settings.seed};
  };
  root = frame_zone(frame(".", Signing::nsec, {loopback(0, 1, 1), loopback(0, 1, 2)}), "");
  zones = {
      frame_zone(frame("alpha.", Signing::nsec, {loopback(0, 2, 1), loopback(0, 2, 2)}), ""),
      frame_zone(frame("beta.", Signing::nsec3, {loopback(0, 2, 3), loopback(0, 2, 4)}), ""),
      frame_zone(frame("gamma.", Signing::nsec3_opt_out, {loopback(0, 2, 5), loopback(0, 2, 6)}),
                 "")};
  other = frame_zone(
      frame("other.", Signing::nsec, {loopback(0, 3, 1)}),
      "www IN A 192.0.2.1\n*.w IN A 192.0.2.2\n*.w IN TXT \"wild\"\na.w IN A 192.0.2.3\n");
}

RandomZone Internet::add_family(Tlds& tlds, const InternetSettings& settings,
                                std::uint32_t number) {
  Rng rng({settings.seed, number, purpose("random zone")});
  ZoneMaking& tld = tlds.zones[rng.below(tlds.zones.size())];
  const FamilyPlace place{.apex = tld.apex.prepend(fmt::format("z{}", number)).value(),
                          .servers_zone = tlds.other.apex,
                          .network = network_of(number),
                          .now = settings.now,
                          .seed = settings.seed};
  ZoneFamily family = random_family(place, rng);
  RandomZone random{.number = number,
                    .apex = place.apex,
                    .server = family.zone.addresses.front(),
                    .signing = family.signing};
  random.questions = random_questions(family, settings.questions_per_zone, rng);
  ZoneMaking* child = faulty_child(family, rng);
  random.faulty_apex = child != nullptr ? child->apex : place.apex;
  if (child != nullptr) random.fault = apply(*child, settings.fault, rng);
  for (const ZoneMaking& made : family.children) add_ds(family.zone, made);
  if (child == nullptr) random.fault = apply(family.zone, settings.fault, rng);
  add_servers(tlds.other, family);
  delegate(tld, family.zone);
  add_ds(tld, family.zone);
  for (const ZoneMaking& made : family.children) serve(make_zone(made));
  serve(make_zone(family.zone));
  return random;
}

RandomZone Internet::add_world(Tlds& tlds, const InternetSettings& settings, std::uint32_t number) {
  Rng rng({settings.seed, number, purpose("random servers")});
  const std::size_t tld = rng.below(tlds.zones.size());
  const std::size_t far_tld = rng.below(tlds.zones.size());
  ServerWorld world = random_world({.number = number,
                                    .hub_tld = tlds.zones[tld].apex,
                                    .far_tld = tlds.zones[far_tld].apex,
                                    .network = network_of(number),
                                    .now = settings.now,
                                    .seed = settings.seed},
                                   rng);
  RandomZone random{.number = number,
                    .apex = world.zones.front().making.apex,
                    .server = world.zone().addresses.front(),
                    .signing = world.to_text(),
                    .faulty_apex = world.zone().apex};
  random.fault = apply_server_faults(world, settings.fault, rng);
  random.questions = world_questions(world, settings.questions_per_zone, rng);
  for (std::size_t i = world.zones.size(); i-- > 0;) {  // children first: their DS
    WorldZone& zone = world.zones[i];
    ZoneMaking& above =
        zone.parent ? world.zones[*zone.parent].making : tlds.zones[i == 0 ? tld : far_tld];
    above.rrsets.insert(above.rrsets.end(), zone.delegation.begin(), zone.delegation.end());
    add_ds(above, zone.making);
    serve(make_zone(zone.making));
  }
  for (auto& [server, lie] : world.lies) {
    servers_[server];  // it is there, and may have no zone
    lies_[server] = std::move(lie);
  }
  return random;
}

Internet::Internet(const InternetSettings& settings) : kind_(settings.kind) {
  Tlds tlds(settings);
  for (const std::uint32_t number : settings.zones) {
    random_zones_.push_back(settings.kind == WorldKind::zones ? add_family(tlds, settings, number)
                                                              : add_world(tlds, settings, number));
  }
  const ZoneMaking plain = frame_zone({.apex = Name::literal("plain.other."),
                                       .signing = Signing::unsigned_zone,
                                       .addresses = {loopback(0, 3, 2)},
                                       .now = settings.now},
                                      "www IN A 192.0.2.4\n");
  delegate(tlds.other, plain);
  serve(make_zone(plain));
  tlds.zones.push_back(tlds.other);
  for (const ZoneMaking& tld : tlds.zones) {
    delegate(tlds.root, tld);
    add_ds(tlds.root, tld);
    serve(make_zone(tld));
  }
  serve(make_zone(tlds.root));
  root_key_ = tlds.root.ksks.front()->dnskey();
  anchor_ = dns::RRset::make({Name(), dns::RRType::ds, dns::RRClass::in, 86400},
                             {dns::encode(tlds.root.ds.front())});
}

void Internet::serve(const ServedZone& zone) {
  for (const Address& address : zone.addresses) servers_[address].push_back(zone);
}

std::string Internet::anchor_text() const {
  return dns::rdata_to_text(dns::RRType::dnskey, dns::encode(root_key_));
}

std::string Internet::root_hints_text() {
  return ". 3600 IN NS ns1.\n. 3600 IN NS ns2.\nns1. 3600 IN A 127.0.1.1\nns2. 3600 IN A "
         "127.0.1.2\n";
}

// The deepest zone at or above QNAME; for DS at its apex the one above, if it is served here too
// (RFC 4035 3.1.4.1).
const ServedZone* Internet::find(const Address& server, const dns::Question& question) const {
  const auto at = servers_.find(server);
  if (at == servers_.end()) return nullptr;
  const auto deepest = [&](const Name& name) {
    const ServedZone* found = nullptr;
    for (const ServedZone& zone : at->second) {
      const Name& apex = zone.version->apex();
      if (!name.is_at_or_below(apex)) continue;
      if (!found || found->version->apex().label_count() < apex.label_count()) found = &zone;
    }
    return found;
  };
  const ServedZone* zone = deepest(question.qname);
  if (zone == nullptr || question.qtype != dns::RRType::ds || question.qname.is_root() ||
      zone->version->apex() != question.qname) {
    return zone;
  }
  const ServedZone* above = deepest(question.qname.parent());
  return above != nullptr ? above : zone;
}

dns::MessagePtr Internet::answer(const Address& server, const Query& query) const {
  if (!servers_.contains(server)) return nullptr;
  const std::size_t octets = octets_max(query);
  const Key key{server, query.question, query.edns.has_value(), query.edns && query.edns->dnssec_ok,
                octets};
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = answers_.find(key); found != answers_.end()) return found->second;
  }
  dns::MessagePtr message = make_answer(server, query, octets);
  const std::lock_guard lock(mutex_);
  return answers_.emplace(key, std::move(message)).first->second;
}

dns::MessagePtr Internet::make_answer(const Address& server, const Query& query,
                                      std::size_t octets_max) const {
  const authority::AnswerOptions options{.edns = query.edns.has_value(),
                                         .dnssec_ok = query.edns && query.edns->dnssec_ok};
  const ServedZone* zone = find(server, query.question);
  authority::Answer answer =
      zone != nullptr ? authority::answer(*zone->version, query.question, options)
                      : authority::error_answer(query.question, dns::Rcode::refused, options);
  if (zone != nullptr && zone->message_lie) {
    auto changed = std::make_shared<dns::Message>(*answer.message);
    zone->message_lie(*changed, *zone->version);
    answer.wire_octets = dns::wire_size(*changed);
    answer.message = std::move(changed);
  }
  const dns::MessagePtr message = authority::fit_answer(answer, octets_max).message;
  const auto lie = lies_.find(server);
  if (lie == lies_.end()) return message;
  auto changed = std::make_shared<dns::Message>(*message);
  const AskedOfServer asked{query.question, options.edns, query.is_tcp,
                            zone != nullptr ? zone->version.get() : nullptr};
  if (!lie->second(*changed, asked)) return nullptr;
  return changed;
}

}  // namespace zonefall::differential
