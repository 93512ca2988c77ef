#include "rpl/cookies.h"

#include <algorithm>
#include <bit>

#include "zonefall/core/words.h"

namespace zonefall::rpl {
namespace {

constexpr std::uint16_t cookie_option = 10;
constexpr std::size_t client_octets = 8;
constexpr std::size_t made_octets = 24;  // with a server's part of RFC 9018

// SipHash-2-4 (RFC 9018 4.4).
class SipHash {
 public:
  explicit SipHash(const CookieSecret& key)
      : v_{load_word(key.data()) ^ 0x736f6d6570736575U,
           load_word(key.data() + 8) ^ 0x646f72616e646f6dU,
           load_word(key.data()) ^ 0x6c7967656e657261U,
           load_word(key.data() + 8) ^ 0x7465646279746573U} {}

  std::uint64_t hash(std::span<const std::uint8_t> octets) {
    const std::uint64_t length = std::uint64_t{octets.size()} << 56U;
    for (; octets.size() >= 8; octets = octets.subspan(8)) add(load_word(octets.data()));
    add(length | load_short_word(octets.data(), octets.size()));
    v_[2] ^= 0xffU;
    for (int i = 0; i < 4; ++i) round();
    return v_[0] ^ v_[1] ^ v_[2] ^ v_[3];
  }

 private:
  void add(std::uint64_t word) {
    v_[3] ^= word;
    round();
    round();
    v_[0] ^= word;
  }

  void round() {
    v_[0] += v_[1];
    v_[1] = std::rotl(v_[1], 13) ^ v_[0];
    v_[0] = std::rotl(v_[0], 32);
    v_[2] += v_[3];
    v_[3] = std::rotl(v_[3], 16) ^ v_[2];
    v_[0] += v_[3];
    v_[3] = std::rotl(v_[3], 21) ^ v_[0];
    v_[2] += v_[1];
    v_[1] = std::rotl(v_[1], 17) ^ v_[2];
    v_[2] = std::rotl(v_[2], 32);
  }

  std::array<std::uint64_t, 4> v_;
};

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
  std::uint64_t hash = SipHash(secret).hash(hashed);
  for (int i = 0; i < 8; ++i, hash >>= 8U) cookie.push_back(static_cast<std::uint8_t>(hash));
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
