// Reads the tables of a result file, and finds what a damaged one could hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/outcome/database.h"

namespace zonefall::report {

/// A count or value of a column *_fp.
double count_at(const outcome::Statement& row, int column);
std::string text_at(const outcome::Statement& row, int column);
SimTime time_at(const outcome::Statement& row, int column);
std::optional<SimTime> maybe_time_at(const outcome::Statement& row, int column);

/// Reads table after table; after the first thing that is wrong it reads no more.
class TableReader {
 public:
  explicit TableReader(outcome::Database& database) : database_(database) {}

  template <typename OnRow>
  void each(std::string_view sql, OnRow on_row) {
    if (error_) return;
    Result<outcome::Statement> statement = database_.prepare(sql);
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
  [[nodiscard]] bool has_failed() const { return error_.has_value(); }
  [[nodiscard]] Status status() const;

  /// Whether a number of a row names one of `size` things, which are numbered from 0.
  bool names_one_of(std::string_view what, std::int64_t number, std::size_t size);
  /// Whether a row of a table that is numbered from 0 comes at its place.
  bool is_next(std::string_view what, std::int64_t number, std::size_t size) {
    return names_one_of(what, number, size + 1);
  }

 private:
  outcome::Database& database_;
  std::optional<Error> error_;
};

/// The hash that seals the file, if the content still has it.
Result<std::string> checked_hash(outcome::Database& database);

}  // namespace zonefall::report
