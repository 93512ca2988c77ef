#include "report/incidents.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/analysis.h"
#include "report/cells.h"
#include "report/page_parts.h"
#include "report/prose.h"
#include "report/sentences.h"
#include "report/text.h"

namespace zonefall::report {
namespace {

constexpr double seconds_per_hour = 3600;
constexpr std::string_view comparable =
    "Runs may have other resolvers, clients and spans of time: shares can be compared, counts only "
    "where scales and spans are alike.";

/// The title, and the file where another run has the same title.
std::string name_of(const std::vector<Incident>& incidents, std::size_t i) {
  const std::string title = clean_line(incidents[i].run.about("scenario_title"));
  const auto same = std::count_if(incidents.begin(), incidents.end(), [&](const Incident& other) {
    return clean_line(other.run.about("scenario_title")) == title;
  });
  if (same == 1 && !title.empty()) return title;
  return fmt::format("{} ({})", title.empty() ? "Untitled" : title, shell_word(incidents[i].path));
}

double hours_between(SimTime from, SimTime until) {
  return seconds_between(from, until) / seconds_per_hour;
}

Json share_json(double part, double whole) {
  const std::optional<double> share = share_of(part, whole);
  return share ? Json(std::round(*share * 1e6) / 1e6) : Json();
}

Json curve_json(const RunData& run, const Analysis& analysis) {
  const std::vector<Column> columns = columns_of(run, page_bins_max);
  Json until = Json::array();
  Json failed = Json::array();
  Json stale = Json::array();
  Json under_nta = Json::array();
  Json bogus = Json::array();
  for (const Column& column : columns) {
    const Counts n = counts_in(analysis.all_by_bin, column);
    until.push_back(hours_between(run.from, run.bins[column.first_bin + column.bins - 1].until));
    failed.push_back(share_json(n.failed, n.lookups));
    stale.push_back(share_json(n.stale, n.lookups));
    under_nta.push_back(share_json(n.under_nta, n.lookups));
    bogus.push_back(share_json(n.bogus, n.lookups));
  }
  const MaybeTime& first = analysis.all.first_failure;
  return {{"until_h", until},
          {"first_failure_h", first ? Json(hours_between(run.from, *first)) : Json()},
          {"failed", failed},
          {"stale", stale},
          {"under_nta", under_nta},
          {"bogus", bogus}};
}

/// What one run comes to.
std::string sentence(const std::string& name, const RunData& run, const Hurt& all) {
  std::string text =
      fmt::format("{}: over {}, {}", shorten(name, 80), span(seconds_between(run.from, run.until)),
                  failed_phrase(all.total));
  if (all.worst_bin) {
    text += fmt::format(", at the worst {} in the bin of {} UTC", percent(all.worst_share()),
                        short_time(run.bins[*all.worst_bin].from));
  }
  return text + ".";
}

}  // namespace

DataTable incidents_table(const std::vector<Incident>& incidents) {
  using enum CellType;
  DataTable table{
      "incidents",
      "The main figures of each run, all cohorts together",
      Rows::many,
      {{"incident", text, false, "title of the scenario, and the file if titles are the same"},
       {"from", CellType::time, false, "begin of the run"},
       {"hours", number, false, "length of the run"},
       {"scale", text, false, "share of resolvers simulated"},
       {"seed", text, false, "of the random numbers"},
       {"lookups", number, false, "lookups of clients"},
       {"failed_lookups", number, false, "of them failed"},
       {"failed_share", number, true, "their share, 0 to 1; null without lookups"},
       {"stale_share", number, true, "answered with stale data, 0 to 1"},
       {"under_nta_share", number, true, "answered under a negative trust anchor, 0 to 1"},
       {"worst_bin_at", CellType::time, true, "begin of the worst bin; null if nothing failed"},
       {"worst_bin_failed_share", number, true, "share that failed in it, 0 to 1"},
       {"first_failure_at", CellType::time, true, "first failure of any resolver"},
       {"resolvers_hurt", integer, false, "resolvers with at least one failure"},
       {"recovery_50_min", number, true, "minutes from then until 50 % of them recovered"},
       {"recovery_90_min", number, true, "the same for 90 %; null: not before the run ended"},
       {"recovery_99_min", number, true, "the same for 99 %"},
       {"content_hash", text, false, "hash of the result file's content"}},
      {}};
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    const RunData& run = incidents[i].run;
    const Hurt& all = incidents[i].analysis.all;
    MaybeTime worst_at;
    if (all.worst_bin) worst_at = run.bins[*all.worst_bin].from;
    table.rows.push_back(
        row(name_of(incidents, i), run.from, hours_between(run.from, run.until), run.about("scale"),
            run.about("seed"), all.total.lookups, all.total.failed, all.failed_share(),
            share_of(all.total.stale, all.total.lookups),
            share_of(all.total.under_nta, all.total.lookups), worst_at, all.worst_share(),
            all.first_failure, all.resolvers_hurt, all.recovery_min[0], all.recovery_min[1],
            all.recovery_min[2], run.content_hash));
  }
  return table;
}

Json incidents_page(const std::vector<Incident>& incidents) {
  Json summary = Json::array();
  Json curves = Json::array();
  std::vector<std::string> versions;
  std::string hashes;
  std::string commands;
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    const RunData& run = incidents[i].run;
    summary.push_back(sentence(name_of(incidents, i), run, incidents[i].analysis.all));
    curves.push_back(curve_json(run, incidents[i].analysis));
    const std::string version = clean_line(run.about("version"));
    if (std::find(versions.begin(), versions.end(), version) == versions.end()) {
      versions.push_back(version);
    }
    hashes += (i == 0 ? "" : ", ") + run.content_hash;
    commands += reproduce_commands(incidents[i].path);
  }
  summary.push_back(comparable);
  Json tables = {
      {"run",
       {{"version", fmt::format("{}", fmt::join(versions, " and "))}, {"content_hash", hashes}}},
      {"cohorts", Json::array()},
      {"incidents", to_json(incidents_table(incidents))}};
  clean(tables);
  return {{"kind", "incidents"},
          {"summary", std::move(summary)},
          {"tables", std::move(tables)},
          {"bins", {{"from", Json::array()}, {"until", Json::array()}}},
          {"curves", std::move(curves)},
          {"facts", {{"summary", ""}}},
          {"not_modelled", not_modelled()},
          {"reproduce", commands}};
}

}  // namespace zonefall::report
