#include "zonefall/outcome/partial_file.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "outcome/sqlite_head.h"
#include "zonefall/outcome/comparison_store.h"

namespace zonefall::outcome {
namespace {

constexpr mode_t mode = 0666;  // less the umask

Error system_error(std::string_view what, std::string_view path) {
  return Error{fmt::format("cannot {} {}: {}", what, path, std::generic_category().message(errno))};
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Error exists_already(const std::string& path) {
  return Error{fmt::format("{} exists already: give another name, or let it be overwritten", path)};
}

/// Results have their mark from the first page on, which is written before all others.
bool is_results_or_empty(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return false;
  const SqliteHead head(path);
  const std::uint64_t id = head.application_id();
  return found.st_size == 0 || (head.is_sqlite() && (id == application_id || id == comparison_id));
}

/// Of a regular file.
Status check_replaceable(const std::string& path, Overwrite overwrite) {
  if (overwrite == Overwrite::nothing) return exists_already(path);
  if (overwrite == Overwrite::anything || is_results_or_empty(path)) return Done{};
  return Error{
      fmt::format("{} is no result file of zonefall, and only those are overwritten: give another "
                  "name, or remove it yourself",
                  path)};
}

Status check_final_path(const StoreTarget& target) {
  struct stat found {};
  if (target.path.empty() || target.path.ends_with('/')) {
    return Error{fmt::format("'{}' is not the name of a file", target.path)};
  }
  if (stat(target.path.c_str(), &found) != 0) {
    // Another error shows again, and better, when the folder is opened.
    return Done{};
  }
  if (S_ISDIR(found.st_mode)) return Error{fmt::format("{} is a folder", target.path)};
  if (!S_ISREG(found.st_mode)) {
    return Error{fmt::format("{} is not a regular file", target.path)};
  }
  return check_replaceable(target.path, target.overwrite);
}

/// True if `path` names the open file, not another one that took its place.
bool is_file_at(int file, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return fstat(file, &opened) == 0 && lstat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

bool close_file(int& file) {
  const int closing = std::exchange(file, -1);
  return closing < 0 || close(closing) == 0;
}

}  // namespace

Result<PartialFile> PartialFile::create(const StoreTarget& target) {
  if (Status fine = check_final_path(target); !fine) return fine.error();
  PartialFile file;
  file.target_ = target;
  file.path_ = target.path + ".partial";
  const std::string folder = folder_of(target.path);
  file.folder_ = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file.folder_ < 0) return system_error("write into folder", folder);
  if (Status created = file.create_exclusively(); !created) return created.error();
  if (Status locked = file.lock(); !locked) return locked.error();
  return file;
}

Status PartialFile::create_exclusively() {
  const auto try_it = [this] {
    file_ = open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    owned_ = file_ >= 0;
    return owned_;
  };
  if (try_it()) return Done{};
  if (errno == EEXIST) {
    if (Status removed = remove_leftover(); !removed) return removed;
    if (try_it()) return Done{};
  }
  return system_error("create", path_);
}

Status PartialFile::remove_leftover() {
  int leftover = open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (leftover < 0) return system_error("open the leftover", path_);
  const bool is_abandoned = flock(leftover, LOCK_EX | LOCK_NB) == 0;
  Status removed = Done{};
  if (!is_abandoned) {
    removed =
        Error{fmt::format("{} is being written by another run: wait for it, or give "
                          "another name",
                          path_)};
  } else if (target_.overwrite == Overwrite::nothing) {
    removed =
        Error{fmt::format("{} is left over from a run that was killed: remove it, give "
                          "another name, or let it be overwritten",
                          path_)};
  } else if (Status fine = check_replaceable(path_, target_.overwrite); !fine) {
    removed = fine;
  } else if (is_file_at(leftover, path_) && unlink(path_.c_str()) != 0) {
    removed = system_error("remove", path_);
  }
  close_file(leftover);
  return removed;
}

Status PartialFile::lock() {
  // A file system without locks must not stop a run; what is missing then is only the distinction
  // between abandoned and busy. Who finds the lock taken has met another run at the very moment
  // between its looking and its removing.
  const bool taken = flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (taken || !is_file_at(file_, path_)) {
    return Error{
        fmt::format("{} is being written by another run: wait for it, or give another "
                    "name",
                    path_)};
  }
  return Done{};
}

Status PartialFile::publish() {
  ZF_ASSERT(owned_);
  if (!is_file_at(file_, path_)) {
    return Error{fmt::format("{} was removed or replaced while it was written", path_)};
  }
  if (fsync(file_) != 0) return system_error("write", path_);
  if (Status renamed = rename(); !renamed) return renamed;
  owned_ = false;
  // Some file systems have no folders to sync.
  if (fsync(folder_) != 0 && errno != EINVAL) {
    return system_error("be sure that a power cut will spare the complete", target_.path);
  }
  return Done{};
}

Status PartialFile::rename() {
  const char* from = path_.c_str();
  const char* to = target_.path.c_str();
  struct stat found {};
  if (target_.overwrite != Overwrite::nothing) {
    // It may have come meanwhile, and not be ours.
    if (stat(to, &found) == 0) {
      if (Status fine = check_replaceable(target_.path, target_.overwrite); !fine) return fine;
    }
    if (::rename(from, to) != 0) return system_error("write", target_.path);
    return Done{};
  }
  int status = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
  if (status != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // A file system that cannot do both in one step.
    if (lstat(to, &found) == 0) return exists_already(target_.path);
    status = ::rename(from, to);
  }
  if (status == 0) return Done{};
  return errno == EEXIST ? exists_already(target_.path) : system_error("write", target_.path);
}

void PartialFile::release() noexcept {
  // Remove before closing, while the lock still says whose it is.
  if (owned_ && is_file_at(file_, path_)) unlink(path_.c_str());
  owned_ = false;
  close_file(file_);
  close_file(folder_);
}

PartialFile::PartialFile(PartialFile&& other) noexcept {
  *this = std::move(other);
}

PartialFile& PartialFile::operator=(PartialFile&& other) noexcept {
  if (this == &other) return *this;
  release();
  target_ = std::move(other.target_);
  path_ = std::move(other.path_);
  file_ = std::exchange(other.file_, -1);
  folder_ = std::exchange(other.folder_, -1);
  owned_ = std::exchange(other.owned_, false);
  return *this;
}

PartialFile::~PartialFile() {
  release();
}

Status write_file(const StoreTarget& target, std::string_view content) {
  Result<PartialFile> file = PartialFile::create(target);
  if (!file) return file.error();
  errno = 0;
  std::ofstream out(file.value().path(), std::ios::binary);
  out << content;
  out.close();
  if (!out) return system_error("write", file.value().path());
  return file.value().publish();
}

}  // namespace zonefall::outcome
