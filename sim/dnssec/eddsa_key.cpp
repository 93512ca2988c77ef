#include "dnssec/eddsa_key.h"

#include <fmt/format.h>

#include "dnssec/key_base.h"
#include "dnssec/openssl_signature.h"
#include "zonefall/core/assert.h"

namespace zonefall::dnssec {

namespace {

// 64 times the 65536 keys that a tag takes on average: fails for one tag in e^64.
constexpr std::uint32_t tag_candidates_max = 64 * 65536;

struct Sizes {
  int openssl_type;
  std::size_t key_octets;
  std::size_t signature_octets;
};

Sizes sizes_of(Algorithm algorithm) {
  ZF_ASSERT(algorithm == Algorithm::ed25519 || algorithm == Algorithm::ed448);
  if (algorithm == Algorithm::ed25519) return {EVP_PKEY_ED25519, 32, 64};
  return {EVP_PKEY_ED448, 57, 114};
}

PkeyPtr private_pkey(const Sizes& sizes, std::span<const std::uint8_t> private_key) {
  ZF_ASSERT(private_key.size() == sizes.key_octets);
  PkeyPtr pkey(EVP_PKEY_new_raw_private_key(sizes.openssl_type, nullptr, private_key.data(),
                                            private_key.size()));
  ZF_ASSERT(pkey != nullptr);
  return pkey;
}

void read_public_key(const EVP_PKEY* pkey, const Sizes& sizes, dns::Octets& out) {
  out.resize(sizes.key_octets);
  std::size_t size = out.size();
  ZF_ASSERT(EVP_PKEY_get_raw_public_key(pkey, out.data(), &size) == 1 && size == out.size());
}

class EddsaKeyPair final : public KeyPairBase {
 public:
  EddsaKeyPair(dns::DnskeyRdata dnskey, PkeyPtr pkey, const Sizes& sizes)
      : KeyPairBase(std::move(dnskey)), pkey_(std::move(pkey)), sizes_(sizes) {}

  [[nodiscard]] dns::Octets sign(std::span<const std::uint8_t> data) const override {
    return sign_with_pkey(pkey_.get(), algorithm(), data);
  }
  [[nodiscard]] std::size_t signature_size() const override { return sizes_.signature_octets; }
  [[nodiscard]] std::string private_text() const override {
    dns::Octets octets(sizes_.key_octets);
    std::size_t size = octets.size();
    ZF_ASSERT(EVP_PKEY_get_raw_private_key(pkey_.get(), octets.data(), &size) == 1);
    return private_text_head() + private_text_line("PrivateKey", octets);
  }

 private:
  PkeyPtr pkey_;
  Sizes sizes_;
};

/// Adds one to a private key read as a big-endian number. Its hash makes the scalar, so neighbours
/// have nothing in common.
void increment(dns::Octets& number) {
  for (std::size_t i = number.size(); i-- > 0;) {
    if (++number[i] != 0) return;
  }
}

}  // namespace

KeyPairPtr eddsa_key_pair(const KeySpec& spec, std::span<const std::uint8_t> private_key) {
  const Sizes sizes = sizes_of(spec.algorithm);
  PkeyPtr pkey = private_pkey(sizes, private_key);
  dns::DnskeyRdata dnskey = dnskey_for(spec);
  read_public_key(pkey.get(), sizes, dnskey.public_key);
  return std::make_shared<EddsaKeyPair>(std::move(dnskey), std::move(pkey), sizes);
}

Result<KeyPairPtr> make_eddsa_key_pair(const KeySpec& spec, const KeySource& source) {
  const Sizes sizes = sizes_of(spec.algorithm);
  KeyStream stream(source, to_text(spec.algorithm));
  dns::Octets private_key = stream.next(sizes.key_octets);
  if (!spec.requested_tag) return eddsa_key_pair(spec, private_key);

  dns::DnskeyRdata dnskey = dnskey_for(spec);
  for (std::uint32_t step = 0; step < tag_candidates_max; ++step) {
    read_public_key(private_pkey(sizes, private_key).get(), sizes, dnskey.public_key);
    if (key_tag(dnskey) == *spec.requested_tag) return eddsa_key_pair(spec, private_key);
    increment(private_key);
  }
  return tag_error(spec, fmt::format("none was found among {} keys", tag_candidates_max));
}

}  // namespace zonefall::dnssec
