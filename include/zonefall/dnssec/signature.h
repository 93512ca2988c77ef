// Making and checking single RRSIGs: RFC 4034 3.1.8.1, RFC 4035 5.3.
//
// A signature made here is lazy: it knows its key pair and the content it covers, and makes its
// octets when somebody asks. Checking exists twice. `ByteVerifier` gives OpenSSL the octets.
// `IdentityVerifier` compares identities (same key pair, same content, same fields) where a
// signature has one, and falls back to octets where it has none. Both must always agree; tests and
// the run's own sample prove it.
#pragma once

#include <cstdint>
#include <memory>

#include "zonefall/core/time.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/dnssec/key.h"

namespace zonefall::dnssec {

struct SignatureWindow {
  std::uint32_t inception = 0;  // seconds since 1970 modulo 2^32
  std::uint32_t expiration = 0;
};

/// Signs `rrset` as `signer` (the zone name). `labels` follows RFC 4034 3.1.3 (a wildcard owner
/// counts without its "*"). The signature keeps the RRset and the key pair and makes its octets
/// from them when they are first asked for; equal arguments give equal octets.
dns::RrsigPtr sign(const dns::RRsetPtr& rrset, const KeyPairPtr& key, const dns::Name& signer,
                   const SignatureWindow& window);

/// The octets a signature covers: RRSIG fields with the signer in lower case, then each record in
/// canonical form and order with the original TTL and, where labels say so, the wildcard owner
/// (RFC 4035 5.3.2). `fields.labels` must not exceed the owner's labels.
dns::Octets signed_octets(const dns::RrsigFields& fields, const dns::RRset& rrset);

/// What signed_octets() covers, as an id: equal octets, equal ids.
Digest128 covered_id(const dns::RrsigFields& fields, const dns::RRset& rrset);

/// Says whether a signature is cryptographically right under one public key. Looks at nothing
/// else: not at times, not at names, not at flags. Pure and safe from several threads.
class SignatureVerifier {
 public:
  virtual ~SignatureVerifier() = default;
  /// Whether it knows the algorithm: supported_algorithm(), unless it knows more. Signatures and DS
  /// records of others are passed over.
  [[nodiscard]] virtual bool supports(std::uint8_t algorithm) const;
  [[nodiscard]] virtual bool verifies(const dns::RRset& rrset, const dns::Rrsig& rrsig,
                                      const dns::DnskeyRdata& dnskey) const = 0;
};

class ByteVerifier final : public SignatureVerifier {
 public:
  [[nodiscard]] bool verifies(const dns::RRset& rrset, const dns::Rrsig& rrsig,
                              const dns::DnskeyRdata& dnskey) const override;
};

class IdentityVerifier final : public SignatureVerifier {
 public:
  [[nodiscard]] bool verifies(const dns::RRset& rrset, const dns::Rrsig& rrsig,
                              const dns::DnskeyRdata& dnskey) const override;
};

}  // namespace zonefall::dnssec
