// An output file that appears whole or not at all.
//
// The file is made as FILE.partial and gets its name when it is complete and on the disk. To claim
// the name before long work finds out early what would stop the output later. FILE.partial is
// created exclusively and locked (flock(2)) while its writer lives, so that a file left behind by a
// killed process can be told from one being written. Linux only. A power cut can leave
// FILE.partial, never a FILE that is incomplete.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "zonefall/core/result.h"

namespace zonefall::outcome {

/// What may be replaced: a file of that name, and FILE.partial of a process that is dead.
enum class Overwrite : std::uint8_t {
  nothing,
  results,  // what a run left, whole or not, and empty files
  anything,
};

struct StoreTarget {
  std::string path;
  Overwrite overwrite = Overwrite::nothing;
};

class PartialFile {
 public:
  /// Creates FILE.partial, empty. Errors: no or unwritable folder, a file of that name (unless
  /// `overwrite` has it), something that is no regular file, FILE.partial of another process.
  static Result<PartialFile> create(const StoreTarget& target);

  PartialFile(PartialFile&& other) noexcept;
  PartialFile& operator=(PartialFile&& other) noexcept;
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  /// Removes FILE.partial unless it was published.
  ~PartialFile();

  /// Where to write: FILE.partial.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& final_path() const { return target_.path; }
  /// Brings the content to the disk and gives the file its name; the writer has closed it. Errors:
  /// the disk, or a file of that name that appeared meanwhile (unless `overwrite` has it).
  Status publish();

 private:
  PartialFile() = default;
  Status create_exclusively();
  Status remove_leftover();
  Status lock();
  Status rename();
  void release() noexcept;

  StoreTarget target_;
  std::string path_;
  int file_ = -1;
  int folder_ = -1;
  bool owned_ = false;  // FILE.partial is ours to remove
};

/// Writes a file whole or not at all. Errors: as create() and publish(), and a full disk.
Status write_file(const StoreTarget& target, std::string_view content);

}  // namespace zonefall::outcome
