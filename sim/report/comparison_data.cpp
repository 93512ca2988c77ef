#include "report/comparison_data.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/table_reader.h"
#include "zonefall/outcome/comparison_store.h"

namespace zonefall::report {
namespace {

using outcome::ColumnType;
using outcome::Statement;

std::size_t index_at(const Statement& row, int column) {
  return static_cast<std::size_t>(row.integer(column));
}

class Reader : private TableReader {
 public:
  Reader(outcome::Database& database, ComparisonData& data) : TableReader(database), data_(data) {}

  Status read() {
    read_what_was_run();
    read_names();
    read_left_out();
    if (data_.candidates.empty() || data_.cohorts.empty() || data_.measures.empty()) {
      fail("the file is damaged (it compares nothing)");
    }
    if (has_failed()) return status();
    read_values();
    read_lookups();
    read_bands();
    if (data_.is_ensemble()) read_spreads();
    read_pairs();
    read_single_values();
    return status();
  }

 private:
  void read_what_was_run() {
    each("SELECT key, value FROM meta",
         [&](const Statement& row) { data_.meta[text_at(row, 0)] = text_at(row, 1); });
    each("SELECT key, value FROM provenance",
         [&](const Statement& row) { data_.provenance[text_at(row, 0)] = text_at(row, 1); });
    each("SELECT yaml FROM scenario",
         [&](const Statement& row) { data_.scenario_yaml = text_at(row, 0); });
    each("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'from_ns'",
         [&](const Statement& row) { data_.from = time_at(row, 0); });
    each("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'until_ns'",
         [&](const Statement& row) { data_.until = time_at(row, 0); });
    each("SELECT bin, from_ns, until_ns FROM bins ORDER BY bin", [&](const Statement& row) {
      if (!is_next("bin", row.integer(0), data_.bins.size())) return;
      data_.bins.push_back({time_at(row, 1), time_at(row, 2)});
    });
  }

  void read_names() {
    each("SELECT candidate, name, title FROM candidates ORDER BY candidate",
         [&](const Statement& row) {
           if (!is_next("candidate", row.integer(0), data_.candidates.size())) return;
           data_.candidates.push_back({text_at(row, 1), text_at(row, 2), {}});
         });
    each("SELECT candidate, change FROM changes ORDER BY candidate, position",
         [&](const Statement& row) {
           if (!names_one_of("candidate", row.integer(0), data_.candidates.size())) return;
           data_.candidates[index_at(row, 0)].changes.push_back(text_at(row, 1));
         });
    each("SELECT member, seed, is_drawn FROM members ORDER BY member", [&](const Statement& row) {
      if (!is_next("member", row.integer(0), data_.members.size())) return;
      data_.members.push_back({text_at(row, 1), row.integer(2) != 0, {}});
      if (data_.members.back().is_drawn) {
        data_.members_drawn += 1;
      } else {
        data_.seeds.push_back(data_.members.back().seed);
      }
    });
    each("SELECT curve, name, title FROM curves ORDER BY curve", [&](const Statement& row) {
      if (!is_next("curve", row.integer(0), data_.curves.size())) return;
      data_.curves.push_back({text_at(row, 1), text_at(row, 2)});
    });
    each("SELECT cohort, name, resolvers, simulated FROM cohorts ORDER BY cohort",
         [&](const Statement& row) {
           if (!is_next("cohort", row.integer(0), data_.cohorts.size())) return;
           data_.cohorts.push_back({text_at(row, 1), static_cast<double>(row.integer(2)),
                                    static_cast<double>(row.integer(3))});
         });
    each(
        "SELECT measure, name, title, unit, meaning, more_is_better, names FROM measures "
        "ORDER BY measure",
        [&](const Statement& row) {
          if (!is_next("measure", row.integer(0), data_.measures.size())) return;
          data_.measures.push_back({text_at(row, 1), text_at(row, 2), text_at(row, 3),
                                    text_at(row, 4), row.integer(5) != 0, text_at(row, 6)});
        });
  }

  void read_left_out() {
    each("SELECT name, title, why FROM measures_left_out ORDER BY name", [&](const Statement& row) {
      data_.left_out.push_back({text_at(row, 0), text_at(row, 1), text_at(row, 2)});
    });
  }

