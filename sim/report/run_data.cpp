#include "report/run_data.h"

#include <sstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "report/table_reader.h"
#include "zonefall/outcome/database.h"
#include "zonefall/outcome/store.h"

namespace zonefall::report {
namespace {

using outcome::Statement;

class Reader : private TableReader {
 public:
  Reader(outcome::Database& database, RunData& run) : TableReader(database), run_(run) {}

  Status read() {
    read_names();
    read_counts();
    read_classes();
    read_load();
    read_story();
    read_samples();
    return status();
  }

 private:
  void read_names() {
    each("SELECT key, value FROM meta",
         [&](const Statement& row) { run_.meta[text_at(row, 0)] = text_at(row, 1); });
    each("SELECT key, value FROM provenance",
         [&](const Statement& row) { run_.provenance[text_at(row, 0)] = text_at(row, 1); });
    each("SELECT name, count FROM work",
         [&](const Statement& row) { run_.work[text_at(row, 0)] = row.integer(1); });
    each("SELECT yaml FROM scenario",
         [&](const Statement& row) { run_.scenario_yaml = text_at(row, 0); });
    each("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'from_ns'",
         [&](const Statement& row) { run_.from = time_at(row, 0); });
    each("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'until_ns'",
         [&](const Statement& row) { run_.until = time_at(row, 0); });
    each("SELECT bin, from_ns, until_ns FROM bins ORDER BY bin", [&](const Statement& row) {
      if (!is_next("bin", row.integer(0), run_.bins.size())) return;
      const BinSpan bin{time_at(row, 1), time_at(row, 2)};
      const SimTime earliest = run_.bins.empty() ? run_.from : run_.bins.back().until;
      if (bin.from < earliest || bin.until <= bin.from || bin.until > run_.until) {
        return fail(fmt::format("the file is damaged (bin {} is out of order)", row.integer(0)));
      }
      run_.bins.push_back(bin);
    });
    each("SELECT cohort, name, profile, policy, resolvers FROM cohorts ORDER BY cohort",
         [&](const Statement& row) {
           if (!is_next("cohort", row.integer(0), run_.cohorts.size())) return;
           run_.cohorts.push_back(
               {text_at(row, 1), text_at(row, 2), text_at(row, 3), row.integer(4)});
         });
  }

  void read_outcomes() {
    each("SELECT outcome, name, meaning, is_failure FROM outcomes ORDER BY outcome",
         [&](const Statement& row) {
           if (!is_next("outcome", row.integer(0), run_.outcomes.size())) return;
           run_.outcomes.push_back({text_at(row, 1), text_at(row, 2), row.integer(3) != 0});
         });
  }

  /// Of a row of lookups or queries whose cohort and bin are known.
  OutcomeCount outcome_count(const Statement& row) {
    OutcomeCount n{static_cast<std::size_t>(row.integer(0)),
                   static_cast<std::size_t>(row.integer(1)), 0, count_at(row, 2)};
    if (names_one_of("outcome", row.integer(3), run_.outcomes.size())) {
      n.outcome = static_cast<std::size_t>(row.integer(3));
    }
    return n;
  }

  void add_lookups(const OutcomeCount& n, Counts& counts) const {
    const OutcomeName& outcome = run_.outcomes[n.outcome];
    counts.lookups += n.count;
    if (outcome.is_failure) counts.failed += n.count;
    if (outcome.name == outcome::to_text(outcome::Outcome::stale)) counts.stale += n.count;
    if (outcome.name == outcome::to_text(outcome::Outcome::under_nta)) counts.under_nta += n.count;
    if (outcome.name == outcome::to_text(outcome::Outcome::bogus)) counts.bogus += n.count;
  }

