// Results on disk: one SQLite file per run, with one documented schema and views.
//
// A store is written as FILE.partial and renamed when complete; whatever goes wrong (full disk,
// interruption, unwritable folder) leaves a clear Error and no file that looks complete. The
// content hash covers all rows in canonical order, has no REAL in it, and nothing of the
// environment: equal runs have equal hashes. The schema is the text of schema_sql(); its
// version is in `meta`. A reader refuses other versions.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/outcome/tally.h"

namespace zonefall::outcome {

inline constexpr int schema_version = 1;

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
  SimTime first_site_at;
  SimTime last_site_at;
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
  std::string id;
  std::string kind;  // echo, consequence
  std::string statement;
  std::string published;  // the fact, as published
  std::string measured;   // what the run gave
  bool passed = false;
  std::string source;
  std::string confidence;
};

/// Everything a run leaves behind.
struct RunRecord {
  std::vector<std::pair<std::string, std::string>> meta;  // scenario, seed, version, ...
  std::string scenario_yaml;                              // normalised
  std::vector<CohortRow> cohorts;
  std::vector<SiteRow> sites;
  std::vector<ResolverRow> resolvers;
  std::vector<PublicationRow> publications;
  std::vector<EventRow> events;
  std::vector<SampleRow> samples;
  std::vector<ExpectationRow> expectations;
};

struct StoreReport {
  std::uint64_t content_hash = 0;
  std::uint64_t rows = 0;
};

/// Errors: the file exists already (unless `overwrite`), the folder is not writable, disk full.
struct StoreTarget {
  std::string path;
  bool overwrite = false;
};
Result<StoreReport> write_store(const StoreTarget& target, const RunRecord& record,
                                const Tally& tally);

/// Recomputes the content hash of a complete store. Errors: not a store, another schema version,
/// truncated, unfinished.
Result<std::uint64_t> content_hash_of(const std::string& path);

}  // namespace zonefall::outcome
