// A random part of the Internet whose servers or delegations are badly made.
//
// z<K>.<TLD>.           the hub: delegates all but the next
// y<K>.<another TLD>.   far: has the names of some of the others' servers
// a.<hub>, b.<hub>, c.ent.<hub> (below an empty non-terminal), sub.a.<hub>
//
// Each has one to three servers with names in itself, in the hub, far, or in a sibling; some have
// glue, some share a server. Nothing marks what is wrong: messages are all that any resolver sees.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "faults.h"
#include "zone_making.h"
#include "zonefall/core/rng.h"

namespace zonefall::differential {

/// A query as a server sees it.
struct AskedOfServer {
  dns::Question question;
  bool has_edns = false;
  bool is_tcp = false;
  const authority::ZoneVersion* zone = nullptr;  // that answers; null: it has none for this name
};
/// Changes what a server says; false: it says nothing. `id` is what the query's is xored with, so
/// 0 is right; a question that is the query's is sent in the query's letter case.
using ServerLie = std::function<bool(dns::Message& message, const AskedOfServer& asked)>;

struct WorldZone {
  ZoneMaking making;
  std::optional<std::size_t> parent;      // in ServerWorld::zones; nullopt: a TLD
  std::vector<dns::RRsetPtr> delegation;  // NS and glue as the parent has them
};

struct ServerWorld {
  std::vector<WorldZone> zones;  // hub, far, and the others; parents first
  std::size_t victim = 0;        // the zone that is badly served
  std::map<dns::Address, ServerLie> lies;
  std::vector<dns::Question> baits;  // that show whether the fault had an effect on other names
  dns::Address dead;                 // REFUSED, whatever is asked
  dns::Address rogue;                // an attacker's: has an address for each name

  [[nodiscard]] ZoneMaking& zone() { return zones[victim].making; }
  [[nodiscard]] std::vector<dns::RRsetPtr>& delegation() { return zones[victim].delegation; }
  /// "signed; a 2 servers, NSEC; ...", for people.
  [[nodiscard]] std::string to_text() const;
  /// Not the victim, and not below it.
  [[nodiscard]] std::vector<std::size_t> bystanders() const;
};

struct WorldPlace {
  std::uint32_t number = 0;
  dns::Name hub_tld;
  dns::Name far_tld;
  std::array<std::uint8_t, 3> network;  // all addresses are in it
  SimTime now;
  std::uint64_t seed = 0;
};
/// Without faults; `victim` is drawn.
ServerWorld random_world(const WorldPlace& place, Rng& rng);

/// Some questions about the victim, some about all others, some twice.
std::vector<dns::Question> world_questions(const ServerWorld& world, std::size_t count, Rng& rng);

struct ServerFault {
  std::string_view name;
  std::string_view what;  // for people
  std::uint32_t weight;   // how often it is drawn, among all
  /// As Fault::apply.
  std::optional<std::string> (*apply)(ServerWorld& world, Rng& rng);
};
std::span<const ServerFault> lame_faults();
std::span<const ServerFault> header_faults();
std::span<const ServerFault> record_faults();
std::span<const ServerFault> negative_faults();
std::span<const ServerFault> delegation_faults();
std::span<const ServerFault> referral_faults();
std::span<const ServerFault> copy_faults();

/// One, sometimes two of all server faults; now and then none. `name`: this one.
AppliedFault apply_server_faults(ServerWorld& world, const std::string& name, Rng& rng);

/// The victim's servers do this on top of what they do, where it is the victim's data that they
/// give. Returns the detail for people: "all". For lies that a resolver cannot see through: if some
/// server told them about another zone, or did not, its answer would be chance.
std::optional<std::string> misbehave(ServerWorld& world, Rng& rng, const ServerLie& lie);
/// So do the servers of the zone above the victim.
std::optional<std::string> misbehave_above(ServerWorld& world, const ServerLie& lie);
/// All, or one of several ("one of 3"), whatever they are asked.
std::optional<std::string> misbehave_some(ServerWorld& world, Rng& rng, const ServerLie& lie);
/// One of several: if all were so, real resolvers would wait too long.
std::optional<std::string> misbehave_one(ServerWorld& world, Rng& rng, const ServerLie& lie);

dns::SignedRRset record(const dns::Name& owner, dns::RRType type, dns::Octets rdata,
                        std::uint32_t ttl_s = 3600);
/// An address that no zone has: who gives it has believed a lie.
dns::Octets forged_address();
/// Nothing but header and question.
void clear_sections(dns::Message& message);

}  // namespace zonefall::differential
