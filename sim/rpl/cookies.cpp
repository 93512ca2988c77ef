#include "rpl/cookies.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "zonefall/core/assert.h"

namespace zonefall::rpl {
namespace {

constexpr std::uint16_t cookie_option = 10;
constexpr std::size_t client_octets = 8;
constexpr std::size_t made_octets = 24;  // with a server's part of RFC 9018

// SipHash-2-4 (RFC 9018 4.4). OpenSSL makes 16 octets of it where nobody says how many.
std::array<std::uint8_t, 8> siphash(const CookieSecret& key, const dns::Octets& hashed) {
  std::array<std::uint8_t, 8> hash{};
  std::size_t octets = hash.size();
  const std::array params = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &octets),
                             OSSL_PARAM_construct_end()};
  std::size_t made = 0;
  const auto* done =
      EVP_Q_mac(nullptr, "SIPHASH", nullptr, nullptr, params.data(), key.data(), key.size(),
                hashed.data(), hashed.size(), hash.data(), hash.size(), &made);
  ZF_ASSERT(done != nullptr && made == hash.size());
  return hash;
}

// RFC 9018 4: client's cookie, version 1, three reserved octets, time; then the hash of all that
// and of the client's address.
dns::Octets make_cookie(std::span<const std::uint8_t> client, std::uint32_t made_at,
                        const CookieSecret& secret, const dns::Address& address) {
  dns::Octets cookie(client.begin(), client.end());
  cookie.insert(cookie.end(), {1, 0, 0, 0});
  for (unsigned shift = 32; shift > 0; shift -= 8) {
    cookie.push_back(static_cast<std::uint8_t>(made_at >> (shift - 8)));
  }
  dns::Octets hashed = cookie;
  const std::size_t skipped = address.is_v4() ? 12 : 0;
  hashed.insert(hashed.end(), address.octets.begin() + skipped, address.octets.end());
  const auto hash = siphash(secret, hashed);
  cookie.insert(cookie.end(), hash.begin(), hash.end());
  return cookie;
}

}  // namespace

const dns::EdnsOption* cookie_in(const std::optional<dns::Edns>& edns) {
  if (!edns) return nullptr;
  for (const dns::EdnsOption& option : edns->other_options) {
    if (option.code == cookie_option) return &option;
  }
  return nullptr;
}

bool has_cookie_size(const dns::EdnsOption& cookie) {
  const std::size_t octets = cookie.data.size();
  return octets == client_octets || (octets >= 16 && octets <= 40);
}

bool is_valid_cookie(const dns::EdnsOption& cookie, const CookieSecret& secret,
                     const CookieOwner& owner) {
  if (cookie.data.size() != made_octets) return false;
  std::uint32_t made_at = 0;
  for (std::size_t i = 12; i < 16; ++i) made_at = made_at << 8U | cookie.data[i];
  // By serial number arithmetic; five minutes in the future are a clock's fault.
  const auto age_s = static_cast<std::int32_t>(static_cast<std::uint32_t>(owner.now_s) - made_at);
  if (age_s > 3600 || age_s < -300) return false;
  const auto client = std::span(cookie.data).first(client_octets);
  return cookie.data == make_cookie(client, made_at, secret, owner.client);
}

dns::EdnsOption server_cookie(const dns::EdnsOption& cookie, const CookieSecret& secret,
                              const CookieOwner& owner) {
  const auto client = std::span(cookie.data).first(client_octets);
  return {cookie_option,
          make_cookie(client, static_cast<std::uint32_t>(owner.now_s), secret, owner.client)};
}

}  // namespace zonefall::rpl
