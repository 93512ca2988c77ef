// The registry's keys: what the key store records, and what each HSM really holds.
//
// The key store knows a key by label, tag and the public half it was told; each HSM holds private
// halves of its own. Normally one pair is made and loaded into every HSM. Nothing here marks a
// fault: after once_per_hsm the HSMs hold different private halves under one label and tag,
// and the key store has recorded the public half of one of them. That was the `.de` failure of
// 2026-05-05 (DENIC final report): three pairs, same metadata, tag 33834, one published.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/dnssec/key.h"

namespace zonefall::registry {

enum class KeyRole : std::uint8_t { ksk, zsk };

/// One hardware security module: private halves by key label.
class Hsm {
 public:
  explicit Hsm(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] const std::string& name() const { return name_; }
  void load(const std::string& label, dnssec::KeyPairPtr pair);
  /// Null if this HSM has no key of that label.
  [[nodiscard]] dnssec::KeyPairPtr pair(const std::string& label) const;

 private:
  std::string name_;
  std::map<std::string, dnssec::KeyPairPtr> pairs_;
};

/// What the key store believes about a key.
struct KeyRecord {
  std::string label;
  KeyRole role = KeyRole::zsk;
  std::uint16_t tag = 0;
  dns::DnskeyRdata dnskey;  // the public half that gets published
};

struct KeyRequest {
  std::string label;
  KeyRole role = KeyRole::zsk;
  dnssec::Algorithm algorithm = dnssec::Algorithm::rsasha256;
  std::uint16_t bits = 0;
  std::optional<std::uint16_t> requested_tag = std::nullopt;
};

/// How a key gets into the HSMs. The second is a wrong action that a faulty rollover agent takes.
enum class KeyGeneration : std::uint8_t {
  once_for_all_hsms,  // one pair, loaded into every HSM
  once_per_hsm,       // every HSM makes its own under the same label and tag; the first makes the
                      // pair that all would have had
};

class KeyStore {
 public:
  /// At least one HSM; names must differ.
  KeyStore(std::uint64_t seed, std::vector<std::string> hsm_names);

  /// Makes a key, loads the HSMs, and records one public half (with once_per_hsm: the first
  /// HSM's). Errors: label in use, what make_key_pair() says.
  Result<KeyRecord> generate(const KeyRequest& request, KeyGeneration how);

  [[nodiscard]] const KeyRecord* find(const std::string& label) const;
  [[nodiscard]] const std::vector<KeyRecord>& records() const { return records_; }
  [[nodiscard]] const std::vector<Hsm>& hsms() const { return hsms_; }

 private:
  std::uint64_t seed_;
  std::vector<Hsm> hsms_;
  std::vector<KeyRecord> records_;
};

}  // namespace zonefall::registry
