// What all key pairs have in common: the public half, its tag and its id.
#pragma once

#include <cstdint>
#include <string>

#include "zonefall/dnssec/key.h"

namespace zonefall::dnssec {

/// A DNSKEY of this algorithm and these flags, still without its public key.
dns::DnskeyRdata dnskey_for(const KeySpec& spec);

/// "no RSASHA256 key with flags 256 has tag 7: because", for requested tags that fail.
Error tag_error(const KeySpec& spec, const std::string& because);

class KeyPairBase : public KeyPair {
 public:
  explicit KeyPairBase(dns::DnskeyRdata dnskey)
      : dnskey_(std::move(dnskey)), id_(key_pair_id(dnskey_)), tag_(key_tag(dnskey_)) {}

  [[nodiscard]] const dns::DnskeyRdata& dnskey() const override { return dnskey_; }
  [[nodiscard]] std::uint16_t tag() const override { return tag_; }
  [[nodiscard]] std::uint64_t id() const override { return id_; }

 protected:
  [[nodiscard]] Algorithm algorithm() const { return static_cast<Algorithm>(dnskey_.algorithm); }
  /// The lines with which every private key file of BIND begins.
  [[nodiscard]] std::string private_text_head() const;

 private:
  dns::DnskeyRdata dnskey_;
  std::uint64_t id_;
  std::uint16_t tag_;
};

/// "Name: base64" with a newline, as private key files have it.
std::string private_text_line(const char* name, const dns::Octets& octets);

}  // namespace zonefall::dnssec
