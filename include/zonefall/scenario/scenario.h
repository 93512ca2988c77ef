// ResolvedScenario: a scenario file, checked, with every default filled in.
//
// Only this can start a run. It is plain data, close to the types of the modules that it feeds
// (registry, authority, clients, resolver), and knows nothing of how YAML spells it. Where values
// come from is kept beside them, by path. scenarios/README.md describes the file. Each structure's
// fields are described once (sim/scenario/scenario_fields.cpp), for reading, writing and reference.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonefall/clients/stub.h"
#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/address.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/types.h"
#include "zonefall/dnssec/algorithm.h"
#include "zonefall/registry/key_store.h"
#include "zonefall/registry/registry.h"
#include "zonefall/registry/signing_plan.h"
#include "zonefall/replay/world.h"
#include "zonefall/resolver/nta_watch.h"
#include "zonefall/resolver/profile.h"
#include "zonefall/scenario/source.h"

namespace zonefall::scenario {

inline constexpr std::uint32_t format_version = 1;

/// What is simulated: from when to when, how finely, how much of it.
struct RunSettings {
  SimTime from;
  SimTime until;
  Duration bin = Duration::minutes(10);  // of all time series; divides the run
  std::uint64_t seed = 1;
  std::uint32_t scale_ppm = 1'000'000;  // share of each cohort's resolvers that is simulated
};

/// Round trips between a resolver and a server: drawn per pair in [rtt_min, rtt_max].
struct NetworkSettings {
  Duration rtt_min = Duration::milliseconds(5);
  Duration rtt_max = Duration::milliseconds(40);
  std::uint32_t loss_ppm = 0;
};

/// A span in which a server does not answer; `site` "" means all sites.
struct Silence {
  SimTime from;
  SimTime until;
  std::string site;
};

struct SiteSpec {
  std::string name;
  std::uint32_t resolvers_ppm = 0;  // share of resolvers that reach it; 0 for all: equal shares
};

struct ServerSpec {
  dns::Name name;
  std::vector<dns::Address> addresses;
  std::vector<SiteSpec> sites;  // at least one
  std::uint16_t udp_payload_octets = 1232;
  std::vector<Silence> silences;
};

enum class Denial : std::uint8_t { unsigned_zone, nsec, nsec3 };

struct DenialSpec {
  Denial kind = Denial::nsec3;
  std::uint16_t iterations = 0;
  std::string salt_hex;  // "" for none
  bool opt_out = false;
};

struct SoaSpec {
  dns::Name mname;
  dns::Name rname;
  Duration refresh = Duration::hours(2);
  Duration retry = Duration::hours(1);
  Duration expire = Duration::days(28);
  Duration minimum = Duration::hours(1);  // negative TTL, and TTL of the denial chain (RFC 9077)
  Duration ttl = Duration::days(1);
};

struct ZoneTtls {
  Duration ns = Duration::days(1);
  Duration ds = Duration::days(1);
  Duration glue = Duration::days(1);
  Duration dnskey = Duration::hours(1);
};

/// A share of the member names whose addresses have this TTL.
struct TtlShare {
  Duration ttl = Duration::minutes(5);
  std::uint32_t share_ppm = 0;
};

/// A hosting provider: its servers answer for `weight` parts of the population.
struct HostingSpec {
  std::string name;
  std::vector<dns::Name> servers;
  std::uint32_t weight = 1;
};

/// A share of the members change their addresses, each at an instant drawn in [from, until].
struct MovesSpec {
  std::uint32_t share_ppm = 0;
  SimTime from;
  SimTime until;
};

/// Millions of delegations below a zone, computed from their number.
struct PopulationSpec {
  std::uint64_t size = 0;
  std::uint32_t signed_ppm = 0;
  std::string label_prefix = "n";
  std::vector<HostingSpec> hosting;
  std::vector<TtlShare> address_ttls;  // shares of all members: 100 % together
  std::optional<MovesSpec> moves;
};

struct ZoneSpec {
  dns::Name apex;
  std::vector<dns::Name> servers;
  DenialSpec denial;
  SoaSpec soa;
  ZoneTtls ttls;
  std::vector<std::string> records;  // further lines in master-file form
  std::optional<PopulationSpec> population;
};

/// A key of a registry. A key with `generation` once_per_hsm is the wrong action of a faulty agent.
struct KeySpec {
  std::string label;
  registry::KeyRole role = registry::KeyRole::zsk;
  dnssec::Algorithm algorithm = dnssec::Algorithm::rsasha256;
  std::uint16_t bits = 0;  // 0: the algorithm's only size
  std::uint16_t tag = 0;   // 0: whatever comes
  registry::KeyGeneration generation = registry::KeyGeneration::once_for_all_hsms;
  std::vector<registry::KeyPublication> published;  // in the DNSKEY RRset; label left empty
  std::vector<registry::KeyPublication> ds;         // in the parent's DS RRset
};

/// Who makes a zone's versions. Maps onto registry::KeyStore and registry::RegistryPlan.
struct RegistrySpec {
  dns::Name zone;
  std::vector<std::string> hsms;
  std::vector<KeySpec> keys;
  registry::SignaturePolicy signatures;
  std::vector<registry::KeyActivation> activations;
  std::vector<registry::SigningBatch> batches;
  std::vector<registry::HsmPin> pins;
  registry::SerialRule serials = registry::SerialRule::unix_time;
  std::vector<registry::PublicationPhase> publication;
  registry::Propagation propagation;
  std::vector<registry::Checker> checkers;
  std::optional<registry::PublicationGate> gate;
  std::optional<registry::RepairDecision> repair;
};

/// What users ask for. Rates by hour of the day, UTC, in permille of the mean.
struct DemandSpec {
  dns::Name zone;  // whose population is asked for
  std::vector<std::uint16_t> diurnal_permille = std::vector<std::uint16_t>(24, 1000);
  std::uint32_t head_names = 0;
  double zipf_exponent = 0.95;
  std::uint32_t head_share_ppm = 0;
  std::uint32_t missing_share_ppm = 0;  // lookups of names that do not exist
};

struct StubShare {
  std::string stub;
  std::uint32_t share_ppm = 0;
};

/// Resolvers of one kind, and their clients.
struct CohortSpec {
  std::string name;
  std::string title;
  std::string profile;              // the profile it started from
  resolver::ResolverProfile knobs;  // that profile with the cohort's own settings
  std::uint64_t resolvers = 0;
  std::uint64_t lookups_per_day_mean = 0;  // of one resolver
  std::uint64_t lookups_per_day_max = 0;   // 0: no cap
  double rate_shape = 1.2;                 // of the Pareto distribution of rates
  std::vector<StubShare> stubs;            // 100 % together
};

enum class OperatorAct : std::uint8_t {
  install_nta,
  remove_nta,
  flush_name,
  flush_subtree,
  flush_bogus,
  flush_everything,
  watch_failures,
};

inline constexpr std::string_view every_cohort = "*";

/// How an operator watches his own resolver: resolver::NtaWatch, which says what each number means.
/// His reaction is drawn in [reaction_min, reaction_max].
struct WatchSpec {
  Duration look = Duration::minutes(1);
  Duration window = Duration::minutes(5);
  std::uint32_t share_ppm = 0;
  std::uint32_t failures_min = 10;
  Duration lasting;
  Duration reaction_min;
  Duration reaction_max;
  Duration lifetime = Duration::days(1);
  Duration probe;  // zero: never
};

/// What operators of a cohort do to their resolvers: `share_ppm` of them, each at an instant drawn
/// in [from, until].
struct OperatorAction {
  std::string cohort;  // or every_cohort
  OperatorAct act = OperatorAct::install_nta;
  dns::Name name;
  std::uint32_t popular = 0;  // not 0: to this many of the most popular names, instead of `name`
  /// As they install an NTA.
  resolver::NtaFlush flush = resolver::NtaFlush::nothing;
  std::optional<WatchSpec> watch;  // if and only if they watch
  SimTime from;
  SimTime until;
  std::uint32_t share_ppm = 1'000'000;

