#include "dns/wire_writer.h"

#include <algorithm>

#include "zonefall/core/words.h"
#include "zonefall/dns/name.h"

namespace zonefall::dns {

namespace {

constexpr std::uint8_t to_lower(std::uint8_t octet) {
  return (octet >= 'A' && octet <= 'Z') ? static_cast<std::uint8_t>(octet + 0x20) : octet;
}

// Length octets are below 'A', so whole names compare like text.
bool equal_ignoring_case(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](std::uint8_t x, std::uint8_t y) { return to_lower(x) == to_lower(y); });
}

// Goes on from the labels behind it. Takes the first and the last eight octets of a label, which
// tell nearly all of them apart; table entries compare the rest. Setting the case bit in all octets
// makes letters of either case alike. No label is empty.
std::uint64_t hash_with_label(std::uint64_t hash, std::span<const std::uint8_t> label) {
  constexpr std::uint64_t case_bits = 0x2020202020202020ULL;
  constexpr std::uint64_t factor = 0x9e3779b97f4a7c15ULL;
  const bool is_short = label.size() < sizeof(std::uint64_t);
  const std::uint64_t first =
      is_short ? load_short_word(label.data(), label.size()) : load_word(label.data());
  const std::uint64_t last =
      is_short ? first : load_word(label.data() + label.size() - sizeof first);
  hash = (hash ^ (first | case_bits)) * factor;
  hash = (hash ^ (hash >> 32) ^ (last | case_bits) ^ label.size()) * factor;
  return hash ^ (hash >> 32);
}

}  // namespace

std::optional<std::uint16_t> NameTable::find(std::span<const std::uint8_t> suffix,
                                             std::uint32_t hash) const {
  for (std::uint16_t at = first_[hash % buckets]; at != none; at = entries_[at].next) {
    const Entry& entry = entries_[at];
    if (entry.hash == hash && equal_ignoring_case(entry.suffix, suffix)) return entry.offset;
  }
  return std::nullopt;
}

NameTable::Match NameTable::match_and_remember(std::span<const std::uint8_t> name,
                                               std::size_t offset) {
  constexpr std::size_t labels_max = Name::wire_octets_max / 2;
  std::array<std::uint8_t, labels_max> starts;
  std::array<std::uint32_t, labels_max> hashes;
  std::size_t labels = 0;
  for (std::size_t at = 0; name[at] != 0; at += 1U + name[at]) {
    starts[labels++] = static_cast<std::uint8_t>(at);
  }
  std::uint64_t hash = 0;  // from the last label to the first
  for (std::size_t i = labels; i-- > 0;) {
    hash = hash_with_label(hash, name.subspan(starts[i] + 1U, name[starts[i]]));
    hashes[i] = static_cast<std::uint32_t>(hash);
  }

  std::size_t own_labels = 0;
  Match match{.own_octets = name.size(), .target = std::nullopt};
  for (; own_labels < labels; ++own_labels) {
    match.target = find(name.subspan(starts[own_labels]), hashes[own_labels]);
    if (match.target) {
      match.own_octets = starts[own_labels];
      break;
    }
  }
  for (std::size_t i = 0; i < own_labels; ++i) {
    const std::size_t place = offset + starts[i];
    if (place > pointer_target_max) break;
    std::uint16_t& first = first_[hashes[i] % buckets];
    entries_.push_back(
        {name.subspan(starts[i]), hashes[i], static_cast<std::uint16_t>(place), first});
    first = static_cast<std::uint16_t>(entries_.size() - 1);
  }
  return match;
}

void NameTable::cut(std::size_t mark) {
  while (entries_.size() > mark) {
    const Entry& entry = entries_.back();
    first_[entry.hash % buckets] = entry.next;
    entries_.pop_back();
  }
}

void NameTable::clear() {
  entries_.clear();
  first_.fill(none);
}

}  // namespace zonefall::dns
