// Any octets are a profile or an error with its place; a profile reads back as written.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "zonefall/core/assert.h"
#include "zonefall/scenario/profile_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zonefall::scenario;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = parse_profile(text, "fuzz.yaml");
  if (!file) {
    ZF_ASSERT(file.error().to_text().starts_with("fuzz.yaml:"));
    return 0;
  }
  const auto again = parse_profile(write_profile(file.value()), "fuzz.yaml");
  ZF_ASSERT(again.ok());
  ZF_ASSERT(again.value().profile == file.value().profile);
  ZF_ASSERT(again.value().sources == file.value().sources);
  return 0;
}
