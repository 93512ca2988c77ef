// The `.de` registry of 2026-05-05 with 2,000 names, for tests. Numbers are the published ones:
// key tags and sizes, times, TTLs, opt-out without salt or iterations.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zonefall/authority/audit.h"
#include "zonefall/authority/zone_version.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/dnssec/validate.h"
#include "zonefall/registry/key_store.h"
#include "zonefall/registry/registry.h"

namespace zonefall::registry {

/// "19:30" or "19:30:05" on the evening of 2026-05-05, or RFC 3339.
SimTime utc(std::string_view text);

enum class NewZsk { published, never_published };

struct DeWorld {
  explicit DeWorld(KeyGeneration generation, NewZsk new_zsk = NewZsk::published);

  KeyStore keys;
  RegistryPlan plan;
  std::vector<dns::Name> signed_members;
  std::vector<dns::Name> unsigned_members;
  dns::Name apex_nsec3;
  dns::RRsetPtr parent_ds;  // of the KSK with tag 26755

  [[nodiscard]] RegistryRun run() const;
};

/// What site number `site` of `run` serves at `at`.
authority::ZoneVersionPtr served(const RegistryRun& run, std::size_t site, SimTime at);

using authority::audit;
using authority::Audited;

/// "a.de DS" of those that are not secure, sorted.
std::vector<std::string> failures(const std::vector<Audited>& audited);

/// The verdict on a referral to an unsigned member: is the absence of DS proved?
dnssec::Verdict referral_verdict(const dnssec::SignatureVerifier& verifier,
                                 const authority::ZoneVersion& version, const dns::Name& member,
                                 SimTime now);

}  // namespace zonefall::registry
