// Any text is a zone or an error with a place; a zone written and read again is the same zone.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "zonefall/core/assert.h"
#include "zonefall/dns/master_file.h"

namespace dns = zonefall::dns;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const dns::MasterFileOptions options{"fuzz", dns::Name::literal("example."), std::nullopt};
  const auto zone = dns::parse_master_file(text, options);
  if (!zone) {
    ZF_ASSERT(zone.error().where.starts_with("fuzz:"));
    ZF_ASSERT(!zone.error().message.empty());
    return 0;
  }
  std::string written;
  for (const dns::SignedRRset& entry : zone.value()) written += dns::to_master_text(entry);
  const auto again = dns::parse_master_file(written, options);
  ZF_ASSERT(again.ok());
  ZF_ASSERT(again.value().size() == zone.value().size());
  for (std::size_t i = 0; i < zone.value().size(); ++i) {
    const dns::SignedRRset& before = zone.value()[i];
    const dns::SignedRRset& after = again.value()[i];
    ZF_ASSERT(before.rrset->rdatas() == after.rrset->rdatas());
    ZF_ASSERT(before.rrset->content_id() == after.rrset->content_id());
    ZF_ASSERT(before.rrsigs.size() == after.rrsigs.size());
  }
  return 0;
}
