#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "outcome/store_writer.h"
#include "zonefall/core/hash.h"
#include "zonefall/dns/types.h"
#include "zonefall/outcome/store.h"

namespace zonefall::outcome {
namespace {

/// The rows in an order that depends on nothing but the rows.
template <typename Row, typename Key>
std::vector<const Row*> sorted_by(const std::vector<Row>& rows, Key key) {
  std::vector<const Row*> order;
  order.reserve(rows.size());
  for (const Row& row : rows) order.push_back(&row);
  std::sort(order.begin(), order.end(),
            [&](const Row* a, const Row* b) { return key(*a) < key(*b); });
  return order;
}

void write_run(Session& session, const RunRecord& record, const Bins& bins) {
  auto meta = record.meta;
  meta.emplace_back("schema_version", std::to_string(schema_version));
  meta.emplace_back("scenario_title", record.scenario_title);
  meta.emplace_back("scenario_hash", fmt::format("{:016x}", record.scenario_hash));
  meta.emplace_back("seed", std::to_string(record.seed));
  meta.emplace_back("scale", record.scale);
  meta.emplace_back("from_ns", std::to_string(bins.from.to_nanoseconds()));
  meta.emplace_back("until_ns", std::to_string(bins.until().to_nanoseconds()));
  meta.emplace_back("bin_width_ns", std::to_string(bins.width.to_nanoseconds()));
  write_texts(session, "meta", meta);
  write_texts(session, "provenance", record.provenance);
  Table(session, {"scenario", 2}).add(std::int64_t{0}, record.scenario_yaml);
}

void write_names(Session& session, const RunRecord& record, const Tally& tally) {
  write_bins(session, tally.shape().bins);
  write_outcome_names(session);
  Table classes(session, {"name_classes", 5});
  for (const NameClass names : all_name_classes()) {
    if (!tally.has(names)) continue;
    classes.add(static_cast<std::uint32_t>(names), to_text(names), title(names), meaning(names),
                record.asked_zone);
  }
  std::set<std::uint16_t> codes;
  for (const auto& [key, n] : tally.ede()) codes.insert(key.code);
  Table code_rows(session, {"ede_codes", 2});
  for (const std::uint16_t code : codes) {
    code_rows.add(code, dns::to_text(static_cast<dns::EdeCode>(code)));
  }
}

void write_entities(Session& session, const RunRecord& record) {
  std::uint32_t id = 0;
  Table cohorts(session, {"cohorts", 5});
  for (const CohortRow& row : record.cohorts) {
    cohorts.add(id++, row.name, row.profile, row.policy, row.resolvers);
  }
  Table harms(session, {"harms", 3});
  for (const Harm harm : record.possible_harms) {
    harms.add(static_cast<std::uint32_t>(harm), to_text(harm), meaning(harm));
  }
  id = 0;
  Table sites(session, {"sites", 4});
  for (const SiteRow& row : record.sites) sites.add(id++, row.server, row.site, row.zone);
  id = 0;
  Table resolvers(session, {"resolvers", 3});
  for (const ResolverRow& row : record.resolvers) {
    ZF_ASSERT(row.cohort < record.cohorts.size());
    resolvers.add(id++, row.cohort, row.lookups_per_day);
  }
}

using CountOf = FixedCount (Tally::*)(std::uint32_t, std::uint32_t, Outcome) const;

void write_outcomes(Session& session, std::string_view table, const Tally& tally, CountOf count) {
  Table rows(session, {table, 4});
  for (std::uint32_t cohort = 0; cohort < tally.shape().cohorts; ++cohort) {
    for (std::uint32_t bin = 0; bin < tally.shape().bins.count; ++bin) {
      for (const Outcome outcome : all_outcomes()) {
        const FixedCount n = (tally.*count)(cohort, bin, outcome);
        if (n != FixedCount()) rows.add(cohort, bin, static_cast<std::uint32_t>(outcome), n);
      }
    }
  }
}

void write_class_lookups(Session& session, const Tally& tally) {
  Table rows(session, {"class_lookups", 5});
  for (const NameClass names : all_name_classes()) {
    for (std::uint32_t cohort = 0; cohort < tally.shape().cohorts; ++cohort) {
      for (std::uint32_t bin = 0; bin < tally.shape().bins.count; ++bin) {
        for (const Outcome outcome : all_outcomes()) {
          const FixedCount n = tally.lookups_of(names, cohort, bin, outcome);
          if (n == FixedCount()) continue;
          rows.add(static_cast<std::uint32_t>(names), cohort, bin,
                   static_cast<std::uint32_t>(outcome), n);
        }
      }
    }
  }
}

void write_counts(Session& session, const Tally& tally) {
  write_outcomes(session, "lookups", tally, &Tally::lookups);
  write_class_lookups(session, tally);
  write_outcomes(session, "queries", tally, &Tally::queries);
  Table harmed(session, {"harmed_lookups", 4});
  for (std::uint32_t cohort = 0; cohort < tally.shape().cohorts; ++cohort) {
    for (std::uint32_t bin = 0; bin < tally.shape().bins.count; ++bin) {
      for (const Harm harm : all_harms()) {
        const FixedCount n = tally.harmed(cohort, bin, harm);
        if (n != FixedCount()) harmed.add(cohort, bin, static_cast<std::uint32_t>(harm), n);
      }
    }
  }
  Table ede(session, {"ede", 4});
  for (const auto& [key, n] : tally.ede()) ede.add(key.cohort, key.bin, key.code, n);
  Table load(session, {"load", 4});
  for (std::uint32_t site = 0; site < tally.shape().sites; ++site) {
    for (std::uint32_t bin = 0; bin < tally.shape().bins.count; ++bin) {
      const FixedCount queries = tally.load_queries(site, bin);
      const FixedCount octets = tally.load_octets(site, bin);
      const bool is_idle = queries == FixedCount() && octets == FixedCount();
      if (!is_idle) load.add(site, bin, queries, octets);
    }
  }
  Table work(session, {"work", 2});
  work.add("events", tally.events());
  work.add("exchanges", tally.exchanges());
  work.add("resolutions", tally.resolutions());
}

void write_milestones(Session& session, const Tally& tally) {
  Table rows(session, {"milestones", 6});
  for (std::uint32_t resolver = 0; resolver < tally.shape().resolvers; ++resolver) {
    const Milestones& m = tally.milestones(resolver);
    if (m == Milestones()) continue;
    rows.add(resolver, m.first_failure, m.last_failure, m.first_success_after_last_failure,
             m.nta_installed, m.nta_removed);
  }
}

void write_story(Session& session, const RunRecord& record) {
  std::uint64_t id = 0;
  Table publications(session, {"publications", 7});
  const auto by_publication = [](const PublicationRow& r) {
    return std::tie(r.published_at, r.zone, r.serial, r.signed_at, r.first_site_at, r.last_site_at);
  };
  for (const PublicationRow* row : sorted_by(record.publications, by_publication)) {
    publications.add(id++, row->zone, row->serial, row->signed_at, row->published_at,
                     row->first_site_at, row->last_site_at);
  }
  id = 0;
  Table events(session, {"events", 6});
  const auto by_event = [](const EventRow& r) {
    return std::tie(r.at, r.actor, r.what, r.source, r.confidence);
  };
  for (const EventRow* row : sorted_by(record.events, by_event)) {
    events.add(id++, row->at, row->actor, row->what, row->source, row->confidence);
  }
  id = 0;
  Table samples(session, {"samples", 6});
  const auto by_sample = [](const SampleRow& r) {
    return std::tie(r.at, r.resolver, r.question, r.outcome, r.explanation);
  };
  for (const SampleRow* row : sorted_by(record.samples, by_sample)) {
    ZF_ASSERT(row->resolver < record.resolvers.size());
    samples.add(id++, row->at, row->resolver, row->question,
                static_cast<std::uint32_t>(row->outcome), row->explanation);
  }
  Table expectations(session, {"expectations", 8});
  for (const ExpectationRow& row : record.expectations) {
    expectations.add(row.id, row.kind, row.statement, row.published, row.measured, row.passed,
                     row.source, row.confidence);
  }
}

Result<StoreReport> write_database(const std::string& path, const RunRecord& record,
                                   const Tally& tally, const StopCallback& stop) {
  Result<Database> database = Database::open(path, Access::write);
  if (!database) return database.error();
  Session session(database.value(), stop);
  begin(session, {application_id, schema_version, schema_sql()});
  write_run(session, record, tally.shape().bins);
  write_names(session, record, tally);
  write_entities(session, record);
  write_counts(session, tally);
  write_milestones(session, tally);
  write_story(session, record);
  const StoreReport report = seal_and_commit(session);
  if (session.failed()) return session.error();
  return report;
}

}  // namespace

Result<StoreReport> write_store(PartialFile file, const RunRecord& record, const Tally& tally,
                                const StopCallback& stop) {
  const TallyShape& shape = tally.shape();
  ZF_ASSERT(record.cohorts.size() == shape.cohorts && record.sites.size() == shape.sites &&
            record.resolvers.size() == shape.resolvers);
  Result<StoreReport> report = write_database(file.path(), record, tally, stop);
  return publish_written(std::move(file), std::move(report));
}

Result<StoreReport> write_store(const StoreTarget& target, const RunRecord& record,
                                const Tally& tally, const StopCallback& stop) {
  Result<PartialFile> file = PartialFile::create(target);
  if (!file) return file.error();
  return write_store(std::move(file).value(), record, tally, stop);
}

}  // namespace zonefall::outcome
