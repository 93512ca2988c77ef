#include "dnssec/openssl_ptr.h"

#include "zonefall/core/assert.h"

namespace zonefall::dnssec {

BignumContextPtr make_bignum_context() {
  BignumContextPtr context(BN_CTX_new());
  ZF_ASSERT(context != nullptr);
  return context;
}

BignumPtr make_bignum() {
  BignumPtr number(BN_new());
  ZF_ASSERT(number != nullptr);
  return number;
}

BignumPtr to_bignum(std::span<const std::uint8_t> octets) {
  BignumPtr number(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
  ZF_ASSERT(number != nullptr);
  return number;
}

dns::Octets to_octets(const BIGNUM* number, std::size_t size) {
  dns::Octets octets(size);
  const int written = BN_bn2binpad(number, octets.data(), static_cast<int>(size));
  ZF_ASSERT(written == static_cast<int>(size));
  return octets;
}

dns::Octets to_octets(const BIGNUM* number) {
  return to_octets(number, static_cast<std::size_t>(BN_num_bytes(number)));
}

PkeyPtr make_pkey(const char* type, KeyPart part, OSSL_PARAM_BLD* builder) {
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder));
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  ZF_ASSERT(params != nullptr && context != nullptr);
  const int selection = part == KeyPart::key_pair ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
  EVP_PKEY* made = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, selection, params.get()) != 1) {
    return nullptr;
  }
  return PkeyPtr(made);
}

}  // namespace zonefall::dnssec