  bool is_known_cell(const Statement& row) {
    return names_one_of("candidate", row.integer(0), data_.candidates.size()) &&
           names_one_of("measure", row.integer(1), data_.measures.size()) &&
           names_one_of("cohort", row.integer(2), data_.cohorts.size());
  }

  void read_values() {
    const std::vector<std::vector<Estimate>> of_one(data_.measures.size(),
                                                    std::vector<Estimate>(data_.cohorts.size()));
    data_.estimates.assign(data_.candidates.size(), of_one);
    data_.differences = data_.estimates;
    const auto read = [&](std::string_view sql, auto& values) {
      each(sql, [&](const Statement& row) {
        if (!is_known_cell(row)) return;
        Estimate& value = values[index_at(row, 0)][index_at(row, 1)][index_at(row, 2)];
        value.mean = count_at(row, 3);
        if (row.type(4) != ColumnType::null) value.half_width = count_at(row, 4);
      });
    };
    read("SELECT candidate, measure, cohort, mean_fp, half_width_fp FROM estimates",
         data_.estimates);
    read(
        "SELECT candidate, measure, cohort, mean_fp, half_width_fp FROM differences "
        "WHERE against = 0",
        data_.differences);
  }

  void read_lookups() {
    const std::vector<std::vector<Counts>> of_one(data_.cohorts.size(),
                                                  std::vector<Counts>(data_.bins.size()));
    data_.counts.assign(data_.candidates.size(), of_one);
    each(
        "SELECT candidate, cohort, bin, count_fp, is_failure FROM lookups "
        "JOIN outcomes USING (outcome) ORDER BY candidate, cohort, bin, outcome",
        [&](const Statement& row) {
          if (!names_one_of("candidate", row.integer(0), data_.candidates.size()) ||
              !names_one_of("cohort", row.integer(1), data_.all_cohorts()) ||
              !names_one_of("bin", row.integer(2), data_.bins.size())) {
            return;
          }
          const ComparedCohort& cohort = data_.cohorts[index_at(row, 1)];
          auto& of_candidate = data_.counts[index_at(row, 0)];
          add(row, 1, of_candidate[index_at(row, 1)][index_at(row, 2)]);
          // All together count as the cohorts' true sizes do.
          const double weight = cohort.simulated > 0 ? cohort.resolvers / cohort.simulated : 0;
          add(row, weight, of_candidate[data_.all_cohorts()][index_at(row, 2)]);
        });
  }

  void read_bands() {
    const std::vector<std::vector<Band>> of_one(data_.curves.size(),
                                                std::vector<Band>(data_.bins.size()));
    data_.bands.assign(data_.candidates.size(), of_one);
    each("SELECT candidate, curve, bin, permille, share_fp FROM bands", [&](const Statement& row) {
      if (!names_one_of("candidate", row.integer(0), data_.candidates.size()) ||
          !names_one_of("curve", row.integer(1), data_.curves.size()) ||
          !names_one_of("bin", row.integer(2), data_.bins.size())) {
        return;
      }
      Band& band = data_.bands[index_at(row, 0)][index_at(row, 1)][index_at(row, 2)];
      band[row.integer(3)] = count_at(row, 4);
    });
  }

  /// Of a row with candidate, measure, cohort: whether it is of all cohorts together.
  bool is_of_all(const Statement& row) {
    return is_known_cell(row) && index_at(row, 2) == data_.all_cohorts();
  }

