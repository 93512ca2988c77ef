// The NSEC3 intervals that a resolver knows of one zone, in the order of their hashes.
#pragma once

#include <cstddef>
#include <vector>

#include "zonefall/core/time.h"
#include "zonefall/dnssec/nsec3.h"

namespace zonefall::resolver {

/// A validated opt-out NSEC3 interval that proves "no DS" for what it covers; or one that failed
/// to validate, which until it expires proves nothing.
struct Span {
  dnssec::Nsec3Hash from{};
  dnssec::Nsec3Hash to{};
  bool opt_out = false;
  bool matches_have_ds = false;  // the owner itself is a secure delegation
  bool bogus = false;
  SimTime expires_at = SimTime::min();
};

/// Spans by `from`, each of its own. A busy resolver comes to know hundreds of thousands of a TLD:
/// they stand in blocks of bounded size, so that a new one moves few others.
class SpanList {
 public:
  static constexpr std::size_t block_spans_max = 128;

  [[nodiscard]] bool empty() const { return blocks_.empty(); }
  /// The one from `hash`; nullptr: none. Pointers hold until the next at_or_new().
  [[nodiscard]] const Span* find(const dnssec::Nsec3Hash& hash) const;
  /// The nearest from a hash below `hash`; nullptr: none.
  [[nodiscard]] const Span* last_before(const dnssec::Nsec3Hash& hash) const;
  /// The one from `hash`; a new one has expired.
  Span& at_or_new(const dnssec::Nsec3Hash& hash);
  /// In rising order of `from`.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (const Block& block : blocks_) {
      for (const Span& span : block.spans) visit(span);
    }
  }

 private:
  struct Block {
    dnssec::Nsec3Hash first;  // of `spans`, here so that a search stays within `blocks_`
    std::vector<Span> spans;  // rising; never empty
  };
  /// The last that begins at or before `hash`; none begin so: the first. There must be one.
  [[nodiscard]] std::size_t block_for(const dnssec::Nsec3Hash& hash) const;
  /// Moves the upper half of a full block into a new one behind it.
  void split(std::size_t index);

  std::vector<Block> blocks_;
};

}  // namespace zonefall::resolver
