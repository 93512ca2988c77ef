#include "report/comparison_tables.h"

#include <array>
#include <utility>

#include "report/analysis.h"
#include "report/cells.h"
#include "report/sweep.h"
#include "report/text.h"

namespace zonefall::report {
namespace {

constexpr CellType text = CellType::text;
constexpr CellType integer = CellType::integer;
constexpr CellType number = CellType::number;
constexpr CellType yes_no = CellType::yes_no;
constexpr CellType time = CellType::time;

// Columns that several tables have.
constexpr DataColumn candidate_column{"candidate", text, false, "name of the candidate"};
constexpr DataColumn measure_column{"measure", text, false, "name of the measure"};
constexpr DataColumn cohort_column{"cohort", text, false, "name of the cohort; all: all of them"};
constexpr DataColumn half_width_column{"half_width", number, true,
                                       "of the 95 % interval; null: infinite, one seed alone"};
constexpr DataColumn path_column{"path", text, false, "of the value that was varied"};
constexpr DataColumn sweep_policy_column{"policy", text, false,
                                         "and what else is the same along the sweep"};
constexpr DataColumn sweep_value_column{"value", text, false, "as it was given"};

std::int64_t whole(double n) {
  return static_cast<std::int64_t>(n);
}

DataTable comparison_table(const ComparisonData& data) {
  DataTable table{
      "comparison",
      "What was compared",
      Rows::one,
      {{"kind", text, false, "comparison, or ensemble: with members that draw"},
       {"title", text, false, "title of the scenario"},
       {"from", time, false, "begin of each run"},
       {"until", time, false, "end of each run, excluded"},
       {"bin_s", number, true, "width of a bin, seconds"},
       {"seeds", integer, false, "members that draw nothing"},
       {"members_drawn", integer, false, "members that draw a value for what nobody knows"},
       {"resolvers", integer, false, "resolvers that there are"},
       {"simulated", integer, false, "resolvers in each run; results are weighted back"},
       {"scale", text, false, "share of resolvers asked for"},
       {"version", text, false, "version of zonefall"},
       {"content_hash", text, false, "hash of the result file's content"},
       {"scenario_hash", text, false, "hash of the normalised scenario"}},
      {}};
  std::optional<double> bin_s;
  if (!data.bins.empty()) bin_s = seconds_between(data.bins[0].from, data.bins[0].until);
  const ComparedCohort& all = data.cohorts.back();
  table.rows.push_back(row(std::string(data.is_ensemble() ? "ensemble" : "comparison"),
                           data.about("scenario_title"), data.from, data.until, bin_s,
                           static_cast<std::int64_t>(data.seeds.size()), data.members_drawn,
                           whole(all.resolvers), whole(all.simulated), data.about("scale"),
                           data.about("version"), data.content_hash, data.about("scenario_hash")));
  return table;
}

DataTable candidates_table(const ComparisonData& data) {
  DataTable table{"candidates",
                  "What was tried; the first is what the others are compared with",
                  Rows::many,
                  {candidate_column, {"title", text, false, "in words"}},
                  {}};
  for (const Candidate& each : data.candidates) table.rows.push_back(row(each.name, each.title));
  return table;
}

DataTable changes_table(const ComparisonData& data) {
  DataTable table{"changes",
                  "What each candidate changes in the scenario, in this order",
                  Rows::many,
                  {candidate_column, {"change", text, false, "path = value"}},
                  {}};
  for (const Candidate& each : data.candidates) {
    for (const std::string& change : each.changes) table.rows.push_back(row(each.name, change));
  }
  return table;
}

DataTable cohorts_table(const ComparisonData& data) {
  DataTable table{"cohorts",
                  "Groups of like resolvers; the last one, all, is all of them together",
                  Rows::many,
                  {{"cohort", text, false, "name of the cohort"},
                   {"resolvers", integer, false, "resolvers that there are"},
                   {"simulated", integer, false, "resolvers in each run"}},
                  {}};
  for (const ComparedCohort& each : data.cohorts) {
    table.rows.push_back(row(each.name, whole(each.resolvers), whole(each.simulated)));
  }
  return table;
}

DataTable measures_table(const ComparisonData& data) {
  DataTable table{"measures",
                  "What candidates are judged by; the first is the main measure",
                  Rows::many,
                  {measure_column,
                   {"title", text, false, "in words"},
                   {"unit", text, false, "share (0 to 1), minutes or queries"},
                   {"meaning", text, false, "what is measured"},
                   {"more_is_better", yes_no, false, "false where less is better"},
                   {"names", text, false, "the class of names that it is of; empty: all names"}},
                  {}};
  for (const Measure& each : data.measures) {
    table.rows.push_back(
        row(each.name, each.title, each.unit, each.meaning, each.more_is_better, each.names));
  }
  return table;
}

DataTable left_out_table(const ComparisonData& data) {
  DataTable table{
      "measures_left_out",
      "Measures for which no candidate's scenario has a cause: 0 would look like a result",
      Rows::many,
      {measure_column,
       {"title", text, false, "in words"},
       {"why", text, false, "what no scenario has"}},
      {}};
  for (const LeftOut& each : data.left_out) {
    table.rows.push_back(row(each.name, each.title, each.why));
  }
  return table;
}

DataTable members_table(const ComparisonData& data) {
  DataTable table{"members",
                  "What every candidate was run under",
                  Rows::many,
                  {{"member", integer, false, "from 0"},
                   {"seed", text, false, "decimal, up to 64 bits"},
                   {"is_drawn", yes_no, false, "whether it draws a value for what nobody knows"}},
                  {}};
  for (std::size_t i = 0; i < data.members.size(); ++i) {
    table.rows.push_back(
        row(static_cast<std::int64_t>(i), data.members[i].seed, data.members[i].is_drawn));
  }
  return table;
}

DataTable draws_table(const ComparisonData& data) {
  DataTable table{"draws",
                  "What members of an ensemble drew",
                  Rows::many,
                  {{"member", integer, false, "from 0"},
                   {"path", text, false, "of the value, in the scenario; run.seed: the seed"},
                   {"value", text, false, "as the scenario spells it"}},
                  {}};
  for (std::size_t i = 0; i < data.members.size(); ++i) {
    for (std::size_t u = 0; u < data.members[i].drawn.size(); ++u) {
      const Uncertainty& of = data.uncertainties[u];
      table.rows.push_back(
          row(static_cast<std::int64_t>(i), of.path, of.values[data.members[i].drawn[u]]));
    }
  }
  return table;
}

/// Which estimate or difference a row is about.
struct Subject {
  std::size_t candidate = 0;
  std::size_t measure = 0;
  std::size_t cohort = 0;
};
std::vector<Cell> estimate_row(const ComparisonData& data, const Subject& of,
                               const Estimate& value) {
  return row(data.measures[of.measure].name, data.candidates[of.candidate].name,
             data.cohorts[of.cohort].name, value.mean, value.half_width);
}

DataTable estimates_table(const ComparisonData& data) {
  DataTable table{"estimates",
                  "How good each candidate is, over the members that draw nothing",
                  Rows::many,
                  {measure_column,
                   candidate_column,
                   cohort_column,
                   {"mean", number, false, "in units of the measure"},
                   half_width_column},
                  {}};
  for (std::size_t m = 0; m < data.measures.size(); ++m) {
    for (std::size_t k = 0; k < data.cohorts.size(); ++k) {
      for (std::size_t c = 0; c < data.candidates.size(); ++c) {
        table.rows.push_back(estimate_row(data, {c, m, k}, data.estimates[c][m][k]));
      }
    }
  }
  return table;
}

DataTable differences_table(const ComparisonData& data) {
  DataTable table{"differences",
                  "What each candidate differs by from the first one, taken seed by seed",
                  Rows::many,
                  {measure_column,
                   candidate_column,
                   cohort_column,
                   {"difference", number, false, "in units of the measure"},
                   half_width_column,
                   {"exceeds_chance", yes_no, false, "whether the interval leaves out 0"}},
                  {}};
  for (std::size_t m = 0; m < data.measures.size(); ++m) {
    for (std::size_t k = 0; k < data.cohorts.size(); ++k) {
      for (std::size_t c = 1; c < data.candidates.size(); ++c) {
        const Estimate& value = data.differences[c][m][k];
        table.rows.push_back(estimate_row(data, {c, m, k}, value));
        table.rows.back().push_back(cell(value.is_clear()));
      }
    }
  }
  return table;
}

DataTable pairs_table(const ComparisonData& data) {
  DataTable table{"pairs",
                  "What each candidate differs by from each before it, all cohorts together",
                  Rows::many,
                  {measure_column,
                   candidate_column,
                   {"against", text, false, "the other candidate"},
                   {"difference", number, false, "in units of the measure, taken seed by seed"},
                   half_width_column,
                   {"unpaired_half_width", number, true, "what independent seeds would have given"},
                   {"exceeds_chance", yes_no, false, "whether the interval leaves out 0"},
                   {"members_less", integer, true,
                    "members that draw in which the candidate has less; null: "
                    "of a comparison"},
                   {"members_equal", integer, true, "in which it has as much"},
                   {"members_more", integer, true, "in which it has more"}},
                  {}};
  for (const Pair& pair : data.pairs) {
    const auto members = [&](std::int64_t Ranking::*of) {
      return pair.ranking ? std::optional((*pair.ranking).*of) : std::nullopt;
    };
    table.rows.push_back(row(data.measures[pair.measure].name, data.candidates[pair.candidate].name,
                             data.candidates[pair.against].name, pair.difference.mean,
                             pair.difference.half_width, pair.unpaired_half_width,
                             pair.difference.is_clear(), members(&Ranking::less),
                             members(&Ranking::equal), members(&Ranking::more)));
  }
  return table;
}

// Those that the result file keeps.
constexpr std::array<std::int64_t, 5> permilles = {50, 250, 500, 750, 950};

std::vector<DataColumn> with_quantiles(std::vector<DataColumn> columns) {
  for (const std::string_view name : {"p05", "p25", "p50", "p75", "p95"}) {
    columns.push_back({name, number, true, "the least value that so many per cent do not exceed"});
  }
  return columns;
}

void add_quantiles(std::vector<Cell>& cells, const Band& quantiles) {
  for (const std::int64_t permille : permilles) {
    const auto found = quantiles.find(permille);
    cells.push_back(found == quantiles.end() ? Cell() : cell(found->second));
  }
}

DataTable quantiles_table(const ComparisonData& data) {
  DataTable table{"quantiles",
                  "How far each measure reaches over the members that draw, all cohorts together",
                  Rows::many,
                  with_quantiles({measure_column, candidate_column}),
                  {}};
  for (std::size_t m = 0; m < data.measures.size() && data.is_ensemble(); ++m) {
    for (std::size_t c = 0; c < data.candidates.size(); ++c) {
      table.rows.push_back(row(data.measures[m].name, data.candidates[c].name));
      add_quantiles(table.rows.back(), data.spreads[c][m].quantiles);
    }
  }
  return table;
}

DataTable sensitivities_table(const ComparisonData& data) {
  DataTable table{"sensitivities",
                  "What each assumption moves: means of the members with a value, all cohorts",
                  Rows::many,
                  {measure_column,
                   candidate_column,
                   {"path", text, false, "of the value, in the scenario; run.seed: chance"},
                   {"value", text, false, "as the scenario spells it"},
                   {"members", integer, false, "that drew it"},
                   {"mean", number, false, "in units of the measure"}},
                  {}};
  for (const Sensitivity& s : data.sensitivities) {
    const Uncertainty& of = data.uncertainties[s.uncertainty];
    const auto value = static_cast<std::size_t>(s.value);
    table.rows.push_back(row(data.measures[s.measure].name, data.candidates[s.candidate].name,
                             of.path, value < of.values.size() ? of.values[value] : std::string(),
                             s.members, s.mean));
  }
  return table;
}

DataTable sweeps_table(const ComparisonData& data) {
  DataTable table{"sweeps",
                  "Candidates along a value that was varied, by that value, all cohorts together",
                  Rows::many,
                  {path_column,
                   sweep_policy_column,
                   sweep_value_column,
                   {"x", number, false,
                    "the value as a number: seconds of a duration, seconds since 1970 of a "
                    "time, 0 to 1 of a share"},
                   {"kind", text, false, "what values are: number, share, seconds or time"},
                   candidate_column,
                   measure_column,
                   {"mean", number, false, "in units of the measure"},
                   half_width_column},
                  {}};
  for (const Sweep& sweep : sweeps_of(data)) {
    for (std::size_t m = 0; m < data.measures.size(); ++m) {
      for (const Sweep::Point& point : sweep.points) {
        const Estimate& value = data.estimates[point.candidate][m][data.all_cohorts()];
        table.rows.push_back(row(sweep.path, sweep.policy, point.text, point.x,
                                 std::string(to_text(sweep.unit)),
                                 data.candidates[point.candidate].name, data.measures[m].name,
                                 value.mean, value.half_width));
      }
    }
  }
  return table;
}

DataTable bends_table(const ComparisonData& data) {
  DataTable table{
      "bends",
      "Where each sweep is farthest from the straight line between its ends",
      Rows::many,
      {path_column,
       sweep_policy_column,
       measure_column,
       sweep_value_column,
       {"distance", number, false, "from the line, below it negative, in units of the measure"},
       {"half_width", number, true,
        "of intervals that hold with 95 % for all inner points together"},
       {"is_knee", yes_no, false, "whether the interval leaves out 0"}},
      {}};
  for (const Sweep& sweep : sweeps_of(data)) {
    for (std::size_t m = 0; m < data.measures.size(); ++m) {
      const std::optional<Bend> bend = bend_of(data, sweep, m);
      if (!bend) continue;
      table.rows.push_back(row(sweep.path, sweep.policy, data.measures[m].name,
                               sweep.points[bend->point].text, bend->distance.mean,
                               bend->distance.half_width, bend->is_knee()));
    }
  }
  return table;
}

DataTable series_table(const ComparisonData& data) {
  DataTable table{"series",
                  "The share of lookups that failed in each bin, all seeds and cohorts together",
                  Rows::many,
                  {candidate_column,
                   {"at", time, false, "begin of the bin"},
                   {"failed_share", number, true, "0 to 1; null where nobody asked"}},
                  {}};
  for (std::size_t c = 0; c < data.candidates.size(); ++c) {
    for (std::size_t bin = 0; bin < data.bins.size(); ++bin) {
      const Counts& n = data.counts[c][data.all_cohorts()][bin];
      table.rows.push_back(
          row(data.candidates[c].name, data.bins[bin].from, share_of(n.failed, n.lookups)));
    }
  }
  return table;
}

DataTable bands_table(const ComparisonData& data) {
  DataTable table{"bands",
                  "How far shares of lookups reach in each bin: over the members that draw, in a "
                  "comparison over its seeds",
                  Rows::many,
                  with_quantiles({candidate_column,
                                  {"curve", text, false, "failing, stale, unvalidated"},
                                  {"at", time, false, "begin of the bin"}}),
                  {}};
  for (std::size_t c = 0; c < data.candidates.size(); ++c) {
    for (std::size_t curve = 0; curve < data.curves.size(); ++curve) {
      for (std::size_t bin = 0; bin < data.bins.size(); ++bin) {
        table.rows.push_back(
            row(data.candidates[c].name, data.curves[curve].name, data.bins[bin].from));
        add_quantiles(table.rows.back(), data.bands[c][curve][bin]);
      }
    }
  }
  return table;
}

}  // namespace

std::vector<DataTable> comparison_tables(const ComparisonData& data) {
  std::vector<DataTable> tables;
  tables.push_back(comparison_table(data));
  tables.push_back(candidates_table(data));
  tables.push_back(changes_table(data));
  tables.push_back(cohorts_table(data));
  tables.push_back(measures_table(data));
  tables.push_back(left_out_table(data));
  tables.push_back(members_table(data));
  tables.push_back(draws_table(data));
  tables.push_back(estimates_table(data));
  tables.push_back(differences_table(data));
  tables.push_back(pairs_table(data));
  tables.push_back(quantiles_table(data));
  tables.push_back(sensitivities_table(data));
  tables.push_back(sweeps_table(data));
  tables.push_back(bends_table(data));
  tables.push_back(series_table(data));
  tables.push_back(bands_table(data));
  tables.push_back(settings_table(data.meta, data.provenance));
  return tables;
}

}  // namespace zonefall::report
