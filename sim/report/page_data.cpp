#include "report/page_data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "report/page_parts.h"
#include "report/prose.h"
#include "report/sentences.h"
#include "report/text.h"

namespace zonefall::report {
namespace {

// Series over bins have a shorter form here, and the page draws no list of versions.
constexpr std::array<std::string_view, 3> tables_left_out = {"series", "load", "publications"};
constexpr std::size_t samples_max = 20;

/// A thousandth of a lookup is past what any picture shows.
double rounded(double value) {
  return std::round(value * 1000) / 1000;
}

/// Sums over groups of bins, of series that are made only where something is counted.
class Series {
 public:
  Series(const RunData& run, const std::vector<Column>& columns)
      : columns_(columns), column_of_bin_(run.bins.size()) {
    for (std::size_t column = 0; column < columns.size(); ++column) {
      for (std::size_t i = 0; i < columns[column].bins; ++i) {
        column_of_bin_[columns[column].first_bin + i] = column;
      }
    }
  }

  /// Named by two numbers: of the first kind there are `first`, of the second `second`.
  struct Shape {
    std::size_t first = 0;
    std::size_t second = 0;
  };
  struct Count {
    std::size_t first = 0;
    std::size_t second = 0;
    std::size_t bin = 0;
    double count = 0;
  };
  /// [first][second] -> null or an array over columns.
  [[nodiscard]] Json sum(const Shape& shape, const std::vector<Count>& counts) const {
    std::vector<std::vector<double>> sums(shape.first * shape.second);
    for (const Count& n : counts) {
      std::vector<double>& series = sums[n.first * shape.second + n.second];
      series.resize(columns_.size());
      series[column_of_bin_[n.bin]] += n.count;
    }
    Json all = Json::array();
    for (std::size_t first = 0; first < shape.first; ++first) {
      Json row = Json::array();
      for (std::size_t second = 0; second < shape.second; ++second) {
        row.push_back(numbers(sums[first * shape.second + second]));
      }
      all.push_back(std::move(row));
    }
    return all;
  }

 private:
  static Json numbers(const std::vector<double>& values) {
    if (values.empty()) return nullptr;
    Json array = Json::array();
    for (const double value : values) array.push_back(rounded(value));
    return array;
  }

