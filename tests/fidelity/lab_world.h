// The measured lab's zones and servers, rebuilt: root, net., one TLD clone, its children.
//
// Names, TTLs, addresses, denial and key sizes are those of the lab in which real resolvers were
// measured (README.md beside this file). Faults are made as they were there. Everything is a
// function of the TLD and the times.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "zonefall/authority/server.h"
#include "zonefall/authority/zone_version.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/address.h"
#include "zonefall/dns/name.h"
#include "zonefall/dnssec/key.h"
#include "zonefall/resolver/resolver.h"

namespace zonefall::fidelity {

/// TTLs as in .de, or 30 s for everything that comes from the parent side.
enum class TtlFamily : std::uint8_t { as_de, thirty_seconds };

enum class LabFault : std::uint8_t {
  /// The TLD is signed by another private key that has the published ZSK's tag and algorithm; the
  /// DNSKEY RRset and its signature stay right.
  other_private_key,
  /// The TLD is signed by a ZSK that is not in its DNSKEY RRset, which is right.
  unpublished_key,
  /// All signatures of the TLD have expired a day ago, that of its DNSKEY RRset too.
  expired_signatures,
  /// The DS RRset in the root matches no key of the TLD.
  ds_mismatch,
  /// The TLD is unsigned: no DNSKEY RRset, no signatures, no DS RRsets of its children. The DS
  /// RRset
  /// in the root stays.
  unsigned_zone,
  /// The TLD's servers and its children's do not answer.
  silence,
};

struct LabTld {
  std::string label;  // "de"
  TtlFamily family = TtlFamily::as_de;
  LabFault fault = LabFault::other_private_key;
  std::uint8_t net = 0;  // its six servers are 198.18.<net>.1 to .6

  [[nodiscard]] dns::Name name() const;
};

struct LabTimes {
  SimTime start;        // the zones were signed an hour before
  SimTime fault_at;     // all servers are in the fault's state
  SimTime repaired_at;  // and in the repaired one
};

/// The zones' three versions with their keys; slow to make (RSA keys), shared by all instances.
class LabZones {
 public:
  LabZones(LabTld tld, SimTime start);

  [[nodiscard]] const LabTld& tld() const { return tld_; }
  [[nodiscard]] resolver::TrustAnchor root_anchor() const { return root_anchor_; }
  [[nodiscard]] static std::vector<resolver::RootHint> root_hints();
  [[nodiscard]] authority::ServerDirectory servers(const LabTimes& times) const;

 private:
  void make_children(SimTime start);
  void make_tld(SimTime start);
  [[nodiscard]] authority::ZoneVersionPtr faulty_tld(SimTime start, SimTime signed_at) const;
  [[nodiscard]] dnssec::KeyPairPtr signer_during_fault() const;
  void make_root_and_net(SimTime start);

  LabTld tld_;
  resolver::TrustAnchor root_anchor_;
  std::string child_ds_text_;  // DS records of the signed children
  dnssec::KeyPairPtr tld_ksk_;
  dnssec::KeyPairPtr tld_zsk_;
  std::string tld_ds_text_;    // the TLD's DS record in the root
  std::string wrong_ds_text_;  // and the one that the fault ds_mismatch puts there
  std::array<authority::ZoneVersionPtr, 3> root_versions_;  // good, fault, repaired
  authority::ZoneVersionPtr net_;
  authority::ZoneVersionPtr nic_;
  std::array<authority::ZoneVersionPtr, 3> tld_versions_;  // good, fault, repaired
  std::vector<authority::ZoneVersionPtr> children_;
};

/// Where a server stands in the lab.
enum class ServerGroup : std::uint8_t { root, net, tld, child, unknown };
ServerGroup group_of(const dns::Address& address, const LabTld& tld);

}  // namespace zonefall::fidelity
