#include "report/comparison_page.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "report/comparison_prose.h"
#include "report/page_parts.h"
#include "report/sentences.h"
#include "report/sweep.h"

namespace zonefall::report {
namespace {

/// To six decimals, as in the tables.
Json number(double value) {
  return std::round(value * 1e6) / 1e6;
}

Json estimates_json(const std::vector<std::vector<std::vector<Estimate>>>& values) {
  Json candidates = Json::array();
  for (const auto& of_candidate : values) {
    Json measures = Json::array();
    for (const auto& of_measure : of_candidate) {
      Json cohorts = Json::array();
      for (const Estimate& value : of_measure) {
        Json half_width;
        if (value.half_width) half_width = number(*value.half_width);
        cohorts.push_back(Json::array({number(value.mean), half_width}));
      }
      measures.push_back(std::move(cohorts));
    }
    candidates.push_back(std::move(measures));
  }
  return candidates;
}

Json curves_json(const ComparisonData& data, const std::vector<Column>& columns) {
  Json candidates = Json::array();
  for (const auto& of_candidate : data.counts) {
    Json cohorts = Json::array();
    for (const std::vector<Counts>& by_bin : of_candidate) {
      Json shares = Json::array();
      for (const std::optional<double>& share : failed_shares(by_bin, columns)) {
        shares.push_back(share ? number(*share) : Json());
      }
      cohorts.push_back(std::move(shares));
    }
    candidates.push_back(std::move(cohorts));
  }
  return candidates;
}

Json tables_json(const ComparisonData& data) {
  Json tables;
  tables["run"] = {{"from", data.from.to_text()},
                   {"until", data.until.to_text()},
                   {"scale", data.about("scale")},
                   {"seeds", data.seeds},
                   {"version", data.about("version")},
                   {"content_hash", data.content_hash},
                   {"scenario_hash", data.about("scenario_hash")}};
  tables["cohorts"] = Json::array();
  for (const ComparedCohort& cohort : data.cohorts) {
    tables["cohorts"].push_back({{"cohort", cohort.name},
                                 {"resolvers", cohort.resolvers},
                                 {"simulated", cohort.simulated}});
  }
  tables["measures"] = Json::array();
  for (const Measure& measure : data.measures) {
    tables["measures"].push_back({{"name", measure.name},
                                  {"title", measure.title},
                                  {"unit", measure.unit},
                                  {"meaning", measure.meaning},
                                  {"more_is_better", measure.more_is_better},
                                  {"names", measure.names}});
  }
  tables["left_out"] = Json::array();
  for (const LeftOut& measure : data.left_out) {
    tables["left_out"].push_back({{"title", measure.title}, {"why", measure.why}});
  }
  tables["candidates"] = Json::array();
  for (const Candidate& candidate : data.candidates) {
    tables["candidates"].push_back(
        {{"name", candidate.name}, {"title", candidate.title}, {"changes", candidate.changes}});
  }
  clean(tables);
  return tables;
}

Json spread_json(const ComparisonData& data) {
  Json spread = {{"members", data.members_drawn},  {"permille", Json::array()},
                 {"quantiles", Json::array()},     {"rankings", Json::array()},
                 {"uncertainties", Json::array()}, {"sensitivities", Json::array()}};
  for (const auto& quantile : data.spreads.front().front().quantiles) {
    spread["permille"].push_back(quantile.first);
  }
  for (const std::vector<Spread>& of_candidate : data.spreads) {
    Json quantiles = Json::array();
    Json rankings = Json::array();
    for (const Spread& of_measure : of_candidate) {
      Json values = Json::array();
      for (const auto& quantile : of_measure.quantiles) values.push_back(number(quantile.second));
      quantiles.push_back(std::move(values));
      const Ranking& r = of_measure.ranking;
      rankings.push_back(Json::array({r.less, r.equal, r.more}));
    }
    spread["quantiles"].push_back(std::move(quantiles));
    spread["rankings"].push_back(std::move(rankings));
  }
  for (const Uncertainty& u : data.uncertainties) {
    spread["uncertainties"].push_back({{"path", u.path}, {"why", u.why}, {"values", u.values}});
  }
  for (const Sensitivity& s : data.sensitivities) {
    spread["sensitivities"].push_back(
        Json::array({s.candidate, s.measure, s.uncertainty, s.value, number(s.mean)}));
  }
  clean(spread);
  return spread;
}

/// Over a column of several bins the mean of a quantile's values.
Json band_json(const std::vector<Band>& by_bin, std::int64_t permille,
               const std::vector<Column>& columns) {
  Json shares = Json::array();
  for (const Column& column : columns) {
    double sum = 0;
    for (std::size_t i = 0; i < column.bins; ++i) {
      const Band& band = by_bin[column.first_bin + i];
      const auto found = band.find(permille);
      if (found != band.end()) sum += found->second;
    }
    shares.push_back(number(sum / static_cast<double>(column.bins)));
  }
  return shares;
}

Json bands_json(const ComparisonData& data, const std::vector<Column>& columns) {
  std::set<std::int64_t> permilles;
  for (const auto& of_candidate : data.bands) {
    for (const auto& of_curve : of_candidate) {
      for (const Band& band : of_curve) {
        for (const auto& quantile : band) permilles.insert(quantile.first);
      }
    }
  }
  Json bands = {{"permille", permilles}, {"curves", Json::array()}, {"shares", Json::array()}};
  for (const Curve& curve : data.curves) {
    bands["curves"].push_back({{"name", curve.name}, {"title", curve.title}});
  }
  for (const auto& of_candidate : data.bands) {
    Json curves = Json::array();
    for (const auto& by_bin : of_candidate) {
      Json shares = Json::array();
      for (const std::int64_t permille : permilles) {
        shares.push_back(band_json(by_bin, permille, columns));
      }
      curves.push_back(std::move(shares));
    }
    bands["shares"].push_back(std::move(curves));
  }
  clean(bands);
  return bands;
}

Json sweeps_json(const ComparisonData& data) {
  Json sweeps = Json::array();
  for (const Sweep& sweep : sweeps_of(data)) {
    Json points = Json::array();
    for (const Sweep::Point& point : sweep.points) {
      points.push_back({{"candidate", point.candidate}, {"text", point.text}, {"x", point.x}});
    }
    Json bends = Json::array();
    for (std::size_t m = 0; m < data.measures.size(); ++m) {
      const std::optional<Bend> bend = bend_of(data, sweep, m);
      bends.push_back({{"words", bend_words(data, sweep, m)},
                       {"knee", bend && bend->is_knee() ? Json(bend->point) : Json()}});
    }
    sweeps.push_back({{"path", sweep.path},
                      {"unit", to_text(sweep.unit)},
                      {"policy", sweep.policy},
                      {"points", points},
                      {"bends", bends}});
  }
  clean(sweeps);
  return sweeps;
}

}  // namespace

Json comparison_page(const ComparisonData& data, const std::string& path) {
  const std::vector<Column> columns = columns_of(data.bins.size(), page_bins_max);
  Json page = {{"kind", "comparison"},
               {"summary", comparison_sentences(data)},
               {"tables", tables_json(data)},
               {"bins", bins_json(data.bins, columns)},
               {"estimates", estimates_json(data.estimates)},
               {"differences", estimates_json(data.differences)},
               {"curves", curves_json(data, columns)},
               {"sweeps", sweeps_json(data)},
               {"facts", facts_json(data.scenario_yaml)},
               {"not_modelled", not_modelled()},
               {"reproduce", reproduce_commands(data, path)}};
  if (!data.is_ensemble()) return page;
  page["spread"] = spread_json(data);
  if (!data.curves.empty()) page["bands"] = bands_json(data, columns);
  return page;
}

}  // namespace zonefall::report
