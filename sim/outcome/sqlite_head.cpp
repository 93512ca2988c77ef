#include "outcome/sqlite_head.h"

#include <fstream>

namespace zonefall::outcome {

SqliteHead::SqliteHead(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  file.read(octets_.data(), size);
  is_whole_ = file.gcount() == static_cast<std::streamsize>(size);
}

bool SqliteHead::is_sqlite() const {
  return is_whole_ && std::string_view(octets_.data(), magic.size()) == magic;
}

std::uint64_t SqliteHead::octets() const {
  const std::uint64_t page_octets = number(16, 2) == 1 ? 65536 : number(16, 2);
  return page_octets * number(28, 4);
}

std::uint64_t SqliteHead::number(std::size_t at, std::size_t octets) const {
  std::uint64_t value = 0;
  for (std::size_t i = at; i < at + octets; ++i) {
    value = value << 8 | static_cast<unsigned char>(octets_[i]);
  }
  return value;
}

}  // namespace zonefall::outcome
