// The world of a run: everything that resolvers and clients meet, immutable and shared by threads.
//
// A World is plain data made by whoever knows where it comes from (scenario/, or a test). It holds
// the shared timeline (which zone version each site serves when), the cohorts of resolvers with
// their clients, and the names that clients ask for. Nothing in it refers to an incident.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "zonefall/authority/server.h"
#include "zonefall/clients/demand.h"
#include "zonefall/clients/stub.h"
#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/name.h"
#include "zonefall/dnssec/signature.h"
#include "zonefall/outcome/name_class.h"
#include "zonefall/outcome/tally.h"
#include "zonefall/resolver/profile.h"
#include "zonefall/resolver/resolver.h"

namespace zonefall::replay {

/// TTLs, as published, of what a lookup of a name brings into a resolver's cache. Zero: there is no
/// such thing, or it leaves no trace.
struct Lifetimes {
  struct Answer {
    Duration ttl;
    bool negative = false;
  };
  Duration delegation;            // the NS RRset at the parent
  Duration delegation_ds;         // the DS RRset there, or the proof that there is none
  Duration keys;                  // the DNSKEY RRset
  std::array<Answer, 2> answers;  // to A and AAAA
};

/// The names that clients look up, by population id (clients::Popularity draws ids).
class NameSpace {
 public:
  virtual ~NameSpace() = default;
  [[nodiscard]] virtual dns::Name name(std::uint64_t id) const = 0;
  /// How the zone below which clients ask has the name: with the demand, this is its class.
  [[nodiscard]] virtual outcome::Delegated delegated(std::uint64_t id) const = 0;
  /// What authoritative servers publish as (name, type) at `at`; null: no such data.
  [[nodiscard]] virtual dns::RRsetPtr published(const dns::Name& /*name*/, dns::RRType /*type*/,
                                                SimTime /*at*/) const {
    return nullptr;
  }
  /// The only instant from which on they publish something else of that name; max(): there is none.
  [[nodiscard]] virtual SimTime changes_at(const dns::Name& /*name*/) const {
    return SimTime::max();
  }
  /// What World::past is made from. All zero: nothing is known, and the name has no past.
  [[nodiscard]] virtual Lifetimes lifetimes(std::uint64_t /*id*/) const { return {}; }
};

/// What operators do to resolvers of a cohort: a share of them, each at `at` plus a delay of its
/// own, drawn uniformly within `spread`. Not before the run starts.
struct ScheduledAction {
  SimTime at;
  Duration spread;
  resolver::OperatorAction action;
  std::uint32_t share_ppm = 1'000'000;
  /// Done by whom and when the action before it is, after that; of this one only `action` counts.
  bool goes_with_previous = false;
  /// Of a resolver::NtaWatch: each operator reacts up to this much later, drawn uniformly.
  Duration reaction_spread = Duration();
};

/// The share of a cohort's lookups that stubs of this rule make.
struct StubShare {
  clients::StubRule rule;
  std::uint32_t share_ppm = 1'000'000;
};

/// Round-trip times between a resolver and a site: drawn once per (resolver, site), uniformly.
struct Latency {
  Duration rtt_min = Duration::milliseconds(2);
  Duration rtt_max = Duration::milliseconds(40);
  /// Of exchanges: no response arrives; half of them never reached the server.
  std::uint32_t loss_ppm = 0;
};

/// Resolvers of one kind and their clients. All random streams of a resolver are named by the
/// world's seed, its cohort's name and its index in the cohort: other cohorts never change them,
/// and cohorts of one name under different policies live through the same arrivals. (name, policy)
/// is unique.
struct Cohort {
  std::string name;
  std::string policy;
  std::shared_ptr<const resolver::ResolverProfile> profile;
  std::uint32_t resolvers = 0;
  /// Resolvers per group: a stub's next server is the next resolver of its group.
  std::uint32_t group_size = 1;
  clients::ParetoRates rates;
  clients::DiurnalCurve curve = clients::DiurnalCurve::flat();
  std::shared_ptr<const clients::Popularity> popularity;
  std::vector<StubShare> stubs;     // 1,000,000 ppm together
  std::uint32_t dnssec_ok_ppm = 0;  // share of lookups whose queries set DO
  Latency latency;
  std::vector<ScheduledAction> actions;  // rising times
};

/// Somebody who forges responses: final answers to A and AAAA questions for the names that he has
/// chosen, unsigned, with addresses of his own. Everything else is as without him.
struct Attacker {
  enum class Position : std::uint8_t {
    off_path,  // he guesses what he does not see; TCP is out of his reach
    on_path,   // he sees queries, over TCP too
  };
  Position position = Position::off_path;
  std::vector<dns::Name> names;  // rising
  SimTime from;                  // of exchanges that begin then or later
  SimTime until;                 // and before this
  /// Of exchanges about these names, whichever server is asked: his response comes first.
  std::uint32_t success_ppm = 0;
  std::uint32_t ttl_s = 86400;  // of what he says
};

struct World {
  std::uint64_t seed = 0;
  /// Lookups are made from `from` - `lead_in` on and counted from `from` to `until`.
  SimTime from;
  SimTime until;
  Duration lead_in;
  /// Of the time before that, at most this long, resolvers live through those lookups whose traces
  /// are still in their caches when the lead-in begins (sim/replay/past.h). Servers answer then as
  /// at any time. Zero: caches are empty at first.
  Duration past;
  Duration bin_width = Duration::minutes(10);
  std::shared_ptr<const authority::ServerDirectory> servers;
  std::vector<resolver::RootHint> root_hints;
  std::vector<resolver::TrustAnchor> trust_anchors;
  std::shared_ptr<const dnssec::SignatureVerifier> verifier;
  std::shared_ptr<const NameSpace> names;
  std::vector<Cohort> cohorts;
  std::optional<Attacker> attacker;
};

/// Says what in a world makes no sense: times, shares, sizes, missing parts, names used twice.
Status check(const World& world);

/// The shape of this world's tallies. Sites are numbered server by server, resolvers cohort by
/// cohort. The last bin may reach beyond `until`.
outcome::TallyShape tally_shape(const World& world);

}  // namespace zonefall::replay
