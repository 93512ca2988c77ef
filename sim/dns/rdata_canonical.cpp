#include "dns/rdata_canonical.h"

#include <cstddef>

#include "dns/rdata_io.h"
#include "dns/rdata_layout.h"

namespace zonefall::dns {
namespace {

/// Length octets are at most 63 and so never letters: a name can be lowered octet by octet.
void lower_letters(std::span<std::uint8_t> octets) {
  for (std::uint8_t& octet : octets) {
    if (octet >= 'A' && octet <= 'Z') octet = static_cast<std::uint8_t>(octet + ('a' - 'A'));
  }
}

}  // namespace

bool has_canonical_names(RRType type) {
  return rdata_layout(type) != nullptr;
}

void append_canonical(Octets& out, RRType type, std::span<const std::uint8_t> rdata) {
  const std::size_t start = out.size();
  append_octets(out, rdata);
  const RdataLayout* const layout = rdata_layout(type);
  if (layout == nullptr) return;
  const auto split = split_rdata(*layout, rdata);
  if (!split) return;
  const std::size_t names_octets = rdata.size() - split->head.size() - split->tail.size();
  lower_letters(std::span(out).subspan(start + split->head.size(), names_octets));
}

Octets canonical_rdata(RRType type, std::span<const std::uint8_t> rdata) {
  Octets canonical;
  canonical.reserve(rdata.size());
  append_canonical(canonical, type, rdata);
  return canonical;
}

}  // namespace zonefall::dns
