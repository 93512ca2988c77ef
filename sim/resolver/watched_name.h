// What an operator who watches a name has seen lately, look by look.
#pragma once

#include <cstdint>
#include <vector>

#include "zonefall/core/hash.h"
#include "zonefall/core/time.h"
#include "zonefall/resolver/policy.h"

namespace zonefall::resolver {

class WatchedName {
 public:
  WatchedName(const NtaWatch& watch, SimTime now);

  [[nodiscard]] const NtaWatch& watch() const { return watch_; }
  /// A resolution below the name has ended.
  void count(bool failed);
  /// Looks that are due by `now`; `nta_stands`: over the name.
  void look(bool nta_stands, SimTime now);
  /// True once when the operator installs his NTA.
  bool take_installation(SimTime now);

  /// When there is something to do next.
  [[nodiscard]] SimTime wake_at() const;
  /// Before that no NTA is installed, whatever comes.
  [[nodiscard]] SimTime quiet_until() const { return earliest_install(watch_, alarm_, next_look_); }
  void mix_into(Fingerprint& fingerprint) const;

 private:
  struct Period {
    std::uint64_t resolutions = 0;
    std::uint64_t failures = 0;
  };

  NtaWatch watch_;
  SimTime next_look_;
  Alarm alarm_;
  std::vector<Period> periods_;  // of a window, from look to look; the last one is running
};

}  // namespace zonefall::resolver