  void read_counts() {
    read_outcomes();
    run_.counts.assign(run_.cohorts.size(), std::vector<Counts>(run_.bins.size()));
    const auto counts_of = [&](const Statement& row) -> Counts* {
      const bool is_known = names_one_of("cohort", row.integer(0), run_.cohorts.size()) &&
                            names_one_of("bin", row.integer(1), run_.bins.size());
      if (!is_known) return nullptr;
      return &run_.counts[static_cast<std::size_t>(row.integer(0))]
                         [static_cast<std::size_t>(row.integer(1))];
    };
    each("SELECT cohort, bin, count_fp, outcome FROM lookups ORDER BY cohort, bin, outcome",
         [&](const Statement& row) {
           Counts* counts = counts_of(row);
           if (counts == nullptr) return;
           const OutcomeCount n = outcome_count(row);
           if (has_failed()) return;
           add_lookups(n, *counts);
           run_.lookups_by_outcome.push_back(n);
         });
    each("SELECT cohort, bin, count_fp, outcome FROM queries ORDER BY cohort, bin, outcome",
         [&](const Statement& row) {
           Counts* counts = counts_of(row);
           if (counts == nullptr) return;
           counts->queries += count_at(row, 2);
           run_.queries_by_outcome.push_back(outcome_count(row));
         });
    read_harms(counts_of);
    each("SELECT code, name FROM ede_codes",
         [&](const Statement& row) { run_.ede_names[row.integer(0)] = text_at(row, 1); });
    each("SELECT cohort, bin, code, count_fp FROM ede ORDER BY cohort, bin, code",
         [&](const Statement& row) {
           if (counts_of(row) == nullptr) return;
           run_.ede.push_back({static_cast<std::size_t>(row.integer(0)),
                               static_cast<std::size_t>(row.integer(1)), row.integer(2),
                               count_at(row, 3)});
         });
  }

  /// `is_known` says whether a row's cohort and bin are there, and fails if not.
  template <typename IsKnown>
  void read_harms(IsKnown is_known) {
    std::map<std::int64_t, std::size_t> places;
    each("SELECT harm, name, meaning FROM harms ORDER BY harm", [&](const Statement& row) {
      places.emplace(row.integer(0), run_.harms.size());
      run_.harms.push_back({text_at(row, 1), text_at(row, 2)});
    });
    each("SELECT cohort, bin, harm, count_fp FROM harmed_lookups ORDER BY cohort, bin, harm",
         [&](const Statement& row) {
           if (!is_known(row)) return;
           const auto place = places.find(row.integer(2));
           if (place == places.end()) {
             return fail(fmt::format("the file is damaged (there is no harm {})", row.integer(2)));
           }
           run_.harmed.push_back({static_cast<std::size_t>(row.integer(0)),
                                  static_cast<std::size_t>(row.integer(1)), place->second,
                                  count_at(row, 3)});
         });
  }

  // Classes that the run has not are left out, so their numbers have gaps.
  void read_classes() {
    std::map<std::int64_t, std::size_t> places;
    each("SELECT class, name, title, meaning, zone FROM name_classes ORDER BY class",
         [&](const Statement& row) {
           places[row.integer(0)] = run_.classes.size();
           run_.classes.push_back(
               {text_at(row, 1), text_at(row, 2), text_at(row, 3), text_at(row, 4), {}});
           run_.classes.back().counts.assign(run_.cohorts.size(),
                                             std::vector<Counts>(run_.bins.size()));
         });
    each(
        "SELECT cohort, bin, count_fp, outcome, class FROM class_lookups "
        "ORDER BY class, cohort, bin, outcome",
        [&](const Statement& row) {
          const auto place = places.find(row.integer(4));
          if (place == places.end()) {
            return fail(fmt::format("the file is damaged (no class {})", row.integer(4)));
          }
          if (!names_one_of("cohort", row.integer(0), run_.cohorts.size()) ||
              !names_one_of("bin", row.integer(1), run_.bins.size())) {
            return;
          }
          const OutcomeCount n = outcome_count(row);
          if (!has_failed()) add_lookups(n, run_.classes[place->second].counts[n.cohort][n.bin]);
        });
  }

  void read_load() {
    std::map<std::pair<std::string, std::string>, std::size_t> servers;
    each("SELECT site, server, zone, name FROM sites ORDER BY site", [&](const Statement& row) {
      if (!is_next("site", row.integer(0), run_.sites.size())) return;
      const auto [place, is_new] =
          servers.try_emplace({text_at(row, 1), text_at(row, 2)}, run_.servers.size());
      if (is_new) run_.servers.push_back({text_at(row, 1), text_at(row, 2)});
      run_.sites.push_back({text_at(row, 3), place->second});
    });
    run_.loads.assign(run_.servers.size(), std::vector<Load>(run_.bins.size()));
    run_.site_loads.assign(run_.sites.size(), std::vector<Load>(run_.bins.size()));
    each("SELECT site, bin, queries_fp, octets_fp FROM load ORDER BY site, bin",
         [&](const Statement& row) {
           const bool is_known = names_one_of("site", row.integer(0), run_.sites.size()) &&
                                 names_one_of("bin", row.integer(1), run_.bins.size());
           if (!is_known) return;
           const auto site = static_cast<std::size_t>(row.integer(0));
           const auto bin = static_cast<std::size_t>(row.integer(1));
           for (Load* load :
                {&run_.site_loads[site][bin], &run_.loads[run_.sites[site].server][bin]}) {
             load->queries += count_at(row, 2);
             load->octets += count_at(row, 3);
           }
         });
  }

