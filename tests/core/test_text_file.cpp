// Goal: a file is read whole or not at all, and the error says why.
#include <fstream>

#include <catch2/catch.hpp>

#include "../temp_folder.h"
#include "zonefall/core/text_file.h"

using zonefall::read_text_file;

namespace {

std::string error_of(const std::string& path, std::size_t octets_max) {
  const auto text = read_text_file(path, octets_max);
  return text ? "none" : text.error().to_text();
}

}  // namespace

TEST_CASE("a text file is read whole, up to its bound") {
  const zonefall::TempFolder folder;
  const std::string path = folder.file("text");
  std::string text(200'000, 'x');  // several pieces
  text[100'000] = '\0';
  text[150'000] = '\r';
  std::ofstream(path, std::ios::binary) << text;
  const auto read = read_text_file(path, text.size());
  REQUIRE(read.ok());
  CHECK(read.value() == text);
  CHECK(error_of(path, text.size() - 1) == path + ": is over 199999 octets");
  CHECK(error_of(path, 0) == path + ": is over 0 octets");

  std::ofstream(folder.file("empty")).flush();
  const auto empty = read_text_file(folder.file("empty"), 0);
  REQUIRE(empty.ok());
  CHECK(empty.value().empty());
}

TEST_CASE("why a text file cannot be read") {
  const zonefall::TempFolder folder;
  const std::string missing = folder.file("none");
  CHECK(error_of(missing, 9) == missing + ": cannot be read: No such file or directory");
  CHECK(error_of(folder.path(), 9) == folder.path() + ": is a folder, not a file");
  CHECK(error_of("/dev/zero", 1'000'000) == "/dev/zero: is over 1000000 octets");
  // Nothing is at address 0 of a process.
  CHECK(error_of("/proc/self/mem", 9) == "/proc/self/mem: cannot be read to its end");
}
