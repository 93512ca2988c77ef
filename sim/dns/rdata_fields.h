// The kinds of fields that presentation formats of RDATA are made of, for the sources of this
// module.
//
// A Field prints one field from octets and parses it from tokens; a type's format is a list of
// them (rdata_text.cpp). Printing something malformed makes the reader fail.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "dns/rdata_io.h"
#include "zonefall/core/result.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::dns {

/// Walks over the tokens of one record and remembers which of them an error is about.
class TokenCursor {
 public:
  explicit TokenCursor(std::span<const std::string> tokens) : tokens_(tokens) {}

  [[nodiscard]] bool at_end() const { return position_ == tokens_.size(); }
  [[nodiscard]] std::size_t remaining() const { return tokens_.size() - position_; }
  /// The next token, not taken; "" at the end.
  [[nodiscard]] std::string_view peek() const;
  /// Takes a token; at_end() must be false.
  const std::string& take();
  Result<std::string_view> take_or_error();
  /// Takes all that is left, joined: base64 and hexadecimal may be split by blanks.
  Result<std::string> take_joined();
  /// The index of the token taken last, or the number of tokens if one was missing.
  [[nodiscard]] std::size_t place() const { return place_; }

 private:
  std::span<const std::string> tokens_;
  std::size_t position_ = 0;
  std::size_t place_ = 0;
};

struct Field {
  void (*print)(OctetReader& from, std::string& out);
  Status (*parse)(TokenCursor& from, const Name& origin, Octets& out);
};

namespace fields {

extern const Field u8;
extern const Field u16;
extern const Field u32;
extern const Field seconds;    // 32 bits, may be written with TTL units
extern const Field time;       // of signatures: RFC 4034 3.2
extern const Field algorithm;  // a number or a mnemonic of RFC 4034 A.1
extern const Field type;       // a record type
extern const Field types;      // a type bitmap, to the end
extern const Field name;
extern const Field ipv4;
extern const Field ipv6;
extern const Field character_string;   // quoted
extern const Field character_strings;  // one or more, to the end
extern const Field caa_tag;
extern const Field quoted_rest;        // without a length octet, to the end
extern const Field hex_rest;           // to the end, at least one octet
extern const Field base64_rest;        // to the end, at least one octet
extern const Field salt;               // hexadecimal or "-"
extern const Field base32hex_counted;  // next hashed owner name

}  // namespace fields
}  // namespace zonefall::dns
