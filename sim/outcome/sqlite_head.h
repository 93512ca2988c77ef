// The head of a SQLite file ("Database File Format", 1.3), read without SQLite, which would take an
// empty file or one being written for a database of its own.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace zonefall::outcome {

class SqliteHead {
 public:
  /// A file that cannot be read, or is shorter than a head, is no SQLite file.
  explicit SqliteHead(const std::string& path);

  [[nodiscard]] bool is_sqlite() const;
  /// What the file must hold at least.
  [[nodiscard]] std::uint64_t octets() const;
  /// Says whose format it is; 0 if nobody said.
  [[nodiscard]] std::uint64_t application_id() const { return number(68, 4); }

 private:
  static constexpr std::size_t size = 100;
  static constexpr std::string_view magic{"SQLite format 3\0", 16};
  [[nodiscard]] std::uint64_t number(std::size_t at, std::size_t octets) const;

  std::array<char, size> octets_{};
  bool is_whole_ = false;
};

}  // namespace zonefall::outcome
