#include "zonefall/dnssec/nsec3.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "zonefall/core/assert.h"

namespace zonefall::dnssec {

namespace {

constexpr std::string_view base32hex_digits = "0123456789abcdefghijklmnopqrstuv";
constexpr std::size_t hash_text_octets = 32;
constexpr std::uint8_t no_digit = 0xff;
// By octet; capitals too (RFC 4648 7).
constexpr std::array<std::uint8_t, 256> base32hex_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < base32hex_digits.size(); ++i) {
    const auto digit = static_cast<std::uint8_t>(base32hex_digits[i]);
    values[digit] = static_cast<std::uint8_t>(i);
    if (digit >= 'a') values[digit - ('a' - 'A')] = static_cast<std::uint8_t>(i);
  }
  return values;
}();
constexpr std::size_t salt_octets_max = 255;

// One context per thread, bound to SHA-1 once: fetching the algorithm costs more than the hash.
class Sha1 {
 public:
  Sha1() : algorithm_(EVP_MD_fetch(nullptr, "SHA1", nullptr)), context_(EVP_MD_CTX_new()) {
    ZF_ASSERT(algorithm_ != nullptr && context_ != nullptr);
    ZF_ASSERT(EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) == 1);
  }

  void digest(std::span<const std::uint8_t> octets, Nsec3Hash& out) {
    const bool done = EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) == 1 &&
                      EVP_DigestUpdate(context_.get(), octets.data(), octets.size()) == 1 &&
                      EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) == 1;
    ZF_ASSERT(done);
  }

 private:
  struct Free {
    void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD, Free> algorithm_;
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

std::uint8_t lower(std::uint8_t octet) {
  return octet >= 'A' && octet <= 'Z' ? static_cast<std::uint8_t>(octet + ('a' - 'A')) : octet;
}

Nsec3Hash make_hash(const dns::Name& name, const Nsec3Params& params) {
  thread_local Sha1 sha1;
  ZF_ASSERT(params.salt.size() <= salt_octets_max);
  // Length octets are below 64, so that lower() leaves them alone.
  std::array<std::uint8_t, dns::Name::wire_octets_max + salt_octets_max> input;
  const auto wire = name.wire();
  std::transform(wire.begin(), wire.end(), input.begin(), lower);
  std::copy(params.salt.begin(), params.salt.end(),
            input.begin() + static_cast<std::ptrdiff_t>(wire.size()));

  Nsec3Hash hash;
  sha1.digest({input.data(), wire.size() + params.salt.size()}, hash);
  if (params.iterations == 0) return hash;
  std::copy(params.salt.begin(), params.salt.end(), input.begin() + hash.size());
  for (std::uint32_t i = 0; i < params.iterations; ++i) {
    std::copy(hash.begin(), hash.end(), input.begin());
    sha1.digest({input.data(), hash.size() + params.salt.size()}, hash);
  }
  return hash;
}

// The names hashed last. Every judgement of a denial asks for the apex and its wildcard, and for
// the name in question more than once; what else it asks for, the server has asked for before.
class RecentHashes {
 public:
  const Nsec3Hash& hash(const dns::Name& name, const Nsec3Params& params) {
    Known& known = known_[name.hash() % known_.size()];
    if (!known.hash || !(known.name == name) || !(known.params == params)) {
      known = {name, params, make_hash(name, params)};
    }
    return *known.hash;
  }

 private:
  struct Known {
    dns::Name name;
    Nsec3Params params;
    std::optional<Nsec3Hash> hash;
  };
  std::array<Known, 64> known_;
};

using HashText = std::array<char, hash_text_octets>;

HashText text_of(const Nsec3Hash& hash) {
  HashText text;
  auto* out = text.begin();
  for (std::size_t group = 0; group < hash.size(); group += 5) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 5; ++i) bits = bits << 8 | hash[group + i];
    for (int shift = 35; shift >= 0; shift -= 5) *out++ = base32hex_digits[bits >> shift & 31];
  }
  return text;
}

}  // namespace

Nsec3Hash nsec3_hash(const dns::Name& name, const Nsec3Params& params) {
  thread_local RecentHashes recent;
  return recent.hash(name, params);
}

std::string to_base32hex(const Nsec3Hash& hash) {
  const HashText text = text_of(hash);
  return {text.begin(), text.end()};
}

Result<Nsec3Hash> parse_base32hex(std::string_view text) {
  if (text.size() != hash_text_octets) {
    return Error{
        fmt::format("a hash is {} base32hex digits, not {}", hash_text_octets, text.size())};
  }
  Nsec3Hash hash;
  for (std::size_t group = 0; group < text.size() / 8; ++group) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      const std::uint8_t digit = base32hex_values[static_cast<std::uint8_t>(text[group * 8 + i])];
      if (digit == no_digit) {
        return Error{fmt::format("octet {} of the hash is not a base32hex digit", group * 8 + i)};
      }
      bits = bits << 5 | digit;
    }
    for (std::size_t i = 0; i < 5; ++i) {
      hash[group * 5 + i] = static_cast<std::uint8_t>(bits >> (32 - 8 * i));
    }
  }
  return hash;
}

dns::Name nsec3_owner(const Nsec3Hash& hash, const dns::Name& zone) {
  const HashText text = text_of(hash);
  auto owner = zone.prepend(std::string_view(text.data(), text.size()));
  ZF_ASSERT(owner.ok());
  return std::move(owner).value();
}

std::optional<Nsec3Interval> decode_interval(const dns::RRset& rrset, const dns::Name& zone) {
  const dns::Name& owner = rrset.owner();
  if (rrset.type() != dns::RRType::nsec3 || rrset.rclass() != dns::RRClass::in) return {};
  if (rrset.rdatas().size() != 1) return {};
  if (owner.label_count() != zone.label_count() + 1 || !owner.is_below(zone)) return {};
  const auto label = owner.label(0);
  const auto owner_hash =
      parse_base32hex({reinterpret_cast<const char*>(label.data()), label.size()});
  auto rdata = dns::decode_nsec3(rrset.rdatas().front());
  if (!owner_hash || !rdata) return {};
  dns::Nsec3Rdata& fields = rdata.value();
  constexpr std::uint8_t sha1 = 1;
  if (fields.hash_algorithm != sha1) return {};
  if ((fields.flags & ~dns::Nsec3Rdata::flag_opt_out) != 0) return {};
  Nsec3Interval interval;
  if (fields.next_hash.size() != interval.next_hash.size()) return {};
  interval.owner_hash = owner_hash.value();
  std::copy(fields.next_hash.begin(), fields.next_hash.end(), interval.next_hash.begin());
  interval.params = {fields.iterations, std::move(fields.salt)};
  interval.opt_out = (fields.flags & dns::Nsec3Rdata::flag_opt_out) != 0;
  interval.types = std::move(fields.types);
  return interval;
}

bool covers(const Nsec3Interval& interval, const Nsec3Hash& hash) {
  const bool after_owner = interval.owner_hash < hash;
  const bool before_next = hash < interval.next_hash;
  if (interval.owner_hash < interval.next_hash) return after_owner && before_next;
  // The last interval of the ring, or the only one.
  return after_owner || before_next;
}

}  // namespace zonefall::dnssec
