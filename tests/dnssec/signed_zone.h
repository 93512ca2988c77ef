// Small zones made, chained and signed in a test, and both ways of checking signatures side by
// side.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zonefall/dnssec/signature.h"
#include "zonefall/dnssec/validate.h"

namespace zonefall::dnssec::testing {

inline dns::Name name(std::string_view text) {
  return dns::Name::literal(text);
}

/// The instant the zones of the tests are looked at, and a window around it.
inline constexpr std::int64_t now_s = 1'778'000'000;
inline constexpr SimTime now = SimTime::from_unix_s(now_s);
inline constexpr SignatureWindow window_around_now{1'777'000'000, 1'779'000'000};

/// The RRsets of a master file by owner and type.
class Records {
 public:
  explicit Records(std::string_view master_text, std::string_view origin = ".");
  /// Fails the test if there is none.
  [[nodiscard]] const dns::SignedRRset& at(std::string_view owner, dns::RRType type) const;
  [[nodiscard]] const std::vector<dns::SignedRRset>& all() const { return all_; }

 private:
  std::vector<dns::SignedRRset> all_;
};

/// An ECDSA P-256 pair named by `label`.
KeyPairPtr make_key(const std::string& label,
                    std::uint16_t flags = dns::DnskeyRdata::flag_zone_key);
dns::RRsetPtr make_rrset(const dns::Name& owner, dns::RRType type, std::vector<dns::Octets> rdatas,
                         std::uint32_t ttl_s = 3600);
dns::RRsetPtr dnskey_rrset(const dns::Name& zone, const std::vector<dns::DnskeyRdata>& keys);
dns::RRsetPtr ds_rrset(const dns::Name& zone, const dns::DnskeyRdata& key,
                       DigestType type = DigestType::sha256);
dns::SignedRRset signed_by(const dns::RRsetPtr& rrset, const KeyPairPtr& key,
                           const dns::Name& signer,
                           const SignatureWindow& window = window_around_now);
/// The same RRset under changed RRSIG fields; the octets are those of the old signature.
dns::SignedRRset with_fields(const dns::SignedRRset& entry,
                             const std::function<void(dns::RrsigFields&)>& change);

enum class ChainKind : std::uint8_t { nsec, nsec3, nsec3_opt_out };

/// A zone from its unsigned master text: NSEC or NSEC3 chain (empty non-terminals included,
/// unsigned delegations left out under opt-out), a ZSK for all but the DNSKEY RRset, a KSK for
/// that.
class SignedZone {
 public:
  SignedZone(std::string_view apex, std::string_view master_text, ChainKind kind,
             Nsec3Params params = {});

  [[nodiscard]] const dns::Name& apex() const { return apex_; }
  [[nodiscard]] const KeyPairPtr& zsk() const { return zsk_; }
  [[nodiscard]] const KeyPairPtr& ksk() const { return ksk_; }
  [[nodiscard]] ZoneKeys keys() const { return zone_keys(*dnskeys().rrset); }
  [[nodiscard]] dns::SignedRRset dnskeys() const;
  [[nodiscard]] dns::RRsetPtr ds() const { return ds_rrset(apex_, ksk_->dnskey()); }
  [[nodiscard]] dns::SignedRRset at(std::string_view owner, dns::RRType type) const;
  /// As at() of a wildcard, under the name it was expanded for.
  [[nodiscard]] dns::SignedRRset expanded(std::string_view wildcard, dns::RRType type,
                                          std::string_view as) const;
  /// The NSEC or NSEC3 at / over a name; fails the test if there is none.
  [[nodiscard]] dns::SignedRRset matching(std::string_view owner) const;
  [[nodiscard]] dns::SignedRRset covering(std::string_view owner) const;
  /// The whole chain, signed.
  [[nodiscard]] std::vector<dns::SignedRRset> chain() const;
  [[nodiscard]] dns::SignedRRset sign(const dns::RRsetPtr& rrset) const;

 private:
  struct Owner {
    dns::Name name;
    std::vector<dns::RRType> types;
  };
  [[nodiscard]] std::vector<Owner> chain_owners() const;
  void make_nsec_chain();
  void make_nsec3_chain();

  dns::Name apex_;
  ChainKind kind_;
  Nsec3Params params_;
  KeyPairPtr zsk_;
  KeyPairPtr ksk_;
  Records records_;
  std::vector<std::pair<dns::Name, dns::RRsetPtr>> nsecs_;   // in canonical order
  std::vector<std::pair<Nsec3Hash, dns::RRsetPtr>> nsec3s_;  // in hash order
};

/// Runs `body` with both verifiers, requires equal results, and returns the one.
RRsetVerdict with_both(const std::function<RRsetVerdict(const Validator&)>& body,
                       const ValidationLimits& limits = {});
RRsetVerdict check_rrset(const dns::SignedRRset& entry, const ZoneKeys& keys, SimTime at = now);
RRsetVerdict check_denial(const DenialQuestion& question,
                          const std::vector<dns::SignedRRset>& proof, const ZoneKeys& keys,
                          SimTime at = now, const ValidationLimits& limits = {});

/// What can be wrong with one signed RRset, and the reason it must give.
struct Damage {
  std::string_view what;
  Reason reason;
  std::function<dns::SignedRRset(const dns::SignedRRset&)> apply;
};
/// All of them, for RRsets of `zone` signed by its ZSK.
std::vector<Damage> damages(const SignedZone& zone);

}  // namespace zonefall::dnssec::testing
