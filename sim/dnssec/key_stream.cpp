#include "dnssec/key_stream.h"

#include <array>

#include <openssl/evp.h>

#include "zonefall/core/assert.h"

namespace zonefall::dnssec {

namespace {

constexpr std::string_view domain = "zonefall key pair 1";

void append_u64(dns::Octets& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>((value >> shift) & 0xff));
  }
}

void append_text(dns::Octets& out, std::string_view text) {
  append_u64(out, text.size());
  out.insert(out.end(), text.begin(), text.end());
}

}  // namespace

KeyStream::KeyStream(const KeySource& source, std::string_view purpose) {
  append_text(prefix_, domain);
  append_u64(prefix_, source.seed);
  append_text(prefix_, source.label);
  append_text(prefix_, purpose);
}

dns::Octets KeyStream::next(std::size_t size) {
  dns::Octets out;
  dns::Octets input = prefix_;
  while (out.size() < size) {
    input.resize(prefix_.size());
    append_u64(input, block_++);
    std::array<std::uint8_t, 64> digest{};
    const int done =
        EVP_Digest(input.data(), input.size(), digest.data(), nullptr, EVP_sha512(), nullptr);
    ZF_ASSERT(done == 1);
    out.insert(out.end(), digest.begin(), digest.end());
  }
  out.resize(size);
  return out;
}

}  // namespace zonefall::dnssec
