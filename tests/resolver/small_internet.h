// A small Internet of listed zones, described in C++ and signed with our own keys.
//
// root (signed, NSEC) at 192.0.2.1 and .2
// tld. (signed, NSEC3 with opt-out) at 192.0.2.11 and .12
// other. (signed, NSEC) at 192.0.2.21
// signed.tld. (signed, NSEC) at 192.0.2.31 and .32
// plain.tld. (unsigned) at 192.0.2.41
// A test changes a plan, or adds one, before (or while) servers serve it: a fault is a zone signed
// or served the wrong way.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "zonefall/authority/zone_version.h"
#include "zonefall/core/time.h"
#include "zonefall/dnssec/key.h"
#include "zonefall/dnssec/signature.h"
#include "zonefall/resolver/resolver.h"

namespace zonefall::resolver::testing {

/// The start of every test: not on a whole second, as most instants are not.
inline const SimTime start_time = SimTime::from_unix_s(1'778'007'600) + Duration::milliseconds(250);

enum class Signing : std::uint8_t { unsigned_zone, nsec, nsec3, nsec3_opt_out };
enum class Role : std::uint8_t { ksk, zsk };

/// The ECDSA P-256 pair of that label; with a tag: another pair with that key tag.
dnssec::KeyPairPtr make_key(const std::string& label, Role role);
dnssec::KeyPairPtr make_key_like(const dnssec::KeyPairPtr& like, const std::string& label);

/// How a zone is made and signed. Deviating from what is published makes faults.
struct ZonePlan {
  std::string apex;
  std::string text;  // master file, relative to the apex: SOA, NS, data, delegations without DS
  std::vector<std::string> addresses;  // who serves it
  Signing signing = Signing::unsigned_zone;
  dnssec::KeyPairPtr ksk = nullptr;  // null: made from the apex
  dnssec::KeyPairPtr zsk = nullptr;
  dnssec::KeyPairPtr signing_zsk = nullptr;    // null: the published one
  dnssec::KeyPairPtr second_zsk = nullptr;     // signs everything too, after that one
  dnssec::KeyPairPtr ksk_of_parent = nullptr;  // whose DS the parent has; null: the right one
  bool has_ds = true;                          // where it is signed
  std::string ds_text = {};                    // instead: "12345 200 2 00..." RDATA text
  std::uint32_t dnskey_ttl_s = 3600;
  std::uint32_t ds_ttl_s = 3600;
  std::uint32_t denial_ttl_s = 300;
  std::uint16_t nsec3_iterations = 0;
  Duration signed_before = Duration::hours(1);  // start_time
  Duration valid_for = Duration::days(30);      // from then on
};

class SmallInternet {
 public:
  SmallInternet();

  ZonePlan& zone(std::string_view apex);
  /// Adds a zone; its delegation and glue go into the parent's text.
  struct Delegation {
    std::string parent;
    std::string text;  // NS and glue records, relative to the parent's apex
  };
  ZonePlan& add(ZonePlan plan, const Delegation& delegation);

  [[nodiscard]] const std::map<std::string, ZonePlan>& zones() const { return zones_; }
  /// As planned now, with the DS RRsets of planned children.
  [[nodiscard]] authority::ZoneVersionPtr version(const std::string& apex) const;
  [[nodiscard]] TrustAnchor anchor(const std::string& apex) const;
  [[nodiscard]] static std::vector<RootHint> root_hints();

 private:
  [[nodiscard]] std::string parent_of(const std::string& apex) const;

  std::map<std::string, ZonePlan> zones_;
};

}  // namespace zonefall::resolver::testing
