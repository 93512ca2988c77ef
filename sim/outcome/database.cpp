#include "zonefall/outcome/database.h"

#include <cerrno>
#include <limits>
#include <sqlite3.h>
#include <system_error>

#include <fmt/format.h>

namespace zonefall::outcome {
namespace {

/// errno was 0 before the call that failed.
Error last_error(sqlite3* handle) {
  const int system_errno = errno;
  const int status = sqlite3_extended_errcode(handle) & 0xff;
  if (status == SQLITE_FULL) return Error{"the disk is full"};
  if (status == SQLITE_CORRUPT || status == SQLITE_NOTADB) {
    return Error{fmt::format("the file is damaged ({})", sqlite3_errmsg(handle))};
  }
  // SQLite keeps errno, but not where a COMMIT fails.
  const int kept_errno = sqlite3_system_errno(handle);
  const int reason = kept_errno != 0 ? kept_errno : system_errno;
  const bool is_system_error = status == SQLITE_IOERR || status == SQLITE_CANTOPEN;
  if (!is_system_error || reason == 0) return Error{sqlite3_errmsg(handle)};
  return Error{
      fmt::format("{} ({})", sqlite3_errmsg(handle), std::generic_category().message(reason))};
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  bind_status_ = SQLITE_OK;
}

void Statement::bind_one(int index, std::int64_t value) {
  const int status = sqlite3_bind_int64(statement_.get(), index, value);
  if (bind_status_ == SQLITE_OK) bind_status_ = status;
}

void Statement::bind_one(int index, std::uint64_t value) {
  ZF_ASSERT(value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()});
  bind_one(index, static_cast<std::int64_t>(value));
}

void Statement::bind_one(int index, SimTime value) {
  if (value != SimTime::max() && value != SimTime::min()) {
    bind_one(index, value.to_nanoseconds());
    return;
  }
  bind_null(index);
}

void Statement::bind_one(int index, std::optional<FixedCount> value) {
  if (value) {
    bind_one(index, *value);
  } else {
    bind_null(index);
  }
}

void Statement::bind_null(int index) {
  const int status = sqlite3_bind_null(statement_.get(), index);
  if (bind_status_ == SQLITE_OK) bind_status_ = status;
}

void Statement::bind_one(int index, std::string_view value) {
  // SQLite binds NULL for a null pointer, which an empty view may hold.
  const char* data = value.empty() ? "" : value.data();
  const int status = sqlite3_bind_text64(statement_.get(), index, data, value.size(),
                                         SQLITE_TRANSIENT, SQLITE_UTF8);
  if (bind_status_ == SQLITE_OK) bind_status_ = status;
}

Result<bool> Statement::step() {
  if (bind_status_ != SQLITE_OK) return Error{sqlite3_errstr(bind_status_)};
  errno = 0;
  const int status = sqlite3_step(statement_.get());
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  return last_error(sqlite3_db_handle(statement_.get()));
}

int Statement::columns() const {
  return sqlite3_column_count(statement_.get());
}

std::string_view Statement::name(int column) const {
  const char* name = sqlite3_column_name(statement_.get(), column);
  return name != nullptr ? name : "";
}

ColumnType Statement::type(int column) const {
  switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_INTEGER: return ColumnType::integer;
    case SQLITE_FLOAT: return ColumnType::real;
    case SQLITE_TEXT: return ColumnType::text;
    case SQLITE_BLOB: return ColumnType::blob;
    default: return ColumnType::null;  // SQLite has these five
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  // The pointer first: it may convert, and the size is that of what it converted to.
  const unsigned char* data = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr) return "";
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
}

void Database::Close::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

Result<Database> Database::open(const std::string& path, Access access) {
  // A relative path might read as a URI or as ":memory:".
  const std::string plain_path = path.starts_with('/') ? path : "./" + path;
  const int flags = access == Access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  sqlite3* handle = nullptr;
  errno = 0;
  const int status =
      sqlite3_open_v2(plain_path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(handle);
  if (handle == nullptr) return Error{"out of memory"};
  if (status != SQLITE_OK) return last_error(handle);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 2000);
  return database;
}

Status Database::run(const std::string& sql) {
  errno = 0;
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return last_error(handle_.get());
  }
  return Done{};
}

Result<Statement> Database::prepare(std::string_view sql) {
  ZF_ASSERT(sql.size() <= std::size_t{std::numeric_limits<int>::max()});
  sqlite3_stmt* statement = nullptr;
  errno = 0;
  const int status = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        &statement, nullptr);
  if (status != SQLITE_OK) return last_error(handle_.get());
  ZF_ASSERT(statement != nullptr);  // not a comment alone
  return Statement(statement);
}

Result<std::int64_t> Database::integer(std::string_view sql) {
  Result<Statement> statement = prepare(sql);
  if (!statement) return statement.error();
  const Result<bool> row = statement.value().step();
  if (!row) return row.error();
  if (!row.value()) return Error{fmt::format("no row for {}", sql)};
  return statement.value().integer(0);
}

}  // namespace zonefall::outcome
