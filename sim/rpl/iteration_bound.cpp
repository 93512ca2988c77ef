#include "rpl/iteration_bound.h"

#include <algorithm>

#include "zonefall/dns/rdata.h"

namespace zonefall::rpl {
namespace {

// RFC 3110 2: of RSA, the octets behind the exponent.
std::size_t rsa_bits(const dns::Octets& key) {
  if (key.empty()) return 0;
  const bool is_long = key[0] == 0;
  if (is_long && key.size() < 3) return 0;
  const std::size_t before = is_long ? 3U + key[1] * 256U + key[2] : 1U + key[0];
  return before < key.size() ? 8 * (key.size() - before) : 0;
}

std::size_t key_bits(const dns::DnskeyRdata& key) {
  switch (key.algorithm) {
    case 3:
    case 6: return key.public_key.empty() ? 0 : 512U + 64U * key.public_key[0];  // RFC 2536 2
    case 1:
    case 5:
    case 7:
    case 8:
    case 10: return rsa_bits(key.public_key);
    case 14: return 384;
    default: return 256;
  }
}

class Bound {
 public:
  explicit Bound(const std::vector<IterationBound>& bounds) : bounds_(bounds) {}

  void look_at(const Entry& entry) {
    for (const auto* section : {&entry.answer, &entry.authority, &entry.additional}) {
      for (const dns::TextRecord& record : *section) {
        if (record.type != dns::RRType::dnskey) continue;
        const auto key = dns::decode_dnskey(record.rdata);
        if (key) add(key_bits(key.value()));
      }
    }
  }

  [[nodiscard]] std::optional<std::uint32_t> found() const {
    if (differs_) return std::nullopt;
    return found_.value_or(bounds_.front().iterations);
  }

 private:
  void add(std::size_t bits) {
    const auto at = std::find_if(bounds_.begin(), bounds_.end(),
                                 [&](const IterationBound& one) { return bits <= one.key_bits; });
    const std::uint32_t bound = at == bounds_.end() ? bounds_.back().iterations : at->iterations;
    differs_ = differs_ || (found_ && *found_ != bound);
    found_ = bound;
  }

  const std::vector<IterationBound>& bounds_;
  std::optional<std::uint32_t> found_;
  bool differs_ = false;
};

}  // namespace

std::optional<std::uint32_t> iteration_bound(const Script& script,
                                             const std::vector<IterationBound>& bounds) {
  Bound bound(bounds);
  for (const Range& range : script.ranges) {
    for (const Entry& entry : range.entries) bound.look_at(entry);
  }
  for (const Step& step : script.steps) {
    if (step.entry) bound.look_at(*step.entry);
  }
  return bound.found();
}

}  // namespace zonefall::rpl
