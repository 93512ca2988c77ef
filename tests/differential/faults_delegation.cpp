// Delegations that are badly made (RFC 1034 4.2.1 and 4.2.2, RFC 1912 2.4 and 2.8, RFC 9471).
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "server_world.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::differential {
namespace {

using dns::Address;
using dns::Name;
using dns::RRsetPtr;
using dns::RRType;
using Detail = std::optional<std::string>;

dns::Octets octets_of(const Address& address) {
  const auto& octets = address.octets;
  return dns::encode_a({octets[12], octets[13], octets[14], octets[15]});
}

bool is_glue(const RRsetPtr& rrset) {
  return rrset->type() == RRType::a;
}

bool is_ns(const RRsetPtr& rrset) {
  return rrset->type() == RRType::ns;
}

bool is_own_ns(const ServerWorld& world, const RRsetPtr& rrset) {
  const Name& apex = world.zones[world.victim].making.apex;
  return is_ns(rrset) && rrset->owner() == apex;
}

RRsetPtr ns_rrset(const Name& apex, const std::vector<Name>& servers) {
  std::vector<dns::Octets> rdatas;
  for (const Name& server : servers) rdatas.push_back(dns::encode_name(server));
  return dns::RRset::make({apex, RRType::ns, dns::RRClass::in, 3600}, std::move(rdatas));
}

// Two faults of one world may add the same name.
void add(std::vector<RRsetPtr>& rrsets, const dns::SignedRRset& entry) {
  const bool is_known = std::any_of(rrsets.begin(), rrsets.end(), [&](const RRsetPtr& known) {
    return known->owner() == entry.rrset->owner() && known->type() == entry.rrset->type();
  });
  if (!is_known) rrsets.push_back(entry.rrset);
}

void set_parents_ns(ServerWorld& world, const std::vector<Name>& servers) {
  for (RRsetPtr& rrset : world.delegation()) {
    if (is_ns(rrset)) rrset = ns_rrset(rrset->owner(), servers);
  }
}

void set_own_ns(ServerWorld& world, const std::vector<Name>& servers) {
  for (RRsetPtr& rrset : world.zone().rrsets) {
    if (is_own_ns(world, rrset)) rrset = ns_rrset(rrset->owner(), servers);
  }
}

std::vector<Name> with(std::vector<Name> servers, const Name& more) {
  servers.push_back(more);
  return servers;
}

Detail glue_missing(ServerWorld& world, Rng&) {
  const auto count = std::erase_if(world.delegation(), is_glue);
  if (count == 0) return std::nullopt;
  return fmt::format("{} of {} servers", count, world.zone().server_names.size());
}

template <bool all>
Detail glue_wrong(ServerWorld& world, Rng&) {
  std::size_t count = 0;
  for (RRsetPtr& rrset : world.delegation()) {
    if (!is_glue(rrset) || (!all && count > 0)) continue;
    rrset = record(rrset->owner(), RRType::a, octets_of(world.dead)).rrset;
    count += 1;
  }
  if (count == 0) return std::nullopt;
  return fmt::format("{} of {} servers", count, world.zone().server_names.size());
}

// Each server has a second address in the glue, where nobody knows the zone.
Detail glue_more(ServerWorld& world, Rng&) {
  bool found = false;
  for (RRsetPtr& rrset : world.delegation()) {
    if (!is_glue(rrset)) continue;
    std::vector<dns::Octets> rdatas = rrset->rdatas().to_vector();
    rdatas.push_back(octets_of(world.dead));
    rrset =
        dns::RRset::make({rrset->owner(), RRType::a, dns::RRClass::in, 3600}, std::move(rdatas));
    found = true;
  }
  if (!found) return std::nullopt;
  return "";
}

// The zone names other servers than its parent: all of them, or one more, are dead.
template <bool all>
Detail own_ns_dead(ServerWorld& world, Rng&) {
  ZoneMaking& zone = world.zone();
  const Name dead = zone.apex.prepend("dead").value();
  add(zone.rrsets, record(dead, RRType::a, octets_of(world.dead)));
  set_own_ns(world, all ? std::vector{dead} : with(zone.server_names, dead));
  return "";
}

template <bool all>
Detail parents_ns_dead(ServerWorld& world, Rng&) {
  ZoneMaking& zone = world.zone();
  const Name dead = zone.apex.prepend("dead").value();
  add(world.delegation(), record(dead, RRType::a, octets_of(world.dead)));
  set_parents_ns(world, all ? std::vector{dead} : with(zone.server_names, dead));
  return "";
}

// The zone and its parent name one server each, and both work.
Detail ns_differ(ServerWorld& world, Rng&) {
  ZoneMaking& zone = world.zone();
  if (zone.server_names.size() < 2) return std::nullopt;
  set_parents_ns(world, {zone.server_names.front()});
  set_own_ns(world, {zone.server_names.back()});
  return "";
}

// An NS that leads to an alias of a server (RFC 2181 10.3); beside a good one, or alone.
template <bool all>
Detail ns_is_alias(ServerWorld& world, Rng&) {
  ZoneMaking& zone = world.zone();
  ZoneMaking& far = world.zones[1].making;
  const Name alias = far.apex.prepend("alias").value();
  const Name real = far.apex.prepend("real").value();
  add(far.rrsets, record(alias, RRType::cname, dns::encode_name(real)));
  add(far.rrsets, record(real, RRType::a, octets_of(zone.addresses.front())));
  const std::vector<Name> servers = all ? std::vector{alias} : with(zone.server_names, alias);
  set_parents_ns(world, servers);
  set_own_ns(world, servers);
  return "";
}

// An NS whose name does not exist, or has no address; beside a good one, or alone.
template <bool all>
Detail ns_without_address(ServerWorld& world, Rng& rng) {
  ZoneMaking& far = world.zones[1].making;
  const Name server = far.apex.prepend("noaddress").value();
  const bool exists = rng.chance(1, 2);
  if (exists) add(far.rrsets, record(server, RRType::txt, {1, 'x'}));
  const std::vector<Name> servers =
      all ? std::vector{server} : with(world.zone().server_names, server);
  set_parents_ns(world, servers);
  set_own_ns(world, servers);
  return exists ? "NODATA" : "NXDOMAIN";
}

void lose_signatures(ServerWorld& world) {
  Rng none({});
  misbehave(world, none, [](dns::Message& message, const AskedOfServer&) {
    for (auto* section : {&message.answer, &message.authority}) {
      for (dns::SignedRRset& entry : *section) entry.rrsigs.clear();
    }
    return true;
  });
}

// Of a zone that cannot be reached itself.
Detail ns_in_dead_zone(ServerWorld& world, Rng&) {
  const Name lost = world.zones[1].making.apex.prepend("lost").value();
  const Name server = lost.prepend("ns").value();
  auto& far = world.zones[1].making.rrsets;
  add(far, {ns_rrset(lost, {server}), {}});
  add(far, record(server, RRType::a, octets_of(world.dead)));
  const Name other = lost.prepend("other").value();
  set_parents_ns(world, with(world.zone().server_names, other));
  set_own_ns(world, with(world.zone().server_names, other));
  return "";
}

// All servers have their names in a zone whose signatures are gone: bogus.
Detail ns_in_bogus_zone(ServerWorld& world, Rng&) {
  const std::vector<std::size_t> others = world.bystanders();
  const auto home = std::find_if(others.begin(), others.end(), [&](std::size_t at) {
    return at > 0 && world.zones[at].making.denial.has_value();
  });
  if (home == others.end()) return std::nullopt;
  const Address address = world.zone().addresses.front();
  const std::size_t victim = std::exchange(world.victim, *home);
  const Name server = world.zone().apex.prepend("unproved").value();
  add(world.zone().rrsets, record(server, RRType::a, octets_of(address)));
  lose_signatures(world);
  world.victim = victim;
  std::erase_if(world.delegation(), is_glue);
  set_parents_ns(world, {server});
  set_own_ns(world, {server});
  return "";
}

// A server in a zone that is below the delegation, but without glue.
Detail ns_below_without_glue(ServerWorld& world, Rng&) {
  const Name server = world.zone().apex.prepend("noglue").value();
  ZoneMaking& zone = world.zone();
  add(zone.rrsets, record(server, RRType::a, octets_of(zone.addresses.front())));
  std::erase_if(world.delegation(), is_glue);
  set_parents_ns(world, {server});
  set_own_ns(world, {server});
  return "";
}

// The victim's server is in a second zone, and that one's in the victim.
Detail ns_cycle(ServerWorld& world, Rng&) {
  const std::size_t other = world.victim == 2 ? 3 : 2;
  const Name first = world.zone().apex.prepend("cyc").value();
  const Name second = world.zones[other].making.apex.prepend("cyc").value();
  const auto turn = [&](std::size_t at, const Name& own, const Name& others) {
    world.victim = at;
    ZoneMaking& zone = world.zone();
    add(zone.rrsets, record(own, RRType::a, octets_of(zone.addresses.front())));
    std::erase_if(world.delegation(), is_glue);
    set_parents_ns(world, {others});
    set_own_ns(world, {others});
  };
  const std::size_t victim = world.victim;
  turn(other, second, first);
  turn(victim, first, second);
  return "";
}

// Fifteen servers, of which one works.
Detail ns_many(ServerWorld& world, Rng&) {
  std::vector<Name> servers = world.zone().server_names;
  for (int i = 0; i < 14; ++i) {
    const Name server = world.zone().apex.prepend(fmt::format("m{}", i)).value();
    servers.push_back(server);
    add(world.zone().rrsets, record(server, RRType::a, octets_of(world.dead)));
    add(world.delegation(), record(server, RRType::a, octets_of(world.dead)));
  }
  set_parents_ns(world, servers);
  set_own_ns(world, servers);
  return "";
}

// An address where the name of a server should be (RFC 1912 2.4).
Detail ns_is_address(ServerWorld& world, Rng&) {
  const Name server = Name::literal("192.0.2.53.");
  set_parents_ns(world, with(world.zone().server_names, server));
  set_own_ns(world, with(world.zone().server_names, server));
  return "";
}

Detail ns_is_root(ServerWorld& world, Rng&) {
  set_parents_ns(world, with(world.zone().server_names, Name()));
  return "";
}

// All servers of the parent serve the zone as well: no referral leads there.
Detail parent_serves_too(ServerWorld& world, Rng&) {
  const std::size_t parent = world.zones[world.victim].parent.value();
  const std::vector<Address>& more = world.zones[parent].making.addresses;
  std::vector<Address>& servers = world.zone().addresses;
  servers.insert(servers.end(), more.begin(), more.end());
  return "";
}

constexpr std::array faults = {
    ServerFault{"glue-missing", "no glue", usual, glue_missing},
    ServerFault{"glue-wrong", "glue is not the servers' addresses", usual, glue_wrong<true>},
    ServerFault{"glue-wrong-once", "glue of one server is not its address", usual,
                glue_wrong<false>},
    ServerFault{"glue-more", "glue has a dead address besides", usual, glue_more},
    ServerFault{"own-ns-dead", "the zone names dead servers", usual, own_ns_dead<true>},
    ServerFault{"own-ns-one-dead", "the zone names a dead server besides", usual,
                own_ns_dead<false>},
    ServerFault{"parent-ns-dead", "the parent names dead servers", usual, parents_ns_dead<true>},
    ServerFault{"parent-ns-one-dead", "the parent names a dead server besides", usual,
                parents_ns_dead<false>},
    ServerFault{"ns-differ", "the zone and its parent name different servers", usual, ns_differ},
    ServerFault{"ns-alias", "the NS leads to an alias", contested, ns_is_alias<true>},
    ServerFault{"ns-alias-too", "one NS leads to an alias", usual, ns_is_alias<false>},
    ServerFault{"ns-no-address", "the NS has no address", usual, ns_without_address<true>},
    ServerFault{"ns-no-address-too", "one NS has no address", usual, ns_without_address<false>},
    ServerFault{"ns-in-dead-zone", "one NS is in a zone that is dead", usual, ns_in_dead_zone},
    ServerFault{"ns-in-bogus-zone", "the NS is in a zone that is bogus", usual, ns_in_bogus_zone},
    ServerFault{"ns-below-without-glue", "the NS is in the zone, and has no glue", usual,
                ns_below_without_glue},
    ServerFault{"ns-cycle", "two zones have their servers in each other", usual, ns_cycle},
    ServerFault{"ns-many", "fourteen dead servers besides", usual, ns_many},
    ServerFault{"ns-address", "an address as the name of a server", usual, ns_is_address},
    ServerFault{"ns-root", "the root as the name of a server", usual, ns_is_root},
    ServerFault{"parent-serves-too", "the parent's servers are the zone's", usual,
                parent_serves_too},
};

}  // namespace

std::span<const ServerFault> delegation_faults() {
  return faults;
}

}  // namespace zonefall::differential
