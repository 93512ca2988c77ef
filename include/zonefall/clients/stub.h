// What a stub does when its resolver fails: retries that change volume, not the count of lookups.
//
// glibc asks its next server, each server `attempts` times (resolv.conf(5)); musl repeats a
// SERVFAIL at once, within a limit; Windows waits 1, 1, 2, 4 s on silence. Rules are data, with the
// source in the scenario. A lookup ends with what the last try gave.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "zonefall/core/time.h"

namespace zonefall::clients {

struct StubRule {
  std::string name;
  /// Further tries after a SERVFAIL, and the pause before each.
  std::uint32_t retries_on_servfail = 0;
  Duration pause_on_servfail;
  /// True: retries go to the stub's next configured resolver, where it has one; else to the same.
  bool next_server_on_servfail = true;
  /// Silence: how long the stub waits, and how often it tries again.
  Duration timeout = Duration::seconds(5);
  std::uint32_t retries_on_timeout = 1;
};

/// When and whether the stub tries again after try number `tries` (1 is the first) failed.
std::optional<Duration> pause_before_retry(const StubRule& rule, std::uint32_t tries,
                                           bool timed_out);

}  // namespace zonefall::clients
