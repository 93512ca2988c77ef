#include "dnssec/key_base.h"

#include <fmt/format.h>

#include "zonefall/core/assert.h"
#include "zonefall/core/encoding.h"

namespace zonefall::dnssec {

dns::DnskeyRdata dnskey_for(const KeySpec& spec) {
  dns::DnskeyRdata dnskey;
  dnskey.flags = spec.flags;
  dnskey.algorithm = static_cast<std::uint8_t>(spec.algorithm);
  return dnskey;
}

Error tag_error(const KeySpec& spec, const std::string& because) {
  ZF_ASSERT(spec.requested_tag.has_value());
  return Error{fmt::format("no {} key with flags {} has tag {}: {}", to_text(spec.algorithm),
                           spec.flags, *spec.requested_tag, because)};
}

std::string KeyPairBase::private_text_head() const {
  return fmt::format("Private-key-format: v1.3\nAlgorithm: {} ({})\n", dnskey_.algorithm,
                     to_text(algorithm()));
}

std::string private_text_line(const char* name, const dns::Octets& octets) {
  return fmt::format("{}: {}\n", name, to_base64(octets));
}

}  // namespace zonefall::dnssec
