#include "dnssec/ecdsa_key.h"

#include <fmt/format.h>

#include "dnssec/key_base.h"
#include "dnssec/openssl_ecdsa.h"
#include "zonefall/core/assert.h"

namespace zonefall::dnssec {

namespace {

// 64 times the 65536 keys that a tag takes on average: fails for one tag in e^64.
constexpr std::uint32_t tag_candidates_max = 64 * 65536;

class EcdsaKeyPair final : public KeyPairBase {
 public:
  EcdsaKeyPair(dns::DnskeyRdata dnskey, const Curve& curve, BignumPtr private_scalar)
      : KeyPairBase(std::move(dnskey)), curve_(curve), private_scalar_(std::move(private_scalar)) {}

  [[nodiscard]] dns::Octets sign(std::span<const std::uint8_t> data) const override {
    return ecdsa_sign(curve_, private_scalar_.get(), data);
  }
  [[nodiscard]] std::size_t signature_size() const override { return 2 * curve_.octets; }
  [[nodiscard]] std::string private_text() const override {
    return private_text_head() +
           private_text_line("PrivateKey", to_octets(private_scalar_.get(), curve_.octets));
  }

 private:
  const Curve& curve_;
  BignumPtr private_scalar_;
};

KeyPairPtr pair_of(const KeySpec& spec, BignumPtr private_scalar) {
  const Curve& curve = curve_of(spec.algorithm);
  ZF_ASSERT(BN_is_zero(private_scalar.get()) == 0);
  ZF_ASSERT(BN_cmp(private_scalar.get(), curve.order) < 0);
  const BignumContextPtr context = make_bignum_context();
  const EcPointPtr point = multiply_generator(curve, private_scalar.get(), context.get());
  dns::DnskeyRdata dnskey = dnskey_for(spec);
  dnskey.public_key = point_octets(curve, point.get(), context.get());
  return std::make_shared<EcdsaKeyPair>(std::move(dnskey), curve, std::move(private_scalar));
}

/// Uniform over 1 .. order - 1 but for a bias of 2^-64.
BignumPtr first_scalar(const KeySpec& spec, const KeySource& source, BN_CTX* context) {
  const Curve& curve = curve_of(spec.algorithm);
  KeyStream stream(source, to_text(spec.algorithm));
  BignumPtr scalar = to_bignum(stream.next(curve.octets + 8));
  const BignumPtr range(BN_dup(curve.order));
  ZF_ASSERT(range != nullptr && BN_sub_word(range.get(), 1) == 1);
  ZF_ASSERT(BN_nnmod(scalar.get(), scalar.get(), range.get(), context) == 1);
  ZF_ASSERT(BN_add_word(scalar.get(), 1) == 1);
  return scalar;
}

}  // namespace

KeyPairPtr ecdsa_key_pair(const KeySpec& spec, std::span<const std::uint8_t> private_scalar) {
  return pair_of(spec, to_bignum(private_scalar));
}

Result<KeyPairPtr> make_ecdsa_key_pair(const KeySpec& spec, const KeySource& source) {
  const Curve& curve = curve_of(spec.algorithm);
  const BignumContextPtr context = make_bignum_context();
  BignumPtr scalar = first_scalar(spec, source, context.get());
  if (!spec.requested_tag) return pair_of(spec, std::move(scalar));

  PointWalk walk(curve, scalar.get());
  dns::DnskeyRdata dnskey = dnskey_for(spec);
  for (std::uint32_t step = 0; step < tag_candidates_max; ++step) {
    dnskey.public_key = point_octets(curve, walk.next(), context.get());
    if (key_tag(dnskey) != *spec.requested_tag) continue;
    ZF_ASSERT(BN_add_word(scalar.get(), step) == 1);
    return pair_of(spec, std::move(scalar));
  }
  return tag_error(spec, fmt::format("none was found among {} keys", tag_candidates_max));
}

}  // namespace zonefall::dnssec
