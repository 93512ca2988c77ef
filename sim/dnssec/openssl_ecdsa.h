// ECDSA over P-256 and P-384 as DNSSEC uses it (RFC 6605), with the nonces of RFC 6979.
//
// OpenSSL 3.0 draws its nonces at random, so that two runs would dump different zones. Here the
// nonce is a function of key and message, and the few lines of arithmetic stand on OpenSSL's
// curves and numbers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "dnssec/openssl_ptr.h"
#include "zonefall/dnssec/algorithm.h"

namespace zonefall::dnssec {

struct Curve {
  const char* openssl_name;
  std::size_t octets;  // of a coordinate, of a scalar, and of the hash that goes with it
  const EVP_MD* digest;
  const EC_GROUP* group;  // lives as long as the program
  const BIGNUM* order;
};

/// `algorithm` is one of the two ECDSA algorithms.
const Curve& curve_of(Algorithm algorithm);

/// scalar * G; 0 < scalar < order.
EcPointPtr multiply_generator(const Curve& curve, const BIGNUM* scalar, BN_CTX* context);

/// x | y, as DNSKEYs have it (RFC 6605 4).
dns::Octets point_octets(const Curve& curve, const EC_POINT* point, BN_CTX* context);

/// Many successive points: first * G, (first + 1) * G, ... It costs a fraction of as many
/// multiplications, because points are added in projective coordinates and converted by the batch.
class PointWalk {
 public:
  PointWalk(const Curve& curve, const BIGNUM* first);
  /// The next point in affine coordinates, valid until the next call.
  const EC_POINT* next();

 private:
  static constexpr std::size_t batch = 256;

  void refill();

  const Curve& curve_;
  BignumContextPtr context_;
  EcPointPtr next_start_;
  std::array<EcPointPtr, batch> points_;
  std::size_t used_ = batch;
};

/// The nonces that RFC 6979 3.2 proposes for a key and a digest, best first.
class NonceGenerator {
 public:
  NonceGenerator(const Curve& curve, const BIGNUM* private_scalar,
                 std::span<const std::uint8_t> digest);
  BignumPtr next();

 private:
  void update(std::span<const std::uint8_t> data);
  [[nodiscard]] dns::Octets hmac(std::span<const std::uint8_t> data) const;

  const Curve& curve_;
  dns::Octets key_;
  dns::Octets value_;
};

/// r | s (RFC 6605 4).
dns::Octets ecdsa_sign(const Curve& curve, const BIGNUM* private_scalar,
                       std::span<const std::uint8_t> data);

/// r | s to the form that EVP verifies.
dns::Octets ecdsa_signature_to_der(std::span<const std::uint8_t> signature);

}  // namespace zonefall::dnssec