  [[nodiscard]] bool is_of(std::string_view cohort_name) const {
    return cohort == every_cohort || cohort == cohort_name;
  }
};

/// Who forges responses about names that clients ask for: replay::Attacker.
struct AttackerSpec {
  replay::Attacker::Position position = replay::Attacker::Position::off_path;
  std::vector<dns::Name> names;
  std::uint32_t popular = 0;  // not 0: this many of the most popular names, instead of `names`
  SimTime from;
  SimTime until;
  std::uint32_t success_ppm = 0;
  Duration ttl = Duration::days(1);
};

/// Something that happened, for the timeline of reports: it decides nothing.
struct NotedEvent {
  SimTime at;
  std::string what;
};

enum class ExpectationKind : std::uint8_t {
  echo,         // repeats an input
  consequence,  // must follow from the mechanism
};

/// What is measured, over [from, until), of a cohort, several, or all. "Excess" is the share of
/// client queries that fail, less that of the baseline: the same run, same seed and streams, under
/// the counterfactual that `ResolvedScenario::baseline` names. An outage is an excess of 1 % or
/// more. Series have a value for each `bin` from `from` on; the last bin may be shorter.
enum class Metric : std::uint8_t {
  // Shares of what clients end with.
  failed_lookups,   // share of lookups that ended in a failure
  failed_queries,   // share of queries, tries again included, that ended in a failure
  stale_lookups,    // share of lookups answered with stale data
  good_lookups,     // share of lookups with a usable answer, stale or not
  ede_share,        // of failed queries, the share whose reply had EDE `code`
  rescued_by_cd,    // share of a few unsigned members that fail at `from`, but not with CD set
  failure_spread,   // failed_lookups: the largest of the cohorts less the smallest
  residue_minutes,  // from `from` to the end of the last bin with a query that validation fails
  residue_spread,   // residue_minutes: the largest of the cohorts less the smallest

