// Any text is a script or an error with a place, and a script can be played to an end.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "zonefall/core/assert.h"
#include "zonefall/rpl/play.h"

namespace rpl = zonefall::rpl;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto script = rpl::parse_script(text, {"fuzz", std::nullopt});
  if (!script) {
    ZF_ASSERT(script.error().where.starts_with("fuzz:"));
    ZF_ASSERT(!script.error().message.empty());
    return 0;
  }
  for (const rpl::PlayResult& result : rpl::play(script.value(), {})) {
    for (const rpl::Mismatch& mismatch : result.mismatches) ZF_ASSERT(!mismatch.what.empty());
  }
  return 0;
}
