#include "zonefall/core/text_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace zonefall {

Result<std::string> read_text_file(const std::string& path, std::size_t octets_max) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return Error{"is a folder, not a file", path};
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Error{fmt::format("cannot be read: {}", std::generic_category().message(errno)), path};
  }
  // Piece by piece, for pipes and devices do not say how large they are.
  std::string text;
  std::vector<char> piece(std::size_t{1} << 16U);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
    const auto octets = static_cast<std::size_t>(file.gcount());
    if (octets > octets_max - text.size()) {
      return Error{fmt::format("is over {} octets", octets_max), path};
    }
    text.append(piece.data(), octets);
  }
  if (file.bad()) return Error{"cannot be read to its end", path};
  return text;
}

}  // namespace zonefall
