// With an expired answer in the cache: wait for fresh data, or serve stale first (RFC 8767 5)?
#include <algorithm>

#include "zonefall/resolver/policy.h"

namespace zonefall::resolver {

std::uint32_t stale_ttl_s(const ServeStale& settings, std::uint32_t original_ttl_s) {
  const auto ttl_s = static_cast<std::uint32_t>(settings.stale_ttl.to_seconds());
  return settings.stale_ttl_bounded_by_rr_ttl ? std::min(ttl_s, original_ttl_s) : ttl_s;
}

BeforeFetch decide_before_fetch(const ServeStale& settings, const StaleCandidate& stale,
                                std::optional<SimTime> no_refresh_until, SimTime now) {
  const bool can_be_stale =
      settings.enabled && now < stale.usable_until &&
      (!stale.negative || !settings.negative_needs_unchanged_proof || stale.proof_unchanged);
  if (!can_be_stale) return {StaleNow::fetch_and_wait, std::nullopt, "nothing stale to serve"};
  if (no_refresh_until && now < *no_refresh_until) {
    return {StaleNow::serve_without_fetch, std::nullopt,
            "the last refresh failed and the recheck timer is still running"};
  }
  if (settings.client_timeout == Duration::seconds(0)) {
    return {StaleNow::serve_and_refresh, std::nullopt, "stale at once, refreshed behind it"};
  }
  if (settings.on_unreachable == StaleRule::never || settings.client_timeout == Duration::max()) {
    return {StaleNow::fetch_and_wait, std::nullopt, "stale data is not for waiting clients"};
  }
  return {StaleNow::fetch_and_wait, settings.client_timeout,
          "fresh data first, stale when the client timer runs out"};
}

}  // namespace zonefall::resolver
