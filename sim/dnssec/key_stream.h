// The octets from which private keys are made: a pure function of (seed, label, purpose).
//
// SHA-512 in counter mode. Not core/rng.h: keys must stay the same when a simulation's generator
// changes, and a label is text of any length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "zonefall/dns/rdata.h"

namespace zonefall::dnssec {

struct KeySource {
  std::uint64_t seed = 0;
  std::string_view label;
};

class KeyStream {
 public:
  /// `purpose` tells streams of one source apart.
  KeyStream(const KeySource& source, std::string_view purpose);

  /// The next `size` octets. Each call starts at a new block.
  dns::Octets next(std::size_t size);

 private:
  dns::Octets prefix_;
  std::uint64_t block_ = 0;
};

}  // namespace zonefall::dnssec
