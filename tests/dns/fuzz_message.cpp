// What decodes must encode to the predicted size and decode again to the same message.
#include <cstddef>
#include <cstdint>

#include "message_json.h"
#include "zonefall/core/assert.h"
#include "zonefall/dns/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zonefall::dns;
  const auto first = decode({data, size});
  if (!first.ok()) return 0;
  ZF_ASSERT(!to_text(first.value()).empty());
  const Encoded encoded = encode(first.value());
  ZF_ASSERT(encoded.octets.size() == wire_size(first.value()));
  const Encoded small = encode(first.value(), 512);
  ZF_ASSERT(small.octets.size() <= 512 && decode(small.octets).ok());
  // Without compression of every name, as it came, a message may not fit any more.
  if (encoded.truncated) return 0;
  const auto second = decode(encoded.octets);
  ZF_ASSERT(second.ok());
  ZF_ASSERT(testing::message_json(first.value()) == testing::message_json(second.value()));
  return 0;
}
