#include "resolver/watched_name.h"

#include <algorithm>

#include "zonefall/core/assert.h"

namespace zonefall::resolver {

namespace {

std::size_t periods_of(const NtaWatch& watch) {
  return static_cast<std::size_t>(watch.window.to_nanoseconds() / watch.look.to_nanoseconds());
}

std::uint64_t word(SimTime at) {
  return static_cast<std::uint64_t>(at.to_nanoseconds());
}
std::uint64_t word(Duration span) {
  return static_cast<std::uint64_t>(span.to_nanoseconds());
}

}  // namespace

WatchedName::WatchedName(const NtaWatch& watch, SimTime now)
    : watch_(watch), next_look_(now + watch.look), periods_(1) {
  ZF_ASSERT(check(watch).ok());
}

void WatchedName::count(bool failed) {
  periods_.back().resolutions += 1;
  if (failed) periods_.back().failures += 1;
}

void WatchedName::look(bool nta_stands, SimTime now) {
  while (next_look_ <= now) {
    WatchSituation seen;
    seen.alarm = alarm_;
    seen.nta_stands = nta_stands;
    seen.now = next_look_;
    for (const Period& period : periods_) {
      seen.resolutions += period.resolutions;
      seen.failures += period.failures;
    }
    alarm_ = decide_at_look(watch_, seen).alarm;
    if (nta_stands) periods_.clear();
    if (periods_.size() == periods_of(watch_)) periods_.erase(periods_.begin());
    periods_.emplace_back();
    next_look_ += watch_.look;
  }
}

bool WatchedName::take_installation(SimTime now) {
  if (!alarm_.install_at || now < *alarm_.install_at) return false;
  alarm_ = {};
  return true;
}

SimTime WatchedName::wake_at() const {
  return std::min(next_look_, alarm_.install_at.value_or(SimTime::max()));
}

void WatchedName::mix_into(Fingerprint& f) const {
  f.mix(watch_.name.hash());
  for (const Duration span : {watch_.look, watch_.window, watch_.lasting, watch_.reaction,
                              watch_.lifetime, watch_.probe}) {
    f.mix(word(span));
  }
  f.mix(std::uint64_t{watch_.share_ppm} << 32 | watch_.failures_min);
  f.mix(static_cast<std::uint64_t>(watch_.flush));
  f.mix(word(next_look_));
  f.mix(word(alarm_.failing_since.value_or(SimTime::max())));
  f.mix(word(alarm_.install_at.value_or(SimTime::max())));
  for (const Period& period : periods_) {
    f.mix(period.resolutions);
    f.mix(period.failures);
  }
}

}  // namespace zonefall::resolver
