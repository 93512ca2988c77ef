// What a response loses, or has changed, before anybody looks at it: a pure function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "zonefall/dns/address.h"
#include "zonefall/dns/message.h"
#include "zonefall/resolver/resolver.h"

namespace zonefall::resolver {

struct ScrubRules {
  std::uint32_t ttl_min_s = 0;
  std::uint32_t negative_ttl_min_s = 0;  // of an SOA beside no answer
  std::size_t ns_per_rrset_max = 65'535;
  std::size_t signatures_per_rrset_max = 65'535;
  std::span<const dns::AddressBlock> private_addresses;
  std::span<const dns::Name> private_domains;  // which may have them, and all below

  /// False if they change no response.
  [[nodiscard]] bool change_anything() const {
    return ttl_min_s > 0 || negative_ttl_min_s > 0 || ns_per_rrset_max < 65'535 ||
           signatures_per_rrset_max < 65'535 || !private_addresses.empty();
  }
};
/// They refer to `config`.
ScrubRules scrub_rules(const ResolverConfig& config);

/// Without records in the authority section that are not its servers' to give, those of `zone` (RFC
/// 2181 5.4.1): what is outside it, but for name servers, which show what the server takes itself
/// for; itself if there are none.
dns::MessagePtr without_strays(const dns::MessagePtr& message, const dns::Name& zone);

/// The message by these rules; itself if they change nothing in it.
dns::MessagePtr scrubbed(const dns::MessagePtr& message, const ScrubRules& rules);

}  // namespace zonefall::resolver
