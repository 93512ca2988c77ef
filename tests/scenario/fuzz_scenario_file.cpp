// Any octets are a scenario or an error with its place; a scenario reads back as written.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "zonefall/core/assert.h"
#include "zonefall/scenario/scenario.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zonefall::scenario;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = parse_scenario(text, "fuzz.yaml");
  if (!file) {
    ZF_ASSERT(file.error().to_text().starts_with("fuzz.yaml:"));
    return 0;
  }
  const auto yaml = write_scenario(file.value());
  const auto again = parse_scenario(yaml, "fuzz.yaml");
  ZF_ASSERT(again.ok());
  ZF_ASSERT(write_scenario(again.value()) == yaml);
  ZF_ASSERT(again.value().sources == file.value().sources);
  return 0;
}
