// Signatures of DSA/SHA-1 (RFC 2536), for data of other projects' tests: nothing else has any.
#pragma once

#include "zonefall/dnssec/signature.h"

namespace zonefall::dnssec {

/// As ByteVerifier, and algorithms 3 and 6 besides. Their signatures are taken as RFC 2536 3 has
/// them, and as the ASN.1 that some signers wrote.
class DsaVerifier final : public SignatureVerifier {
 public:
  [[nodiscard]] bool supports(std::uint8_t algorithm) const override;
  [[nodiscard]] bool verifies(const dns::RRset& rrset, const dns::Rrsig& rrsig,
                              const dns::DnskeyRdata& dnskey) const override;
};

}  // namespace zonefall::dnssec
