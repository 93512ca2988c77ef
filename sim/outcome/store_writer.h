// Writing rows into a result file, of whichever schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "zonefall/outcome/store.h"

namespace zonefall::outcome {

inline constexpr std::uint64_t rows_between_stops = 1024;

/// What is written into, and the first thing that went wrong; after that nothing is written.
class Session {
 public:
  Session(Database& database, const StopCallback& stop) : database_(database), stop_(stop) {}

  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] const Error& error() const { return *error_; }
  void fail(const Error& error) {
    if (!error_) error_ = error;
  }
  void run(const std::string& sql) {
    if (failed()) return;
    if (const Status done = database_.run(sql); !done) fail(done.error());
  }
  void check_stop() {
    if (!failed() && stop_ && stop_()) fail(Error{"interrupted"});
  }
  void count_row() {
    rows_ += 1;
    if (rows_ % rows_between_stops == 0) check_stop();
  }
  [[nodiscard]] Database& database() { return database_; }

 private:
  Database& database_;
  const StopCallback& stop_;
  std::optional<Error> error_;
  std::uint64_t rows_ = 0;
};

/// Adds rows to one table.
class Table {
 public:
  struct Form {
    std::string_view name;
    int columns;
  };
  Table(Session& session, const Form& form) : session_(session), name_(form.name) {
    session.check_stop();
    if (session.failed()) return;
    std::string marks = "?";
    for (int i = 1; i < form.columns; ++i) marks += ", ?";
    Result<Statement> insert =
        session.database().prepare(fmt::format("INSERT INTO {} VALUES ({})", name_, marks));
    if (insert) {
      insert_ = std::move(insert).value();
    } else {
      session.fail(insert.error());
    }
  }

  template <typename... Values>
  void add(const Values&... values) {
    if (session_.failed()) return;
    insert_->bind(values...);
    const Result<bool> done = insert_->step();
    if (!done) {
      session_.fail(Error{fmt::format("table {}: {}", name_, done.error().message)});
      return;
    }
    session_.count_row();
  }

 private:
  Session& session_;
  std::string_view name_;
  std::optional<Statement> insert_;
};

/// What a file says about itself.
struct FileKind {
  std::int32_t application_id;
  int schema_version;
  std::string_view schema_sql;
};
/// Makes the tables, before there are rows, so that what a killed run leaves shows whose it is. No
/// journal and no syncing: until the file has its name, what goes wrong costs the whole file.
void begin(Session& session, const FileKind& kind);

/// A table of keys and values.
void write_texts(Session& session, std::string_view table,
                 const std::vector<std::pair<std::string, std::string>>& texts);

/// The time axis.
void write_bins(Session& session, const Bins& bins);

/// The closed list of what a client can end with.
void write_outcome_names(Session& session);

/// Hashes the content and writes the row that says that all is there.
StoreReport seal_and_commit(Session& session);

/// Gives a file its name if writing it went well.
Result<StoreReport> publish_written(PartialFile file, Result<StoreReport> written);

/// Opens a complete file of one kind for reading. Errors as open_store().
Result<Database> open_file(const std::string& path, const FileKind& kind);

}  // namespace zonefall::outcome
