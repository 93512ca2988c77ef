// The faults that a random zone may have, each made by doing the wrong thing.
//
// Some are none in the end: what a validator has to tolerate stands in the same tables. Each table
// has a file of its own.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "zone_making.h"
#include "zonefall/core/rng.h"

namespace zonefall::differential {

struct Fault {
  std::string_view name;
  std::string_view what;  // for people
  std::uint32_t weight;   // how often it is drawn, among all
  /// Changes `making`. What it chose at random it returns for people, or "". nullopt: the fault
  /// makes no sense for this zone, and nothing was changed.
  std::optional<std::string> (*apply)(ZoneMaking& making, Rng& rng);
};

/// Weights of faults: Unbound and BIND mostly agree about it; they do not, for whole zones.
inline constexpr std::uint32_t usual = 16;
inline constexpr std::uint32_t contested = 1;

std::span<const Fault> signature_faults();
std::span<const Fault> key_faults();
std::span<const Fault> denial_faults();
std::span<const Fault> message_faults();

struct AppliedFault {
  std::string name = "none";
  std::string detail;
  /// "signature-expired: SOA"
  [[nodiscard]] std::string to_text() const { return detail.empty() ? name : name + ": " + detail; }
};
/// One of all faults that make sense for this zone, or none at all (one time in twelve).
AppliedFault apply_random_fault(ZoneMaking& making, Rng& rng);
/// The fault of that name, if it exists and makes sense.
std::optional<AppliedFault> apply_fault(std::string_view name, ZoneMaking& making, Rng& rng);

}  // namespace zonefall::differential
