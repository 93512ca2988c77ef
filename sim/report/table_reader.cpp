#include "report/table_reader.h"

#include <fmt/format.h>

#include "zonefall/core/fixed.h"
#include "zonefall/outcome/store.h"

namespace zonefall::report {

using outcome::ColumnType;
using outcome::Database;
using outcome::Statement;

namespace {

constexpr double fixed_point_one = 1 << FixedCount::fraction_bits;

}  // namespace

double count_at(const Statement& row, int column) {
  return static_cast<double>(row.integer(column)) / fixed_point_one;
}
std::string text_at(const Statement& row, int column) {
  return std::string(row.text(column));
}
SimTime time_at(const Statement& row, int column) {
  return SimTime::from_nanoseconds(row.integer(column));
}
std::optional<SimTime> maybe_time_at(const Statement& row, int column) {
  if (row.type(column) == ColumnType::null) return {};
  return time_at(row, column);
}

Status TableReader::status() const {
  if (error_) return *error_;
  return Done{};
}

bool TableReader::names_one_of(std::string_view what, std::int64_t number, std::size_t size) {
  if (number >= 0 && static_cast<std::size_t>(number) < size) return true;
  fail(fmt::format("the file is damaged (there is no {} {})", what, number));
  return false;
}

Result<std::string> checked_hash(Database& database) {
  Result<Statement> statement = database.prepare("SELECT content_hash FROM seal");
  if (!statement) return statement.error();
  const Result<bool> row = statement.value().step();
  if (!row) return row.error();
  const std::string sealed = row.value() ? text_at(statement.value(), 0) : "";
  const Result<std::uint64_t> actual = outcome::content_hash_of(database);
  if (!actual) return actual.error();
  if (fmt::format("{:016x}", actual.value()) != sealed) {
    return Error{
        "its content does not match its hash, so it was damaged or changed after the run: "
        "run the scenario again"};
  }
  return sealed;
}

}  // namespace zonefall::report
