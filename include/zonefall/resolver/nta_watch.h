// An operator who watches his own resolver and installs a negative trust anchor (RFC 7646) when
// validation below a name keeps failing.
//
// What he sees is what resolvers count themselves (Unbound: num.recursivereplies and
// num.answer.bogus; BIND: the validation attempts and failures of its statistics channel): how many
// resolutions ended, and how many of them in a failed validation. A reply from the cache is no
// resolution, whatever it says. So he sees the same whether hits on the cache are events or counted
// as rate times time (replay.h). RFC 7646 wants people to confirm that a failure is a mistake
// before they act (section 2): that is `lasting` and `reaction`.
#pragma once

#include <cstdint>

#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/name.h"

namespace zonefall::resolver {

/// What is flushed as a negative trust anchor is installed, beyond what the profile does.
enum class NtaFlush : std::uint8_t { nothing, bogus, subtree };

/// Given to a resolver as an action, it is watched from then on. One watch for a name; a second one
/// replaces it. While an NTA covers the name nothing is seen, and when that has ended all begins
/// anew.
struct NtaWatch {
  dns::Name name;  // resolutions at or below it; the NTA's
  /// Between two looks; above 0.
  Duration look = Duration::minutes(1);
  /// A look counts what ended within this time before it; a multiple of `look`.
  Duration window = Duration::minutes(5);
  /// It sees failing when this share of the resolutions failed, or more, ...
  std::uint32_t share_ppm = 200'000;
  /// ... and at least this many; above 0.
  std::uint32_t failures_min = 10;
  /// The operator is alarmed when all looks over this time saw failing, ...
  Duration lasting = Duration::minutes(10);
  /// ... and installs the NTA this much later, unless a look until then sees none.
  Duration reaction = Duration::minutes(15);
  /// RFC 7646 2: limited. Above 0.
  Duration lifetime = Duration::days(1);
  /// The name is tested in this interval, and the NTA removed when it validates; zero: never.
  Duration probe = Duration::minutes(10);
  NtaFlush flush = NtaFlush::nothing;
  bool operator==(const NtaWatch&) const = default;
};

/// Says which of these numbers makes no sense.
Status check(const NtaWatch& watch);

}  // namespace zonefall::resolver
