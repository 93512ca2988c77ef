// Verdicts on the same data under the same keys, remembered for all resolvers of a thread.
//
// Validation is a pure function of data, keys and time, and says in which period its verdict holds
// (dnssec::RRsetVerdict). A host that runs many resolvers lets them share what one has found out:
// nothing that a resolver does depends on it, its counts of signature checks included. Only RRsets
// with at most one signature each are remembered: of several, the time decides which one counts.
//
// A subject is known by a content id, so that no data are kept and a look costs one line of the
// processor's cache. Not thread-safe: one for each thread. Bounded: where two share a place of the
// table, a third takes that of the older one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "zonefall/core/hash.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/dnssec/validate.h"

namespace zonefall::resolver {

class VerdictMemo {
 public:
  /// Remembers up to `verdicts_max`, a power of two above one.
  explicit VerdictMemo(std::size_t verdicts_max = std::size_t{1} << 17);

  /// What is judged: one RRset, or a denial by NSEC or NSEC3 RRsets (others do not count).
  class Subject {
   public:
    Subject(std::span<const dns::SignedRRset> data, const dnssec::ZoneKeys& keys,
            const dnssec::DenialQuestion* denial = nullptr);

   private:
    friend class VerdictMemo;
    std::optional<Digest128> id_;  // of data, keys and question; nullopt: not to be remembered
  };
  /// A dnssec::RRsetVerdict whose verdict is shared with all who get it; null before it is judged.
  struct Judged {
    Judged() = default;
    Judged(const dnssec::RRsetVerdict& judged, std::uint32_t signature_checks,
           std::uint32_t failed_signature_checks = 0);
    std::shared_ptr<const dnssec::Verdict> verdict;
    dnssec::Period holds;
    std::uint32_t ttl_s_max = 0;
    std::optional<std::uint8_t> wildcard_labels;
    std::uint32_t checks = 0;         // of a signature with a key
    std::uint32_t failed_checks = 0;  // those of them in which it did not verify
  };
  /// As it would be judged at `now`.
  [[nodiscard]] std::optional<Judged> find(const Subject& subject, SimTime now);
  void remember(const Subject& subject, const Judged& judged, SimTime now);

  [[nodiscard]] std::uint64_t hits() const { return hits_; }
  [[nodiscard]] std::uint64_t misses() const { return misses_; }

 private:
  struct alignas(64) Entry {
    Digest128 subject;
    Judged judged;
  };
  static_assert(sizeof(Entry) == 64);
  /// Where a subject may be, the newer one first.
  struct Place {
    Entry newer;
    Entry older;
  };
  [[nodiscard]] Place& place_of(const Digest128& subject);

  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
  std::vector<Place> places_;
};

}  // namespace zonefall::resolver
