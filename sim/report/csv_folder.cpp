// A folder of CSV files that appears whole or not at all, as PartialFile does it for one file.
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "zonefall/outcome/partial_file.h"
#include "zonefall/report/report.h"

namespace zonefall::report {
namespace {

namespace fs = std::filesystem;

enum class Found : std::uint8_t { nothing, empty, csv_files, other };

struct Place {
  Found found = Found::nothing;
  std::string other;  // one of the entries that are no CSV files
};

Error cannot(std::string_view what, const std::string& path, const std::error_code& why) {
  return Error{fmt::format("cannot {} {}: {}", what, path, why.message())};
}
std::error_code last_failure() {
  return {errno, std::generic_category()};
}

Result<Place> look_at(const std::string& folder) {
  std::error_code failure;
  if (!fs::exists(fs::symlink_status(folder, failure))) return Place{};
  if (!fs::is_directory(folder, failure)) return Error{fmt::format("{} is not a folder", folder)};
  Place place{Found::empty, ""};
  fs::directory_iterator entry(folder, failure);
  for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
    std::error_code ignored;
    const bool is_csv =
        entry->path().extension() == ".csv" && fs::is_regular_file(entry->symlink_status(ignored));
    if (!is_csv) return Place{Found::other, entry->path().filename().string()};
    place.found = Found::csv_files;
  }
  if (failure) return cannot("read the folder", folder, failure);
  return place;
}

/// What is there and may be replaced.
Result<Found> check_place(const std::string& folder, outcome::Overwrite overwrite) {
  const Result<Place> place = look_at(folder);
  if (!place) return place.error();
  const Found found = place.value().found;
  if (found == Found::nothing || found == Found::empty) return found;
  if (overwrite == outcome::Overwrite::nothing) {
    return Error{
        fmt::format("{} is not empty: give another name, or let it be overwritten", folder)};
  }
  if (found == Found::csv_files) return found;
  return Error{
      fmt::format("{} holds {}, and only folders of nothing but CSV files are overwritten: give "
                  "another name",
                  folder, place.value().other)};
}

/// What was at the folder's name before is at the name of the new one after that.
Status exchange(const std::string& partial, const std::string& folder) {
  if (renameat2(AT_FDCWD, partial.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) == 0) {
    return Done{};
  }
  return cannot("write the folder", folder, last_failure());
}

Status sync_folder(const std::string& folder) {
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return cannot("open the folder", folder, last_failure());
  // Some file systems have no folders to sync.
  const bool is_synced = fsync(file) == 0 || errno == EINVAL;
  const std::error_code why = last_failure();
  close(file);
  if (!is_synced) return cannot("write the folder", folder, why);
  return Done{};
}

/// What it may replace may have changed while it was filled.
Status fill_and_publish(const std::vector<CsvFile>& files, const std::string& partial,
                        const std::string& folder, outcome::Overwrite overwrite) {
  for (const CsvFile& file : files) {
    Status done = outcome::write_file({fmt::format("{}/{}", partial, file.name)}, file.text);
    if (!done) return done;
  }
  const Result<Found> found = check_place(folder, overwrite);
  if (!found) return found.error();
  if (found.value() == Found::csv_files) return exchange(partial, folder);
  if (std::rename(partial.c_str(), folder.c_str()) != 0) {
    return cannot("write the folder", folder, last_failure());
  }
  return Done{};
}

/// The folder itself where `folder` is a link to it, without slashes at its end.
std::string plain_name(const std::string& folder) {
  std::error_code failure;
  const fs::path real = fs::canonical(folder, failure);
  if (!failure) return real.string();
  std::string name = folder;
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  return name;
}

}  // namespace

Status write_csv_folder(const std::vector<CsvFile>& files, const outcome::StoreTarget& target) {
  const std::string folder = plain_name(target.path);
  if (const auto found = check_place(folder, target.overwrite); !found) return found.error();
  const std::string partial = folder + ".partial";
  if (mkdir(partial.c_str(), 0777) != 0) {
    if (errno == EEXIST) {
      return Error{
          fmt::format("{} exists already: another report is writing it, or was killed; then remove "
                      "it",
                      partial)};
    }
    return cannot("create the folder", partial, last_failure());
  }
  const Status done = fill_and_publish(files, partial, folder, target.overwrite);
  std::error_code ignored;
  fs::remove_all(partial, ignored);  // what did not come to its end, or was replaced
  if (!done) return done;
  const std::string parent = fs::path(folder).parent_path().string();
  return sync_folder(parent.empty() ? "." : parent);
}

}  // namespace zonefall::report
