#include <openssl/evp.h>

#include "zonefall/core/assert.h"
#include "zonefall/dnssec/key.h"

namespace zonefall::dnssec {

namespace {

const EVP_MD* ds_digest(DigestType type) {
  switch (type) {
    case DigestType::sha1: return EVP_sha1();
    case DigestType::sha256: return EVP_sha256();
    case DigestType::sha384: return EVP_sha384();
  }
  assertion_failed("a DigestType outside its enumerators", __FILE__, __LINE__);
}

}  // namespace

dns::DsRdata make_ds(const dns::Name& owner, const dns::DnskeyRdata& dnskey, DigestType type) {
  const dns::Name canonical = owner.canonical();
  dns::Octets digested(canonical.wire().begin(), canonical.wire().end());
  const dns::Octets rdata = dns::encode(dnskey);
  digested.insert(digested.end(), rdata.begin(), rdata.end());

  const EVP_MD* algorithm = ds_digest(type);
  dns::Octets digest(static_cast<std::size_t>(EVP_MD_get_size(algorithm)));
  const int done =
      EVP_Digest(digested.data(), digested.size(), digest.data(), nullptr, algorithm, nullptr);
  ZF_ASSERT(done == 1);
  return {key_tag(dnskey), dnskey.algorithm, static_cast<std::uint8_t>(type), std::move(digest)};
}

bool ds_matches(const dns::DsRdata& ds, const dns::Name& owner, const dns::DnskeyRdata& dnskey) {
  const std::optional<DigestType> type = supported_digest(ds.digest_type);
  // The cheap fields first: most keys of a set differ in them.
  if (!type || ds.algorithm != dnskey.algorithm || ds.key_tag != key_tag(dnskey)) return false;
  return make_ds(owner, dnskey, *type) == ds;
}

}  // namespace zonefall::dnssec
