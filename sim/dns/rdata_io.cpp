#include "dns/rdata_io.h"

namespace zonefall::dns {

std::span<const std::uint8_t> OctetReader::take(std::size_t octets) {
  if (failed_ || octets > remaining()) {
    failed_ = true;
    return {};
  }
  const auto taken = octets_.subspan(position_, octets);
  position_ += octets;
  return taken;
}

std::uint8_t OctetReader::u8() {
  const auto octets = take(1);
  return octets.empty() ? std::uint8_t{0} : octets[0];
}

std::uint16_t OctetReader::u16() {
  const auto octets = take(2);
  if (octets.empty()) return 0;
  return static_cast<std::uint16_t>((octets[0] << 8) | octets[1]);
}

std::uint32_t OctetReader::u32() {
  const std::uint32_t high = u16();
  const std::uint32_t low = u16();
  return (high << 16) | low;
}

std::span<const std::uint8_t> OctetReader::name_octets() {
  const auto from_here = octets_.subspan(position_);
  std::size_t size = 0;
  while (true) {
    if (failed_ || size >= from_here.size() || size >= Name::wire_octets_max) {
      failed_ = true;
      return {};
    }
    const std::uint8_t label_octets = from_here[size];
    size += std::size_t{1} + label_octets;
    if (label_octets == 0) return take(size);
    if (label_octets > Name::label_octets_max) {
      failed_ = true;
      return {};
    }
  }
}

Name OctetReader::name() {
  const auto octets = name_octets();
  if (failed_) return Name();
  Result<Name> name = Name::from_wire(octets);
  if (!name) {
    failed_ = true;
    return Name();
  }
  return std::move(name).value();
}

void append_u8(Octets& out, std::uint8_t value) {
  out.push_back(value);
}

void append_u16(Octets& out, std::uint16_t value) {
  append_u8(out, static_cast<std::uint8_t>(value >> 8));
  append_u8(out, static_cast<std::uint8_t>(value & 0xff));
}

void append_u32(Octets& out, std::uint32_t value) {
  append_u16(out, static_cast<std::uint16_t>(value >> 16));
  append_u16(out, static_cast<std::uint16_t>(value & 0xffff));
}

void append_octets(Octets& out, std::span<const std::uint8_t> octets) {
  out.insert(out.end(), octets.begin(), octets.end());
}

void append_counted(Octets& out, std::span<const std::uint8_t> octets) {
  ZF_ASSERT(octets.size() <= 255);
  append_u8(out, static_cast<std::uint8_t>(octets.size()));
  append_octets(out, octets);
}

}  // namespace zonefall::dns
