// Drawing server faults, and what they have in common.
#include <set>
#include <utility>

#include <fmt/format.h>

#include "server_world.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::differential {
namespace {

std::vector<ServerFault> all_faults() {
  std::vector<ServerFault> all;
  for (const std::span<const ServerFault> table :
       {lame_faults(), header_faults(), record_faults(), negative_faults(), delegation_faults(),
        referral_faults(), copy_faults()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

void add_lie(ServerWorld& world, const dns::Address& server, ServerLie lie) {
  ServerLie& known = world.lies[server];
  if (known == nullptr) {
    known = std::move(lie);
    return;
  }
  known = [first = std::move(known), second = std::move(lie)](dns::Message& message,
                                                              const AskedOfServer& asked) {
    return first(message, asked) && second(message, asked);
  };
}

ServerLie in_zone(const ZoneMaking& zone, const ServerLie& lie) {
  return [lie, apex = zone.apex](dns::Message& message, const AskedOfServer& asked) {
    return asked.zone == nullptr || asked.zone->apex() != apex || lie(message, asked);
  };
}

void add_lie_to_all(ServerWorld& world, const ZoneMaking& zone, const ServerLie& lie) {
  const std::vector<dns::Address>& addresses = zone.addresses;
  for (const dns::Address& server : std::set<dns::Address>(addresses.begin(), addresses.end())) {
    add_lie(world, server, lie);
  }
}

AppliedFault apply_one(ServerWorld& world, Rng& rng) {
  static const std::vector<ServerFault> all = all_faults();
  std::vector<std::uint64_t> weights;
  weights.reserve(all.size());
  for (const ServerFault& fault : all) weights.push_back(fault.weight);
  const WeightedChoice choice(weights);
  for (;;) {  // REFUSED is possible for every server
    const ServerFault& fault = all[choice.draw(rng)];
    if (auto detail = fault.apply(world, rng)) return {std::string(fault.name), std::move(*detail)};
  }
}

}  // namespace

AppliedFault apply_server_faults(ServerWorld& world, const std::string& name, Rng& rng) {
  if (!name.empty()) {
    for (const ServerFault& fault : all_faults()) {
      if (fault.name != name) continue;
      const auto detail = fault.apply(world, rng);
      return detail ? AppliedFault{name, *detail} : AppliedFault{};
    }
    return {};
  }
  if (rng.chance(1, 20)) return {};
  AppliedFault applied = apply_one(world, rng);
  if (!rng.chance(1, 8)) return applied;
  AppliedFault second = apply_one(world, rng);
  while (second.name == applied.name) second = apply_one(world, rng);
  return {"two", applied.to_text() + "; " + second.to_text()};
}

std::optional<std::string> misbehave(ServerWorld& world, Rng&, const ServerLie& lie) {
  add_lie_to_all(world, world.zone(), in_zone(world.zone(), lie));
  return "all";
}

std::optional<std::string> misbehave_above(ServerWorld& world, const ServerLie& lie) {
  const ZoneMaking& above = world.zones[world.zones[world.victim].parent.value()].making;
  add_lie_to_all(world, above, in_zone(above, lie));
  return "above";
}

std::optional<std::string> misbehave_some(ServerWorld& world, Rng& rng, const ServerLie& lie) {
  if (rng.chance(1, 2)) return misbehave_one(world, rng, lie);
  add_lie_to_all(world, world.zone(), lie);
  return "all";
}

std::optional<std::string> misbehave_one(ServerWorld& world, Rng& rng, const ServerLie& lie) {
  const std::vector<dns::Address>& servers = world.zone().addresses;
  if (servers.size() < 2) return std::nullopt;
  add_lie(world, servers[rng.below(servers.size())], lie);
  return fmt::format("one of {}", servers.size());
}

dns::SignedRRset record(const dns::Name& owner, dns::RRType type, dns::Octets rdata,
                        std::uint32_t ttl_s) {
  return {dns::RRset::make({owner, type, dns::RRClass::in, ttl_s}, {std::move(rdata)}), {}};
}

dns::Octets forged_address() {
  return dns::encode_a({203, 0, 113, 66});
}

void clear_sections(dns::Message& message) {
  message.answer.clear();
  message.authority.clear();
  message.additional.clear();
}

}  // namespace zonefall::differential
