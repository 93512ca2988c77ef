#include "outcome/content_hash.h"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "zonefall/core/hash.h"

namespace zonefall::outcome {
namespace {

// The tables are asked for, not listed here, so that none can be forgotten.
constexpr std::string_view hashed_tables =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
    " AND name NOT IN ('provenance', 'seal') ORDER BY name";
constexpr std::string_view key_columns =
    "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk";

std::string identifier(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

Result<std::vector<std::string>> first_column(Statement& statement) {
  std::vector<std::string> texts;
  for (;;) {
    const Result<bool> row = statement.step();
    if (!row) return row.error();
    if (!row.value()) return texts;
    texts.emplace_back(statement.text(0));
  }
}

// Every value goes in with its type, so that 1, '1' and NULL differ.
Status mix_value(Fingerprint& hash, const Statement& row, int column) {
  const ColumnType type = row.type(column);
  hash.mix(static_cast<std::uint64_t>(type));
  switch (type) {
    case ColumnType::integer:
      hash.mix(static_cast<std::uint64_t>(row.integer(column)));
      return Done{};
    case ColumnType::text: hash.mix(row.text(column)); return Done{};
    case ColumnType::null: return Done{};
    case ColumnType::real:
    case ColumnType::blob: break;
  }
  return Error{
      fmt::format("column {} holds a value that is neither integer nor text", row.name(column))};
}

Status mix_table(Database& database, const std::string& table, Fingerprint& hash,
                 std::uint64_t& rows_hashed) {
  Result<Statement> keys = database.prepare(key_columns);
  if (!keys) return keys.error();
  keys.value().bind(table);
  const Result<std::vector<std::string>> key = first_column(keys.value());
  if (!key) return key.error();
  if (key.value().empty()) return Error{fmt::format("table {} has no primary key", table)};
  std::string order;
  for (const std::string& column : key.value()) {
    order += (order.empty() ? "" : ", ") + identifier(column);
  }
  Result<Statement> rows =
      database.prepare(fmt::format("SELECT * FROM {} ORDER BY {}", identifier(table), order));
  if (!rows) return rows.error();

  Statement& row = rows.value();
  hash.mix(table);
  for (int column = 0; column < row.columns(); ++column) hash.mix(row.name(column));
  std::uint64_t rows_of_table = 0;
  for (;;) {
    const Result<bool> is_row = row.step();
    if (!is_row) return is_row.error();
    if (!is_row.value()) break;
    for (int column = 0; column < row.columns(); ++column) {
      if (Status mixed = mix_value(hash, row, column); !mixed) return mixed;
    }
    rows_of_table += 1;
  }
  hash.mix(rows_of_table);  // no row can move from one table to the next unnoticed
  rows_hashed += rows_of_table;
  return Done{};
}

}  // namespace

Result<StoreReport> hash_content(Database& database) {
  Result<Statement> statement = database.prepare(hashed_tables);
  if (!statement) return statement.error();
  const Result<std::vector<std::string>> tables = first_column(statement.value());
  if (!tables) return tables.error();
  Fingerprint hash;
  StoreReport report;
  for (const std::string& table : tables.value()) {
    if (Status mixed = mix_table(database, table, hash, report.rows); !mixed) return mixed.error();
  }
  report.content_hash = hash.value();
  return report;
}

}  // namespace zonefall::outcome
