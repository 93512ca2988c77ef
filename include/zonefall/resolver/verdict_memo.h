// Verdicts on the same data under the same keys, remembered for all resolvers of a thread.
//
// Validation is a pure function of data, keys and time, and says in which period its verdict holds
// (dnssec::RRsetVerdict). A host that runs many resolvers lets them share what one has found out:
// nothing that a resolver does depends on it, its counts of signature checks included. Only RRsets
// with at most one signature each are remembered: of several, the time decides which one counts.
// Not thread-safe: one for each thread. Bounded: forgets everything at `verdicts_max`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>  // lookup only
#include <vector>

#include "zonefall/core/time.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/dnssec/validate.h"

namespace zonefall::resolver {

class VerdictMemo {
 public:
  explicit VerdictMemo(std::size_t verdicts_max = 100'000);

  /// What was judged: one RRset, or a denial by NSEC or NSEC3 RRsets (others do not count).
  struct Subject {
    std::span<const dns::SignedRRset> data;
    const dnssec::ZoneKeys& keys;
    const dnssec::DenialQuestion* denial = nullptr;
  };
  /// A dnssec::RRsetVerdict whose verdict is shared with all who get it, never null.
  struct Judged {
    Judged(const dnssec::RRsetVerdict& judged, std::uint32_t signature_checks);
    std::shared_ptr<const dnssec::Verdict> verdict;
    dnssec::Period holds;
    std::uint32_t ttl_s_max = 0;
    std::optional<std::uint8_t> wildcard_labels;
    std::uint32_t checks = 0;  // signatures that were checked
  };
  /// As it would be judged at `now`.
  [[nodiscard]] std::optional<Judged> find(const Subject& subject, SimTime now);
  void remember(const Subject& subject, const Judged& judged, SimTime now);

  [[nodiscard]] std::uint64_t hits() const { return hits_; }
  [[nodiscard]] std::uint64_t misses() const { return misses_; }

 private:
  struct Entry {
    std::vector<dns::SignedRRset> data;  // those that count
    dns::Name zone;
    Digest128 keys;
    std::optional<dnssec::DenialQuestion> denial;
    Judged judged;
  };
  static bool is_about(const Entry& entry, const Subject& subject);

  std::size_t verdicts_max_;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
  // By hash of the subject.
  std::unordered_map<std::uint64_t, Entry> entries_;  // lookup only
};

}  // namespace zonefall::resolver
