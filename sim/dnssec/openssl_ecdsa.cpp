// EC_POINTs_make_affine is deprecated in OpenSSL 3.0 without a successor; it is what makes walking
// from point to point cheap.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "dnssec/openssl_ecdsa.h"

#include <openssl/hmac.h>
#include <openssl/obj_mac.h>

#include "zonefall/core/assert.h"

namespace zonefall::dnssec {

namespace {

using ConstOctets = std::span<const std::uint8_t>;

Curve make_curve(int openssl_id, const char* openssl_name, const EVP_MD* digest) {
  const EC_GROUP* group = EC_GROUP_new_by_curve_name(openssl_id);
  ZF_ASSERT(group != nullptr);
  const auto octets = static_cast<std::size_t>((EC_GROUP_get_degree(group) + 7) / 8);
  ZF_ASSERT(octets == static_cast<std::size_t>(EVP_MD_get_size(digest)));
  return {openssl_name, octets, digest, group, EC_GROUP_get0_order(group)};
}

/// RFC 6979 2.3.2 and 2.3.4. Curve and hash are equally long here, so no bits are cut off.
BignumPtr digest_to_scalar(const Curve& curve, ConstOctets digest, BN_CTX* context) {
  BignumPtr scalar = to_bignum(digest);
  ZF_ASSERT(BN_nnmod(scalar.get(), scalar.get(), curve.order, context) == 1);
  return scalar;
}

void append(dns::Octets& out, ConstOctets octets) {
  out.insert(out.end(), octets.begin(), octets.end());
}

dns::Octets digest_of(const Curve& curve, ConstOctets data) {
  dns::Octets digest(curve.octets);
  const int done =
      EVP_Digest(data.data(), data.size(), digest.data(), nullptr, curve.digest, nullptr);
  ZF_ASSERT(done == 1);
  return digest;
}

}  // namespace

const Curve& curve_of(Algorithm algorithm) {
  // Never freed: signatures may be made until the program ends.
  static const Curve p256 = make_curve(NID_X9_62_prime256v1, "prime256v1", EVP_sha256());
  static const Curve p384 = make_curve(NID_secp384r1, "secp384r1", EVP_sha384());
  ZF_ASSERT(algorithm == Algorithm::ecdsap256sha256 || algorithm == Algorithm::ecdsap384sha384);
  return algorithm == Algorithm::ecdsap256sha256 ? p256 : p384;
}

EcPointPtr multiply_generator(const Curve& curve, const BIGNUM* scalar, BN_CTX* context) {
  EcPointPtr point(EC_POINT_new(curve.group));
  ZF_ASSERT(point != nullptr);
  ZF_ASSERT(EC_POINT_mul(curve.group, point.get(), scalar, nullptr, nullptr, context) == 1);
  return point;
}

dns::Octets point_octets(const Curve& curve, const EC_POINT* point, BN_CTX* context) {
  dns::Octets octets(1 + 2 * curve.octets);
  const std::size_t written = EC_POINT_point2oct(curve.group, point, POINT_CONVERSION_UNCOMPRESSED,
                                                 octets.data(), octets.size(), context);
  ZF_ASSERT(written == octets.size());
  octets.erase(octets.begin());  // the form octet
  return octets;
}

PointWalk::PointWalk(const Curve& curve, const BIGNUM* first)
    : curve_(curve),
      context_(make_bignum_context()),
      next_start_(multiply_generator(curve, first, context_.get())) {
  for (EcPointPtr& point : points_) {
    point.reset(EC_POINT_new(curve_.group));
    ZF_ASSERT(point != nullptr);
  }
}

void PointWalk::refill() {
  const EC_POINT* generator = EC_GROUP_get0_generator(curve_.group);
  const EC_POINT* last = nullptr;
  std::array<EC_POINT*, batch> raw{};
  for (std::size_t i = 0; i < batch; ++i) {
    raw[i] = points_[i].get();
    const int done = last == nullptr
                         ? EC_POINT_copy(raw[i], next_start_.get())
                         : EC_POINT_add(curve_.group, raw[i], last, generator, context_.get());
    ZF_ASSERT(done == 1);
    last = raw[i];
  }
  ZF_ASSERT(EC_POINT_add(curve_.group, next_start_.get(), last, generator, context_.get()) == 1);
  ZF_ASSERT(EC_POINTs_make_affine(curve_.group, batch, raw.data(), context_.get()) == 1);
  used_ = 0;
}

const EC_POINT* PointWalk::next() {
  if (used_ == batch) refill();
  return points_[used_++].get();
}

NonceGenerator::NonceGenerator(const Curve& curve, const BIGNUM* private_scalar, ConstOctets digest)
    : curve_(curve), key_(curve.octets, 0), value_(curve.octets, 1) {
  const BignumContextPtr context = make_bignum_context();
  const BignumPtr hashed = digest_to_scalar(curve, digest, context.get());
  dns::Octets seed = {0};  // the round, then what the RFC writes int2octets(x) || bits2octets(h1)
  append(seed, to_octets(private_scalar, curve.octets));
  append(seed, to_octets(hashed.get(), curve.octets));
  for (const std::uint8_t round : {std::uint8_t{0}, std::uint8_t{1}}) {
    seed.front() = round;
    update(seed);
  }
}

void NonceGenerator::update(ConstOctets data) {
  dns::Octets message = value_;
  message.insert(message.end(), data.begin(), data.end());
  key_ = hmac(message);
  value_ = hmac(value_);
}

dns::Octets NonceGenerator::hmac(ConstOctets data) const {
  dns::Octets result(curve_.octets);
  const std::uint8_t* done = HMAC(curve_.digest, key_.data(), static_cast<int>(key_.size()),
                                  data.data(), data.size(), result.data(), nullptr);
  ZF_ASSERT(done != nullptr);
  return result;
}

BignumPtr NonceGenerator::next() {
  for (;;) {
    value_ = hmac(value_);
    BignumPtr nonce = to_bignum(value_);
    const std::uint8_t zero = 0;
    update({&zero, 1});  // what a rejected nonce is followed by
    if (BN_is_zero(nonce.get()) == 0 && BN_cmp(nonce.get(), curve_.order) < 0) return nonce;
  }
}

dns::Octets ecdsa_sign(const Curve& curve, const BIGNUM* private_scalar, ConstOctets data) {
  const BignumContextPtr owned_context = make_bignum_context();
  BN_CTX* context = owned_context.get();
  const dns::Octets digest = digest_of(curve, data);
  const BignumPtr hashed = digest_to_scalar(curve, digest, context);
  NonceGenerator nonces(curve, private_scalar, digest);
  const BignumPtr r = make_bignum();
  const BignumPtr s = make_bignum();
  do {
    const BignumPtr k = nonces.next();
    const EcPointPtr point = multiply_generator(curve, k.get(), context);
    const BignumPtr k_inverse(BN_mod_inverse(nullptr, k.get(), curve.order, context));
    ZF_ASSERT(k_inverse != nullptr);
    // r = x(k G) mod n; s = (hash + r d) / k mod n
    ZF_ASSERT(
        EC_POINT_get_affine_coordinates(curve.group, point.get(), r.get(), nullptr, context) == 1);
    ZF_ASSERT(BN_nnmod(r.get(), r.get(), curve.order, context) == 1);
    ZF_ASSERT(BN_mod_mul(s.get(), r.get(), private_scalar, curve.order, context) == 1);
    ZF_ASSERT(BN_mod_add(s.get(), s.get(), hashed.get(), curve.order, context) == 1);
    ZF_ASSERT(BN_mod_mul(s.get(), s.get(), k_inverse.get(), curve.order, context) == 1);
  } while (BN_is_zero(r.get()) == 1 || BN_is_zero(s.get()) == 1);
  dns::Octets signature = to_octets(r.get(), curve.octets);
  const dns::Octets s_octets = to_octets(s.get(), curve.octets);
  signature.insert(signature.end(), s_octets.begin(), s_octets.end());
  return signature;
}

dns::Octets ecdsa_signature_to_der(ConstOctets signature) {
  const std::size_t half = signature.size() / 2;
  BignumPtr r = to_bignum(signature.first(half));
  BignumPtr s = to_bignum(signature.subspan(half));
  const EcdsaSignaturePtr parts(ECDSA_SIG_new());
  ZF_ASSERT(parts != nullptr && ECDSA_SIG_set0(parts.get(), r.get(), s.get()) == 1);
  static_cast<void>(r.release());  // `parts` owns both now
  static_cast<void>(s.release());
  const int size = i2d_ECDSA_SIG(parts.get(), nullptr);
  ZF_ASSERT(size > 0);
  dns::Octets der(static_cast<std::size_t>(size));
  std::uint8_t* out = der.data();
  ZF_ASSERT(i2d_ECDSA_SIG(parts.get(), &out) == size);
  return der;
}

}  // namespace zonefall::dnssec
