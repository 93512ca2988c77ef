// When an operator who watches his resolver installs a negative trust anchor (RFC 7646 2).
#include <algorithm>

#include "zonefall/core/words.h"
#include "zonefall/resolver/policy.h"

namespace zonefall::resolver {

namespace {

constexpr std::uint64_t all_ppm = 1'000'000;

bool is_failing(const NtaWatch& watch, const WatchSituation& seen) {
  return seen.failures >= watch.failures_min &&
         uint128{seen.failures} * all_ppm >= uint128{seen.resolutions} * watch.share_ppm;
}

}  // namespace

Status check(const NtaWatch& watch) {
  if (watch.look <= Duration()) return Error{"the time between looks must be above 0"};
  if (watch.window < watch.look ||
      watch.window.to_nanoseconds() % watch.look.to_nanoseconds() != 0) {
    return Error{"the window must be a multiple of the time between looks"};
  }
  if (watch.share_ppm > all_ppm) return Error{"a share of over 1000000 ppm"};
  if (watch.failures_min == 0) return Error{"without a failure there is no share of failures"};
  if (watch.lasting < Duration() || watch.reaction < Duration() || watch.probe < Duration()) {
    return Error{"a negative time"};
  }
  if (watch.lifetime <= Duration()) return Error{"the lifetime must be above 0"};
  return Done{};
}

WatchDecision decide_at_look(const NtaWatch& watch, const WatchSituation& seen) {
  if (seen.nta_stands) return {{}, "a negative trust anchor stands"};
  if (!is_failing(watch, seen)) return {{}, "too little fails"};
  WatchDecision decision{seen.alarm, "failing, but not for long enough"};
  Alarm& alarm = decision.alarm;
  if (!alarm.failing_since) alarm.failing_since = seen.now;
  if (alarm.install_at) {
    decision.why = "still failing: the operator is about to act";
  } else if (seen.now - *alarm.failing_since >= watch.lasting) {
    alarm.install_at = seen.now + watch.reaction;
    decision.why = "failing for too long: the operator is alarmed";
  }
  return decision;
}

SimTime earliest_install(const NtaWatch& watch, const Alarm& alarm, SimTime next_look) {
  if (alarm.install_at) return *alarm.install_at;
  const SimTime since = alarm.failing_since.value_or(next_look);
  return std::max(next_look, since + watch.lasting) + watch.reaction;
}

}  // namespace zonefall::resolver
