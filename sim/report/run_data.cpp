#include "report/run_data.h"

#include <sstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "zonefall/outcome/database.h"
#include "zonefall/outcome/store.h"

namespace zonefall::report {
namespace {

using outcome::ColumnType;
using outcome::Database;
using outcome::Statement;

constexpr double fixed_point_one = 1 << FixedCount::fraction_bits;

double count_at(const Statement& row, int column) {
  return static_cast<double>(row.integer(column)) / fixed_point_one;
}
std::string text_at(const Statement& row, int column) {
  return std::string(row.text(column));
}
SimTime time_at(const Statement& row, int column) {
  return SimTime::from_nanoseconds(row.integer(column));
}
MaybeTime maybe_time_at(const Statement& row, int column) {
  if (row.type(column) == ColumnType::null) return {};
  return time_at(row, column);
}

/// Reads table after table; after the first thing that is wrong it reads no more.
class Reader {
 public:
  Reader(Database& database, RunData& run) : database_(database), run_(run) {}

  Status read() {
    read_names();
    read_counts();
    read_load();
    read_story();
    read_samples();
    if (error_) return *error_;
    return Done{};
  }

 private:
  template <typename OnRow>
  void each(std::string_view sql, OnRow on_row) {
    if (error_) return;
    Result<Statement> statement = database_.prepare(sql);
    if (!statement) return fail(statement.error().message);
    while (!error_) {
      const Result<bool> row = statement.value().step();
      if (!row) return fail(row.error().message);
      if (!row.value()) return;
      on_row(std::as_const(statement.value()));
    }
  }

  void fail(const std::string& message) {
    if (!error_) error_ = Error{message};
  }

  /// Whether a number of a row names one of `size` things, which are numbered from 0.
  bool names_one_of(std::string_view what, std::int64_t number, std::size_t size) {
    if (number >= 0 && static_cast<std::size_t>(number) < size) return true;
    fail(fmt::format("the file is damaged (there is no {} {})", what, number));
    return false;
  }
  /// Whether a row of a table that is numbered from 0 comes at its place.
  bool is_next(std::string_view what, std::int64_t number, std::size_t size) {
    return names_one_of(what, number, size + 1);
  }

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
           if (error_) return;
           const OutcomeName& outcome = run_.outcomes[n.outcome];
           counts->lookups += n.count;
           if (outcome.is_failure) counts->failed += n.count;
           if (outcome.name == outcome::to_text(outcome::Outcome::stale)) counts->stale += n.count;
           if (outcome.name == outcome::to_text(outcome::Outcome::under_nta)) {
             counts->under_nta += n.count;
           }
           if (outcome.name == outcome::to_text(outcome::Outcome::bogus)) counts->bogus += n.count;
           run_.lookups_by_outcome.push_back(n);
         });
    each("SELECT cohort, bin, count_fp, outcome FROM queries ORDER BY cohort, bin, outcome",
         [&](const Statement& row) {
           Counts* counts = counts_of(row);
           if (counts == nullptr) return;
           counts->queries += count_at(row, 2);
           run_.queries_by_outcome.push_back(outcome_count(row));
         });
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

  Database& database_;
  RunData& run_;
  std::optional<Error> error_;
};

/// The hash that seals the file, if the content still has it.
Result<std::string> checked_hash(const std::string& path, Database& database) {
  Result<Statement> statement = database.prepare("SELECT content_hash FROM seal");
  if (!statement) return statement.error();
  const Result<bool> row = statement.value().step();
  if (!row) return row.error();
  const std::string sealed = row.value() ? text_at(statement.value(), 0) : "";
  const Result<std::uint64_t> actual = outcome::content_hash_of(path);
  if (!actual) return actual.error();
  if (fmt::format("{:016x}", actual.value()) != sealed) {
    return Error{
        "its content does not match its hash, so it was damaged or changed after the run: "
        "run the scenario again"};
  }
  return sealed;
}

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
  Result<Database> database = outcome::open_store(path);
  if (!database) return database.error();
  const Result<std::string> hash = checked_hash(path, database.value());
  if (!hash) return Error{fmt::format("{}: {}", path, hash.error().message)};
  RunData run;
  run.content_hash = hash.value();
  if (Status done = Reader(database.value(), run).read(); !done) {
    return Error{fmt::format("{}: {}", path, done.error().message)};
  }
  return run;
}

}  // namespace zonefall::report