  // Relative to the baseline.
  query_growth,      // client queries, as a multiple
  load_growth,       // queries at the servers of the zone, as a multiple
  good_ratio,        // queries with a usable answer, as a multiple: the least over the bins
  fresh_ratio,       // the same without stale answers
  fresh_trend,       // Kendall's tau of that multiple over the bins
  failure_trend,     // Kendall's tau of the excess over the bins
  step_deviations,   // excess of the first bin less its mean before, in standard deviations of the
                     // run's failed_queries before
  step_part,         // excess in the first `bin`, as a part of that in the last whole `bin`
  onset_minutes,     // from `from` to the first bin of the outage; to `until` if there is none
  outage_minutes,    // from the start of its first bin to the end of its last
  recovery_minutes,  // from `from` to the first bin with half the excess of the first, or `until`
  recovery_spread,   // recovery_minutes: the largest of the cohorts less the smallest

  // The zone as published and served.
  bogus_signatures,    // share of DS and NSEC3 RRsets as published at `from` that do not verify
  bogus_proofs,        // share of no-DS proofs that are bogus, asked of each site once a bin
  bogus_ds,            // the same for DS RRsets in referrals
  bogus_dnskeys,       // share of versions signed in the span whose DNSKEY RRset is bogus
  bogus_apex_denial,   // the same for the denial record of the apex, which must have owner `name`
  soa_flips,           // changes between a valid and a bogus SOA from version to version
  signed_by,           // share of RRsets as published at `from` whose signature has this key tag
  published_keys,      // keys of this tag in the DNSKEY RRset at `from`
  key_pairs,           // key pairs of this tag in all HSMs
  key_bits,            // of the RSA modulus of the published key of this tag
  answer_lines,        // lines with `data` in the zone's answer to (name, type) at `from`
  first_site_minutes,  // from `from` until a site has a version signed then or later
  last_site_minutes,   // until every site has one
};

/// Bounds that nothing measured reaches: an expectation with one of them is open on that side.
inline constexpr double unbounded_min = -1e9;
inline constexpr double unbounded_max = 1e9;

struct Expectation {
  std::string id;
  ExpectationKind kind = ExpectationKind::consequence;
  std::string statement;
  std::string published;  // the fact, as published
  Metric metric = Metric::failed_lookups;
  std::string cohort;                // "": those of `cohorts`
  std::vector<std::string> cohorts;  // none: all
  dns::Name zone;
  dns::Name name;
  dns::RRType type = dns::RRType::a;
  std::string data;  // part of a line in master-file form, fields apart by single blanks
  std::uint16_t tag = 0;
  std::uint16_t code = 0;
  SimTime from;
  SimTime until;
  Duration bin = Duration::minutes(10);  // a multiple of run.bin
  double min = unbounded_min;            // at least one side is bounded
  double max = unbounded_max;
  std::string counterfactual;  // in which it must fail; "" for echoes
};

/// What must be there for a metric to be measured.
struct MetricNeeds {
  bool baseline = false;    // and with it bins
  bool bins = false;        // a `bin` made of those of the run
  bool zone = false;        // a zone of the scenario
  bool registry = false;    // of that zone
  bool population = false;  // of that zone
  bool name = false;        // at or below that zone's apex
};
MetricNeeds needs_of(Metric metric);

/// A named set of changes, each "path = value" on the file.
struct Variant {
  std::string name;
  std::string title;
  std::vector<std::string> set;
  // Whether `zonefall compare` and `zonefall ensemble` take a policy unless told otherwise.
  bool in_comparisons = true;
  bool in_ensembles = false;
};

/// A value that nobody knows: an ensemble draws one of `values` for the path.
struct Uncertainty {
  std::string path;
  std::string why;
  std::vector<std::string> values;
};

struct ResolvedScenario {
  std::uint32_t zonefall = format_version;
  std::string title;
  std::string summary;
  RunSettings run;
  NetworkSettings network;
  std::vector<ServerSpec> servers;
  std::vector<ZoneSpec> zones;
  std::vector<RegistrySpec> registries;
  DemandSpec demand;
  std::vector<clients::StubRule> stubs;
  /// Those of the cohorts, here and under each variant, by name.
  std::vector<resolver::ResolverProfile> profiles;
  std::vector<CohortSpec> cohorts;
  std::vector<OperatorAction> operators;
  std::optional<AttackerSpec> attacker;
  std::vector<NotedEvent> events;
  std::string baseline;  // the counterfactual that expectations compare with; "": none
  std::vector<Expectation> expect;
  std::vector<Uncertainty> uncertain;
  std::vector<Variant> policies;  // what `zonefall compare` compares
  std::vector<Variant> counterfactuals;
};

struct ScenarioFile {
  ResolvedScenario scenario;
  /// One for each fact, by path; for those of a cohort's knobs that it sets itself.
  std::vector<ValueSource> sources;
};

/// Changes are made before anything else: "registries[de].keys[2].tag = 0", a path and a value as
/// YAML; `~` removes, "operators += {...}" adds. Items of lists go by position or by name, "[*]" is
/// each of them. Where one is at fault, the place of the error is "--set 'CHANGE'": changes come
/// from command lines.
using Changes = std::vector<std::string>;

/// Profiles that the file does not bring along are looked up in the folder `profiles` beside it.
/// Errors as in profile_file.h. A file is refused too if one of its policies or counterfactuals
/// does not make a valid scenario.
Result<ScenarioFile> load_scenario(const std::string& path, const Changes& changes = {});

/// The same without a look at policies, counterfactuals and uncertain values, for a file that
/// load_scenario() has found valid: much quicker. The profiles of variants are left out.
Result<ScenarioFile> load_scenario_variant(const std::string& path, const Changes& changes);

/// As load_scenario(), from text; `path` is for messages and the folder.
Result<ScenarioFile> parse_scenario(std::string_view yaml, const std::string& path,
                                    const Changes& changes = {});

/// The normalised form: YAML with every default and every profile, which reads back equal without
/// other files, and under the same changes becomes what the file becomes.
std::string write_scenario(const ScenarioFile& file);

/// A Markdown table of all keys but those of `knobs`, which are those of profiles.
std::string scenario_reference();

/// A JSON Schema (draft 2020-12) of scenario files, for editors: it knows every key and the form of
/// its value. load_scenario() has the last word: on bounds, references and sources.
std::string scenario_schema();

}  // namespace zonefall::scenario
