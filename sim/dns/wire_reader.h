// A bounded cursor over the octets of a message.
//
// The first thing that goes wrong is kept, with its octet offset; from then on every read gives
// zeros and moves nothing. So a parser may read a few fields and ask ok() once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "zonefall/core/result.h"
#include "zonefall/dns/name.h"

namespace zonefall::dns {

class WireReader {
 public:
  explicit WireReader(std::span<const std::uint8_t> octets)
      : octets_(octets), limit_(octets.size()) {}

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  /// The first error; !ok().
  [[nodiscard]] const Error& error() const { return *error_; }
  void fail(std::size_t offset, std::string_view what);

  [[nodiscard]] std::size_t position() const { return position_; }
  /// Octets up to the current limit.
  [[nodiscard]] std::size_t remaining() const { return limit_ - position_; }

  /// `what` names the field for the error.
  std::uint8_t u8(std::string_view what);
  std::uint16_t u16(std::string_view what);
  std::uint32_t u32(std::string_view what);
  std::span<const std::uint8_t> octets(std::size_t count, std::string_view what);
  /// A name that may be compressed (RFC 1035 4.1.4), as uncompressed wire octets in the case of
  /// its labels. Pointers must lead backwards, past the header.
  Name name(std::string_view what);

  /// Narrows the limit to the next `octets`; leave() fails unless all of them were read.
  void enter(std::size_t octets, std::string_view what);
  void leave(std::string_view what);

 private:
  [[nodiscard]] bool has(std::size_t count, std::string_view what);

  std::span<const std::uint8_t> octets_;
  std::size_t position_ = 0;
  std::size_t limit_;
  std::optional<Error> error_;
};

}  // namespace zonefall::dns
