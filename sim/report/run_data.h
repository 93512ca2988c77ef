// The content of a result file as plain values, checked for what a damaged file could hold.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/core/time.h"

namespace zonefall::report {

struct BinSpan {
  SimTime from;
  SimTime until;
};

struct Cohort {
  std::string name;
  std::string profile;
  std::string policy;
  std::int64_t resolvers = 0;
};

/// What the clients of a cohort got in one bin, or in several.
struct Counts {
  double lookups = 0;
  double failed = 0;
  double stale = 0;
  double under_nta = 0;
  double bogus = 0;  // answered although validation failed
  double queries = 0;

  Counts& operator+=(const Counts& other);
};

/// What a client can end with.
struct OutcomeName {
  std::string name;
  std::string meaning;
  bool is_failure = false;
};

struct OutcomeCount {
  std::size_t cohort = 0;
  std::size_t bin = 0;
  std::size_t outcome = 0;
  double count = 0;
};

/// What may be wrong with the data of an answer; one that the scenario has a cause for.
struct HarmName {
  std::string name;
  std::string meaning;
};

/// Lookups that ended with such data.
struct HarmCount {
  std::size_t cohort = 0;
  std::size_t bin = 0;
  std::size_t harm = 0;  // in harms
  double count = 0;
};

struct EdeCount {
  std::size_t cohort = 0;
  std::size_t bin = 0;
  std::int64_t code = 0;
  double replies = 0;
};

/// Names of one class that clients ask for, and what became of the lookups.
struct NamesOfClass {
  std::string name;
  std::string title;
  std::string meaning;
  std::string zone;                         // that delegates them, or does not have them
  std::vector<std::vector<Counts>> counts;  // [cohort][bin]; queries are not counted by class
};

/// One server name for one zone, all its sites together.
struct Server {
  std::string name;
  std::string zone;
};

/// One place of a server.
struct Site {
  std::string name;
  std::size_t server = 0;
};

struct Load {
  double queries = 0;
  double octets = 0;
};

using MaybeTime = std::optional<SimTime>;  // nothing: never

struct ResolverStory {
  std::size_t cohort = 0;
  MaybeTime first_failure;
  MaybeTime last_failure;
  MaybeTime recovered;
  MaybeTime nta_installed;
};

struct Publication {
  std::string zone;
  std::int64_t serial = 0;
  SimTime signed_at;
  SimTime published_at;
  MaybeTime first_site_at;
  MaybeTime last_site_at;
};

struct Event {
  SimTime at;
  std::string actor;
  std::string what;
  std::string source;
  std::string confidence;
};

struct Expectation {
  std::string id;
  std::string kind;
  std::string statement;
  std::string published;
  std::string measured;
  bool passed = false;
  std::string source;
  std::string confidence;
};

/// A lookup with the whole story of its resolution.
struct Sample {
  SimTime at;
  std::size_t cohort = 0;
  std::string question;
  std::size_t outcome = 0;
  std::string explanation;  // lines
};

/// How the run departed from its scenario file.
struct Departure {
  std::string by;  // set, counterfactual, seed, scale
  std::string what;
  std::optional<std::string> instead_of;  // of a seed and a scale: what the file says
};

/// Sums of doubles are taken in the order of the file's keys, so they have the same bits
/// everywhere.
struct RunData {
  std::map<std::string, std::string> meta;
  std::map<std::string, std::string> provenance;
  std::map<std::string, std::int64_t> work;
  std::string content_hash;
  std::string scenario_yaml;
  SimTime from;
  SimTime until;
  std::vector<BinSpan> bins;
  std::vector<Cohort> cohorts;
  std::vector<std::vector<Counts>> counts;  // [cohort][bin]
  std::vector<OutcomeName> outcomes;
  std::vector<OutcomeCount> lookups_by_outcome;  // by cohort, bin, outcome
  std::vector<OutcomeCount> queries_by_outcome;
  std::vector<HarmName> harms;    // those that were possible
  std::vector<HarmCount> harmed;  // by cohort, bin, harm
  std::vector<NamesOfClass> classes;
  std::map<std::int64_t, std::string> ede_names;
  std::vector<EdeCount> ede;  // by cohort, bin, code
  std::vector<Server> servers;
  std::vector<std::vector<Load>> loads;  // [server][bin]
  std::vector<Site> sites;
  std::vector<std::vector<Load>> site_loads;  // [site][bin]
  std::vector<ResolverStory> resolvers;       // those with milestones
  std::vector<Publication> publications;
  std::vector<Event> events;
  std::vector<Expectation> expectations;
  std::vector<Sample> samples;

  /// Of `meta`, else of `provenance`, else "".
  [[nodiscard]] std::string about(const std::string& key) const;
  /// In the order in which they count; none if the file was run as it is.
  [[nodiscard]] std::vector<Departure> departures() const;
};

Result<RunData> read_run(const std::string& path);

}  // namespace zonefall::report
