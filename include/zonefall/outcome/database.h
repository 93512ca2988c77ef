// SQLite databases and statements as values that clean up after themselves.
//
// Thin on purpose: SQL is the interface. Errors carry SQLite's own words. A Database must outlive
// its Statements; neither is for use by two threads at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "zonefall/core/fixed.h"
#include "zonefall/core/result.h"
#include "zonefall/core/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace zonefall::outcome {

enum class ColumnType : std::uint8_t { integer, real, text, blob, null };

/// One prepared SQL statement.
class Statement {
 public:
  /// Binds the parameters ?1, ?2, ... in this order and forgets the row before. Never-instants
  /// (SimTime::max(), SimTime::min()) and empty optionals become NULL; unsigned values must fit 63
  /// bits.
  template <typename... Values>
  void bind(const Values&... values) {
    reset();
    int index = 0;
    (bind_one(++index, values), ...);
  }
  /// True: a row is there to be read. False: done.
  Result<bool> step();

  [[nodiscard]] int columns() const;
  [[nodiscard]] std::string_view name(int column) const;
  [[nodiscard]] ColumnType type(int column) const;
  /// Converted as SQLite does where the type is another one (NULL: 0 or ""). A text is valid until
  /// the next step().
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string_view text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  void reset();
  void bind_one(int index, std::int64_t value);
  void bind_one(int index, std::uint64_t value);
  void bind_one(int index, std::uint32_t value) { bind_one(index, std::int64_t{value}); }
  void bind_one(int index, std::uint16_t value) { bind_one(index, std::int64_t{value}); }
  void bind_one(int index, bool value) { bind_one(index, std::int64_t{value}); }
  void bind_one(int index, FixedCount value) { bind_one(index, value.raw()); }
  void bind_one(int index, std::optional<FixedCount> value);
  void bind_one(int index, SimTime value);
  void bind_one(int index, std::string_view value);
  void bind_one(int index, const std::string& value) { bind_one(index, std::string_view(value)); }
  void bind_null(int index);
  void bind_one(int index, const char* value) { bind_one(index, std::string_view(value)); }

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bind_status_ = 0;  // the first failure to bind, reported by step()
};

enum class Access : std::uint8_t { read, write };

class Database {
 public:
  /// Opens a file that exists (for write it may be empty).
  static Result<Database> open(const std::string& path, Access access);
  /// Runs one or several statements; rows they return are dropped.
  Status run(const std::string& sql);
  Result<Statement> prepare(std::string_view sql);
  /// The integer in the first column of the first row. Error also where there is no row.
  Result<std::int64_t> integer(std::string_view sql);

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace zonefall::outcome
