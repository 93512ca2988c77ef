#include "dns/wire_reader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace zonefall::dns {

namespace {

constexpr std::size_t header_octets = 12;
// A name has at most 127 labels and a useful pointer follows a label. Without this bound a message
// could make each of its names walk through thousands of pointers.
constexpr std::size_t pointers_max = 127;

// The octets of one name while it is put together from the places its pointers lead to.
struct NameOctets {
  std::array<std::uint8_t, Name::wire_octets_max> wire{};
  std::size_t size = 0;

  bool append(std::span<const std::uint8_t> octets) {
    if (octets.size() > wire.size() - size) return false;
    std::copy(octets.begin(), octets.end(), wire.begin() + static_cast<std::ptrdiff_t>(size));
    size += octets.size();
    return true;
  }
};

}  // namespace

void WireReader::fail(std::size_t offset, std::string_view what) {
  if (error_) return;
  error_ = Error{fmt::format("octet {}: {}", offset, what)};
}

bool WireReader::has(std::size_t count, std::string_view what) {
  if (!ok()) return false;
  if (count <= remaining()) return true;
  fail(position_, fmt::format("{} needs {} octets, {} are left", what, count, remaining()));
  return false;
}

std::span<const std::uint8_t> WireReader::octets(std::size_t count, std::string_view what) {
  if (!has(count, what)) return {};
  const auto taken = octets_.subspan(position_, count);
  position_ += count;
  return taken;
}

std::uint8_t WireReader::u8(std::string_view what) {
  const auto taken = octets(1, what);
  return taken.empty() ? std::uint8_t{0} : taken[0];
}

std::uint16_t WireReader::u16(std::string_view what) {
  const auto taken = octets(2, what);
  if (taken.empty()) return 0;
  return static_cast<std::uint16_t>(taken[0] << 8 | taken[1]);
}

std::uint32_t WireReader::u32(std::string_view what) {
  const auto taken = octets(4, what);
  if (taken.empty()) return 0;
  return std::uint32_t{taken[0]} << 24 | std::uint32_t{taken[1]} << 16 |
         std::uint32_t{taken[2]} << 8 | std::uint32_t{taken[3]};
}

Name WireReader::name(std::string_view what) {
  if (!ok()) return {};
  NameOctets gathered;
  std::size_t at = position_;
  std::size_t limit = limit_;
  std::optional<std::size_t> resume_at;  // behind the first pointer
  // Every pointer must lead before the run of labels it ends, so that no chain can close.
  std::size_t run_start = at;
  std::size_t pointers = 0;
  while (at < limit) {
    const std::uint8_t length = octets_[at];
    const bool pointer = (length & 0xc0) == 0xc0;
    if (!pointer && length > Name::label_octets_max) {
      fail(at, fmt::format("{} has a label of unknown type 0x{:02x}", what, length & 0xc0));
      return {};
    }
    const std::size_t octets_here = pointer ? 2U : 1U + length;
    if (octets_here > limit - at) break;
    if (pointer) {
      const std::size_t target = std::size_t{length & 0x3fU} << 8 | octets_[at + 1];
      if (target >= run_start || target < header_octets) {
        fail(at, fmt::format("{} has a compression pointer to octet {}, which is not before it",
                             what, target));
        return {};
      }
      if (++pointers > pointers_max) {
        fail(at, fmt::format("{} has more than {} compression pointers", what, pointers_max));
        return {};
      }
      if (!resume_at) resume_at = at + 2;
      limit = octets_.size();
      run_start = at = target;
      continue;
    }
    if (!gathered.append(octets_.subspan(at, octets_here))) {
      fail(at, fmt::format("{} is longer than {} octets", what, Name::wire_octets_max));
      return {};
    }
    at += octets_here;
    if (length == 0) {
      position_ = resume_at.value_or(at);
      return Name::from_wire(std::span(gathered.wire).first(gathered.size)).value();
    }
  }
  fail(at, fmt::format("{} runs past octet {}, where its data ends", what, limit));
  return {};
}

void WireReader::enter(std::size_t octets, std::string_view what) {
  if (has(octets, what)) limit_ = position_ + octets;
}

void WireReader::leave(std::string_view what) {
  if (ok() && position_ != limit_) {
    fail(position_, fmt::format("{} has {} octets more than its type", what, remaining()));
  }
  limit_ = octets_.size();
}

}  // namespace zonefall::dns
