#include "zonefall/clients/stub.h"

namespace zonefall::clients {

std::optional<Duration> pause_before_retry(const StubRule& rule, std::uint32_t tries,
                                           bool timed_out) {
  const std::uint32_t retries = timed_out ? rule.retries_on_timeout : rule.retries_on_servfail;
  if (tries > retries) return std::nullopt;
  return timed_out ? Duration() : rule.pause_on_servfail;
}

}  // namespace zonefall::clients
