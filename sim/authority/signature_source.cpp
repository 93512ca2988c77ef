#include <utility>

#include "zonefall/authority/zone_version.h"

namespace zonefall::authority {

namespace {

class SimpleSource final : public SignatureSource {
 public:
  explicit SimpleSource(SimpleSigner signer) : signer_(std::move(signer)) {}

  [[nodiscard]] Signatures signatures(const dns::RRsetPtr& rrset) const override {
    const bool by_ksk = rrset->type() == dns::RRType::dnskey && rrset->owner() == signer_.zone;
    Signatures made;
    for (const dnssec::KeyPairPtr& key : by_ksk ? signer_.ksks : signer_.zsks) {
      made.rrsigs.push_back(dnssec::sign(rrset, key, signer_.zone, signer_.window));
    }
    return made;
  }

 private:
  SimpleSigner signer_;
};

}  // namespace

SignatureSourcePtr make_signature_source(SimpleSigner signer) {
  return std::make_shared<const SimpleSource>(std::move(signer));
}

}  // namespace zonefall::authority
