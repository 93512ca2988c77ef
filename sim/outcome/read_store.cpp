#include <cerrno>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <system_error>

#include <fmt/format.h>

#include "outcome/content_hash.h"
#include "outcome/sqlite_head.h"
#include "outcome/store_writer.h"
#include "zonefall/outcome/comparison_store.h"
#include "zonefall/outcome/store.h"

namespace zonefall::outcome {
namespace {

constexpr std::string_view unfinished_hint =
    "is the rest of a run that did not end: run the scenario again";

Error about(const std::string& path, std::string_view what) {
  return Error{fmt::format("{} {}", path, what)};
}

bool exists(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0;
}

Status check_file(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) {
    if (errno == ENOENT && exists(path + ".partial")) {
      return about(path, "does not exist, only its .partial does: its run goes on, or was killed");
    }
    return about(path, fmt::format("cannot be read: {}", std::generic_category().message(errno)));
  }
  if (!S_ISREG(found.st_mode)) return about(path, "is not a regular file");
  const SqliteHead head(path);
  if (!head.is_sqlite()) {
    return about(path,
                 path.ends_with(".partial") ? unfinished_hint : "is not a result file of zonefall");
  }
  const auto octets = static_cast<std::uint64_t>(found.st_size);
  if (octets < head.octets()) {
    return about(path, fmt::format("is truncated, {} of {} octets: copy it again, or run the "
                                   "scenario again",
                                   octets, head.octets()));
  }
  return Done{};
}

/// The number that a PRAGMA or a query gives.
struct Number {
  std::string_view sql;
  std::int64_t value = 0;
};
Status read_number(const std::string& path, Database& database, Number& number) {
  const Result<std::int64_t> value = database.integer(number.sql);
  if (!value) return about(path, fmt::format("cannot be read: {}", value.error().message));
  number.value = value.value();
  return Done{};
}

std::string_view other_kind(std::int64_t id) {
  if (id == application_id) return "holds one run, not a comparison";
  if (id == comparison_id)
    return "holds a comparison, not one run: report it with -f html, or ask its views, with "
           "sqlite3";
  return "is a SQLite database, but not a result file of zonefall";
}

Status check_content(const std::string& path, Database& database, const FileKind& kind) {
  Number id{"PRAGMA application_id"};
  Number version{"PRAGMA user_version"};
  Number seals{"SELECT count(*) FROM seal"};
  if (Status read = read_number(path, database, id); !read) return read;
  if (id.value != kind.application_id) return about(path, other_kind(id.value));
  if (Status read = read_number(path, database, version); !read) return read;
  if (version.value != kind.schema_version) {
    return about(path, fmt::format("has schema version {}, this zonefall reads version {}: run the "
                                   "scenario again, or use the zonefall that made it",
                                   version.value, kind.schema_version));
  }
  if (Status read = read_number(path, database, seals); !read) return read;
  if (seals.value != 1) return about(path, unfinished_hint);
  return Done{};
}

}  // namespace

Result<Database> open_file(const std::string& path, const FileKind& kind) {
  if (Status fine = check_file(path); !fine) return fine.error();
  Result<Database> database = Database::open(path, Access::read);
  if (!database) return about(path, fmt::format("cannot be read: {}", database.error().message));
  // The file may come from anywhere: its views must not call what has side effects.
  if (Status set = database.value().run("PRAGMA trusted_schema = OFF"); !set) {
    return about(path, fmt::format("cannot be read: {}", set.error().message));
  }
  if (Status fine = check_content(path, database.value(), kind); !fine) {
    return fine.error();
  }
  return database;
}

Result<Database> open_store(const std::string& path) {
  return open_file(path, {application_id, schema_version, schema_sql()});
}

Result<std::uint64_t> content_hash_of(const std::string& path) {
  Result<Database> database = open_store(path);
  if (!database) return database.error();
  const Result<std::uint64_t> hash = content_hash_of(database.value());
  if (!hash) return about(path, fmt::format("cannot be read: {}", hash.error().message));
  return hash;
}

Result<std::uint64_t> content_hash_of(Database& database) {
  const Result<StoreReport> report = hash_content(database);
  if (!report) return report.error();
  return report.value().content_hash;
}

bool is_comparison(const std::string& path) {
  const SqliteHead head(path);
  return head.is_sqlite() && head.application_id() == static_cast<std::uint64_t>(comparison_id);
}

}  // namespace zonefall::outcome
