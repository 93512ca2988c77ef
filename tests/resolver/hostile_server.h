// What an attacker's servers say: valid messages of hostile content, drawn from a fuzzer's input.
//
// The attacker owns zones of the SmallInternet, keys included: what he makes up may be signed so
// that it verifies. Names come from a small pool, so that aliases, referrals and glue meet again
// and make loops.
#pragma once

#include <cstdint>

#include "fuzz_input.h"
#include "small_internet.h"
#include "zonefall/dns/message.h"

namespace zonefall::resolver::testing {

/// A name that the servers know, or one made from it.
dns::Name draw_name(Input& in);
dns::RRType draw_type(Input& in);

class HostileServer {
 public:
  HostileServer(SmallInternet& internet, Input& in, SimTime now)
      : internet_(internet), in_(in), now_(now) {}

  /// Changes an honest response, or an empty one, in one to three ways.
  void spoil(const dns::Question& asked, dns::Message& message);

 private:
  using Section = std::vector<dns::SignedRRset>;

  void spoil_once(const dns::Question& asked, dns::Message& message);
  void add_aliases(const dns::Question& asked, dns::Message& message);
  void add_dname(const dns::Question& asked, dns::Message& message);
  void refer(const dns::Name& cut, dns::Message& message);
  void add_glue(const dns::Name& ns_name, dns::Message& message);
  void add_ds(const dns::Name& cut, dns::Message& message);
  void multiply_signatures(dns::Message& message);
  void give_keys(const dns::Question& asked, dns::Message& message);
  void deny_by_nsec(const dns::Question& asked, dns::Message& message);
  void deny_by_nsec3(const dns::Question& asked, dns::Message& message);
  void stuff(dns::Message& message);
  void change_ttls(dns::Message& message);
  void change_head(dns::Message& message);

  /// The planned zone at or above a name.
  ZonePlan& zone_of(const dns::Name& name);
  /// Signed by the zone's key, by another with its tag, wrongly in some other way, or not at all.
  dns::SignedRRset draw_signatures(const dns::RRsetPtr& rrset);
  dns::RrsigPtr draw_signature(const dns::RRsetPtr& rrset, const ZonePlan& plan);
  dns::RRsetPtr make(const dns::Name& owner, dns::RRType type, std::vector<dns::Octets> rdatas);
  std::uint32_t draw_ttl_s();
  /// Few as a rule, sometimes as many as a message holds.
  std::size_t draw_count();

  SmallInternet& internet_;
  Input& in_;
  SimTime now_;
};

}  // namespace zonefall::resolver::testing
