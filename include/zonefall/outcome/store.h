// Results on disk: one SQLite file per run, with one documented schema and views.
//
// A store is written as FILE.partial and renamed when complete; whatever goes wrong (full disk,
// interruption, unwritable folder) leaves a clear Error and no file that looks complete. The
// content hash covers all rows in the order of their keys, has no REAL in it, and nothing of the
// environment: equal runs have equal hashes. The schema is the text of schema_sql(); its
// version is in the file's head and in `meta`. A reader refuses other versions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/outcome/database.h"
#include "zonefall/outcome/partial_file.h"
#include "zonefall/outcome/tally.h"

namespace zonefall::outcome {

inline constexpr int schema_version = 2;
inline constexpr std::int32_t application_id = 0x7a66616c;  // "zfal", in the file's head

/// The DDL of tables and views, commented: what each table, column and unit means.
std::string_view schema_sql();

struct CohortRow {
  std::string name;
  std::string profile;
  std::string policy;
  std::uint64_t resolvers = 0;
};
struct SiteRow {
  std::string server;
  std::string site;
  std::string zone;  // the zone people know it by
};
struct ResolverRow {
  std::uint32_t cohort = 0;
  std::uint64_t lookups_per_day = 0;
};
struct PublicationRow {
  std::string zone;
  std::uint32_t serial = 0;
  SimTime signed_at;
  SimTime published_at;
  SimTime first_site_at;  // max(): no site served it
  SimTime last_site_at;   // max(): some site never did
};
struct EventRow {
  SimTime at;
  std::string actor;  // "registry", "operator of <cohort>", "checker"
  std::string what;
  std::string source;
  std::string confidence;  // measured, reported, derived, assumed
};
struct SampleRow {
  SimTime at;
  std::uint32_t resolver = 0;
  std::string question;
  Outcome outcome = Outcome::secure;
  std::string explanation;  // lines, as `zonefall query --explain` prints them
};
struct ExpectationRow {
  std::string id;    // unique
  std::string kind;  // echo, consequence
  std::string statement;
  std::string published;  // the fact, as published
  std::string measured;   // what the run gave
  bool passed = false;
  std::string source;
  std::string confidence;
};

/// Everything a run leaves behind. Publications, events, samples and expectations may come in any
/// order: the store sorts them. Cohorts, sites and resolvers stand at the index that the tally
/// counts them by.
struct RunRecord {
  std::string scenario_title;
  std::uint64_t scenario_hash = 0;  // of scenario_yaml
  std::uint64_t seed = 0;
  std::string scale = "1";  // as given, decimal
  /// What else determines the results; keys must be new.
  std::vector<std::pair<std::string, std::string>> meta;
  /// What does not, and stays out of the content hash: version, threads, compiler, duration.
  std::vector<std::pair<std::string, std::string>> provenance;
  std::string scenario_yaml;  // normalised
  std::string asked_zone;     // the names that clients ask for lie in it, or are missing there
  std::vector<CohortRow> cohorts;
  /// What the scenario has causes for; of all others a count of 0 would say nothing. In order.
  std::vector<Harm> possible_harms;
  std::vector<SiteRow> sites;
  std::vector<ResolverRow> resolvers;
  std::vector<PublicationRow> publications;
  std::vector<EventRow> events;
  std::vector<SampleRow> samples;
  std::vector<ExpectationRow> expectations;
};

struct StoreReport {
  std::uint64_t content_hash = 0;
  std::uint64_t rows = 0;  // that the hash covers
};

/// Asked now and then while writing; true gives up (an interrupted run). May be empty.
using StopCallback = std::function<bool()>;

/// Writes into a file claimed before the run, and publishes it. Errors: disk full, `stop`, two
/// expectations of one id, a file of that name that appeared meanwhile; none leaves a file.
Result<StoreReport> write_store(PartialFile file, const RunRecord& record, const Tally& tally,
                                const StopCallback& stop = {});
/// Claims and writes. Errors: also those of PartialFile::create().
Result<StoreReport> write_store(const StoreTarget& target, const RunRecord& record,
                                const Tally& tally, const StopCallback& stop = {});

/// Opens a complete store for reading. Errors say what to do: no such file, not a store, another
/// schema version, truncated, unfinished. Damage inside is found when it is read.
Result<Database> open_store(const std::string& path);

/// Recomputes the content hash of a complete store. Errors: as open_store(), and damage.
Result<std::uint64_t> content_hash_of(const std::string& path);
/// The same of an open file of any kind.
Result<std::uint64_t> content_hash_of(Database& database);

}  // namespace zonefall::outcome