  const std::vector<Column>& columns_;
  std::vector<std::size_t> column_of_bin_;
};

Json counts_json(const RunData& run, const Series& series) {
  const Series::Shape shape{run.cohorts.size(), run.outcomes.size()};
  const auto of = [&](const std::vector<OutcomeCount>& rows) {
    std::vector<Series::Count> counts;
    counts.reserve(rows.size());
    for (const OutcomeCount& n : rows) counts.push_back({n.cohort, n.outcome, n.bin, n.count});
    return series.sum(shape, counts);
  };
  return {{"lookups", of(run.lookups_by_outcome)}, {"queries", of(run.queries_by_outcome)}};
}

/// Lookups of names of each class, and the failed ones among them, by [class][cohort].
Json classes_json(const RunData& run, const Series& series) {
  const Series::Shape shape{run.classes.size(), run.cohorts.size()};
  const auto of = [&](double Counts::*which) {
    std::vector<Series::Count> counts;
    for (std::size_t i = 0; i < run.classes.size(); ++i) {
      for (std::size_t cohort = 0; cohort < run.cohorts.size(); ++cohort) {
        for (std::size_t bin = 0; bin < run.bins.size(); ++bin) {
          const double n = run.classes[i].counts[cohort][bin].*which;
          if (n > 0) counts.push_back({i, cohort, bin, n});
        }
      }
    }
    return series.sum(shape, counts);
  };
  return {{"lookups", of(&Counts::lookups)}, {"failed", of(&Counts::failed)}};
}

Json outcomes_json(const RunData& run) {
  Json outcomes = Json::array();
  for (const OutcomeName& outcome : run.outcomes) {
    outcomes.push_back({{"name", clean_line(outcome.name)},
                        {"meaning", clean_line(outcome.meaning)},
                        {"is_failure", outcome.is_failure}});
  }
  return outcomes;
}

Json ede_json(const RunData& run, const Series& series) {
  std::vector<std::int64_t> codes;
  for (const EdeCount& n : run.ede) codes.push_back(n.code);
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  std::vector<Series::Count> counts;
  for (const EdeCount& n : run.ede) {
    const auto place = std::lower_bound(codes.begin(), codes.end(), n.code) - codes.begin();
    counts.push_back({n.cohort, static_cast<std::size_t>(place), n.bin, n.replies});
  }
  Json names = Json::array();
  for (const std::int64_t code : codes) {
    const auto name = run.ede_names.find(code);
    names.push_back(
        {{"code", code}, {"name", name == run.ede_names.end() ? "" : clean_line(name->second)}});
  }
  return {{"codes", names}, {"replies", series.sum({run.cohorts.size(), codes.size()}, counts)}};
}

Json sites_json(const RunData& run, const Series& series) {
  std::vector<Series::Count> counts;
  for (std::size_t site = 0; site < run.sites.size(); ++site) {
    for (std::size_t bin = 0; bin < run.bins.size(); ++bin) {
      const double queries = run.site_loads[site][bin].queries;
      if (queries > 0) counts.push_back({site, 0, bin, queries});
    }
  }
  const Json queries = series.sum({run.sites.size(), 1}, counts);
  Json sites = Json::array();
  for (std::size_t site = 0; site < run.sites.size(); ++site) {
    const Server& server = run.servers[run.sites[site].server];
    sites.push_back({{"server", clean_line(server.name)},
                     {"site", clean_line(run.sites[site].name)},
                     {"zone", clean_line(server.zone)},
                     {"queries", queries[site][0]}});
  }
  return sites;
}

/// When the resolvers of each cohort that were hurt recovered, in order of time.
Json recovery_json(const RunData& run, const Analysis& analysis) {
  std::vector<std::vector<double>> recovered(run.cohorts.size());
  for (const ResolverStory& story : run.resolvers) {
    if (story.first_failure && story.recovered) {
      recovered[story.cohort].push_back(milliseconds(*story.recovered));
    }
  }
  Json cohorts = Json::array();
  for (std::size_t cohort = 0; cohort < run.cohorts.size(); ++cohort) {
    std::sort(recovered[cohort].begin(), recovered[cohort].end());
    const Hurt& hurt = analysis.cohorts[cohort];
    Json first_failure;
    if (hurt.first_failure) first_failure = milliseconds(*hurt.first_failure);
    cohorts.push_back({{"hurt", hurt.resolvers_hurt},
                       {"first_failure", first_failure},
                       {"recovered", recovered[cohort]}});
  }
  return cohorts;
}

/// Those that failed come first: they are what a reader wants explained.
Json samples_json(const RunData& run) {
  std::vector<const Sample*> chosen;
  for (const bool is_failure : {true, false}) {
    for (const Sample& sample : run.samples) {
      const bool is_wanted = run.outcomes[sample.outcome].is_failure == is_failure;
      if (is_wanted && chosen.size() < samples_max) chosen.push_back(&sample);
    }
  }
  Json samples = Json::array();
  for (const Sample* sample : chosen) {
    samples.push_back({{"at", milliseconds(sample->at)},
                       {"cohort", sample->cohort},
                       {"question", clean_line(sample->question)},
                       {"outcome", sample->outcome},
                       {"explanation", sample->explanation}});
  }
  return samples;
}

}  // namespace

Json page_data(const RunData& run, const Analysis& analysis, const std::string& path) {
  const std::vector<Column> columns = columns_of(run, page_bins_max);
  const Series series(run, columns);
  Json tables = Json::object();
  for (const DataTable& table : data_tables(run, analysis)) {
    const bool is_left_out = std::find(tables_left_out.begin(), tables_left_out.end(),
                                       table.name) != tables_left_out.end();
    if (!is_left_out) tables[std::string(table.name)] = to_json(table);
  }
  clean(tables);
  return {{"kind", "run"},
          {"summary", plain_summary(run, analysis)},
          {"tables", std::move(tables)},
          {"bins", bins_json(run.bins, columns)},
          {"outcomes", outcomes_json(run)},
          {"counts", counts_json(run, series)},
          {"classes", classes_json(run, series)},
          {"ede", ede_json(run, series)},
          {"sites", sites_json(run, series)},
          {"recovery", recovery_json(run, analysis)},
          {"samples", samples_json(run)},
          {"facts", facts_json(run.scenario_yaml)},
          {"not_modelled", not_modelled()},
          {"reproduce", reproduce_commands(path)}};
}

}  // namespace zonefall::report