  void read_story() {
    each(
        "SELECT cohort, first_failure_ns, last_failure_ns, recovered_ns, nta_installed_ns "
        "FROM milestones JOIN resolvers USING (resolver) ORDER BY resolver",
        [&](const Statement& row) {
          if (!names_one_of("cohort", row.integer(0), run_.cohorts.size())) return;
          run_.resolvers.push_back({static_cast<std::size_t>(row.integer(0)), maybe_time_at(row, 1),
                                    maybe_time_at(row, 2), maybe_time_at(row, 3),
                                    maybe_time_at(row, 4)});
        });
    each(
        "SELECT zone, serial, signed_ns, published_ns, first_site_ns, last_site_ns "
        "FROM publications ORDER BY publication",
        [&](const Statement& row) {
          run_.publications.push_back({text_at(row, 0), row.integer(1), time_at(row, 2),
                                       time_at(row, 3), maybe_time_at(row, 4),
                                       maybe_time_at(row, 5)});
        });
    each("SELECT at_ns, actor, what, source, confidence FROM events ORDER BY event",
         [&](const Statement& row) {
           run_.events.push_back({time_at(row, 0), text_at(row, 1), text_at(row, 2),
                                  text_at(row, 3), text_at(row, 4)});
         });
    each(
        "SELECT id, kind, statement, published, measured, passed, source, confidence "
        "FROM expectations ORDER BY id",
        [&](const Statement& row) {
          run_.expectations.push_back({text_at(row, 0), text_at(row, 1), text_at(row, 2),
                                       text_at(row, 3), text_at(row, 4), row.integer(5) != 0,
                                       text_at(row, 6), text_at(row, 7)});
        });
  }

  void read_samples() {
    each(
        "SELECT cohort, at_ns, question, outcome, explanation "
        "FROM samples JOIN resolvers USING (resolver) ORDER BY sample",
        [&](const Statement& row) {
          if (!names_one_of("cohort", row.integer(0), run_.cohorts.size()) ||
              !names_one_of("outcome", row.integer(3), run_.outcomes.size())) {
            return;
          }
          run_.samples.push_back({time_at(row, 1), static_cast<std::size_t>(row.integer(0)),
                                  text_at(row, 2), static_cast<std::size_t>(row.integer(3)),
                                  text_at(row, 4)});
        });
  }

  RunData& run_;
};

}  // namespace

Counts& Counts::operator+=(const Counts& other) {
  lookups += other.lookups;
  failed += other.failed;
  stale += other.stale;
  under_nta += other.under_nta;
  bogus += other.bogus;
  queries += other.queries;
  return *this;
}

std::string RunData::about(const std::string& key) const {
  if (const auto found = meta.find(key); found != meta.end()) return found->second;
  if (const auto found = provenance.find(key); found != provenance.end()) return found->second;
  return "";
}

std::vector<Departure> RunData::departures() const {
  std::vector<Departure> found;
  std::istringstream changes(about("changes"));
  for (std::string line; std::getline(changes, line);) found.push_back({"set", line, {}});
  const std::string counterfactual = about("counterfactual");
  if (!counterfactual.empty()) found.push_back({"counterfactual", counterfactual, {}});
  for (const std::string option : {"seed", "scale"}) {
    const std::string of_file = about("file_" + option);
    if (!of_file.empty()) found.push_back({option, about(option), of_file});
  }
  return found;
}

Result<RunData> read_run(const std::string& path) {
  Result<outcome::Database> database = outcome::open_store(path);
  if (!database) return database.error();
  const Result<std::string> hash = checked_hash(database.value());
  if (!hash) return Error{fmt::format("{}: {}", path, hash.error().message)};
  RunData run;
  run.content_hash = hash.value();
  if (Status done = Reader(database.value(), run).read(); !done) {
    return Error{fmt::format("{}: {}", path, done.error().message)};
  }
  return run;
}

}  // namespace zonefall::report
