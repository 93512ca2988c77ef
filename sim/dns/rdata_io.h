// Reading and appending the octets of RDATA, for the sources of this module.
//
// OctetReader never reads beyond its span: a read past the end, or of something malformed, gives
// zeros or nothing and makes failed() true for good, so that a decoder checks once at its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "zonefall/dns/name.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::dns {

class OctetReader {
 public:
  explicit OctetReader(std::span<const std::uint8_t> octets) : octets_(octets) {}

  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  std::span<const std::uint8_t> take(std::size_t octets);
  /// One length octet and as many octets: <character-string>, NSEC3 salt and hash.
  std::span<const std::uint8_t> counted() { return take(u8()); }
  /// The octets of an uncompressed name.
  std::span<const std::uint8_t> name_octets();
  Name name();
  std::span<const std::uint8_t> rest() { return take(remaining()); }

  [[nodiscard]] std::size_t remaining() const { return octets_.size() - position_; }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] bool failed() const { return failed_; }
  /// Everything was read, and nothing beyond.
  [[nodiscard]] bool complete() const { return !failed_ && remaining() == 0; }
  void fail() { failed_ = true; }

 private:
  std::span<const std::uint8_t> octets_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

void append_u8(Octets& out, std::uint8_t value);
void append_u16(Octets& out, std::uint16_t value);
void append_u32(Octets& out, std::uint32_t value);
void append_octets(Octets& out, std::span<const std::uint8_t> octets);
/// A length octet and `octets`; at most 255.
void append_counted(Octets& out, std::span<const std::uint8_t> octets);

}  // namespace zonefall::dns