  void read_spreads() {
    each("SELECT uncertainty, path, why FROM uncertainties ORDER BY uncertainty",
         [&](const Statement& row) {
           if (!is_next("uncertainty", row.integer(0), data_.uncertainties.size())) return;
           data_.uncertainties.push_back({text_at(row, 1), text_at(row, 2), {}});
         });
    each("SELECT uncertainty, text FROM uncertain_values ORDER BY uncertainty, value",
         [&](const Statement& row) {
           if (!names_one_of("uncertainty", row.integer(0), data_.uncertainties.size())) return;
           data_.uncertainties[index_at(row, 0)].values.push_back(text_at(row, 1));
         });
    data_.spreads.assign(data_.candidates.size(), std::vector<Spread>(data_.measures.size()));
    each("SELECT candidate, measure, cohort, permille, value_fp FROM quantiles",
         [&](const Statement& row) {
           if (!is_of_all(row)) return;
           Spread& spread = data_.spreads[index_at(row, 0)][index_at(row, 1)];
           spread.quantiles[row.integer(3)] = count_at(row, 4);
         });
    each(
        "SELECT candidate, measure, 0, uncertainty, value, members, mean_fp FROM sensitivities "
        "ORDER BY candidate, measure, uncertainty, value",
        [&](const Statement& row) {
          if (!is_known_cell(row) ||
              !names_one_of("uncertainty", row.integer(3), data_.uncertainties.size())) {
            return;
          }
          data_.sensitivities.push_back({index_at(row, 0), index_at(row, 1), index_at(row, 3),
                                         row.integer(4), row.integer(5), count_at(row, 6)});
        });
    each("SELECT member, uncertainty, value FROM draws ORDER BY member, uncertainty",
         [&](const Statement& row) {
           if (!names_one_of("member", row.integer(0), data_.members.size()) ||
               !names_one_of("uncertainty", row.integer(1), data_.uncertainties.size()) ||
               !names_one_of("value", row.integer(2),
                             data_.uncertainties[index_at(row, 1)].values.size())) {
             return;
           }
           data_.members[index_at(row, 0)].drawn.push_back(index_at(row, 2));
         });
  }

  void read_pairs() {
    each(
        "SELECT d.candidate, d.measure, d.cohort, d.against, d.mean_fp, d.half_width_fp, "
        "d.unpaired_half_width_fp, r.members_less, r.members_equal, r.members_more "
        "FROM differences d LEFT JOIN rankings r USING (candidate, against, measure, cohort) "
        "WHERE d.cohort = (SELECT max(cohort) FROM cohorts) "
        "ORDER BY d.measure, d.candidate, d.against",
        [&](const Statement& row) {
          if (!is_of_all(row) ||
              !names_one_of("candidate", row.integer(3), data_.candidates.size())) {
            return;
          }
          Pair pair{
              index_at(row, 0), index_at(row, 3), index_at(row, 1), {count_at(row, 4), {}}, {}, {}};
          if (row.type(5) != ColumnType::null) pair.difference.half_width = count_at(row, 5);
          if (row.type(6) != ColumnType::null) pair.unpaired_half_width = count_at(row, 6);
          if (row.type(7) != ColumnType::null) {
            pair.ranking = Ranking{row.integer(7), row.integer(8), row.integer(9)};
            if (pair.against == 0 && data_.is_ensemble()) {
              data_.spreads[pair.candidate][pair.measure].ranking = *pair.ranking;
            }
          }
          data_.pairs.push_back(std::move(pair));
        });
  }

  void read_single_values() {
    data_.values.assign(data_.candidates.size(),
                        std::vector<std::vector<double>>(data_.measures.size()));
    each(
        "SELECT candidate, measure, cohort, value_fp FROM measurements JOIN members USING (member) "
        "WHERE is_drawn = 0 AND cohort = (SELECT max(cohort) FROM cohorts) ORDER BY member",
        [&](const Statement& row) {
          if (!is_of_all(row)) return;
          data_.values[index_at(row, 0)][index_at(row, 1)].push_back(count_at(row, 3));
        });
  }

  static void add(const Statement& row, double weight, Counts& counts) {
    counts.lookups += count_at(row, 3) * weight;
    if (row.integer(4) != 0) counts.failed += count_at(row, 3) * weight;
  }

  ComparisonData& data_;
};

}  // namespace

bool Estimate::is_clear() const {
  return half_width && std::abs(mean) > *half_width;
}

std::string ComparisonData::about(const std::string& key) const {
  if (const auto found = meta.find(key); found != meta.end()) return found->second;
  if (const auto found = provenance.find(key); found != provenance.end()) return found->second;
  return "";
}

Result<ComparisonData> read_comparison(const std::string& path) {
  Result<outcome::Database> database = outcome::open_comparison(path);
  if (!database) return database.error();
  const Result<std::string> hash = checked_hash(database.value());
  if (!hash) return Error{fmt::format("{}: {}", path, hash.error().message)};
  ComparisonData data;
  data.content_hash = hash.value();
  if (Status done = Reader(database.value(), data).read(); !done) {
    return Error{fmt::format("{}: {}", path, done.error().message)};
  }
  return data;
}

}  // namespace zonefall::report
