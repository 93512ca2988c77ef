// Checkers: what a validator makes of the zone as sites serve it.
#pragma once

#include <optional>
#include <string>

#include "registry/publication.h"
#include "zonefall/authority/zone_version.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/message.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/dnssec/validate.h"
#include "zonefall/dnssec/verdict.h"
#include "zonefall/registry/registry.h"

namespace zonefall::registry {

/// The verdict, at `now`, of a validator that trusts `parent_ds` and asks a server of `version` for
/// the DNSKEY RRset and for `question`.
dnssec::Verdict verdict_on(const dnssec::Validator& validator,
                           const authority::ZoneVersion& version, const dns::RRsetPtr& parent_ds,
                           const dns::Question& question, SimTime now);

/// A question whose answer denies a type at the apex, which takes the apex's own NSEC or NSEC3.
dns::Question apex_denial_question(const authority::ZoneVersion& version);

/// Bogus or indeterminate.
bool is_failure(const dnssec::Verdict& verdict);

struct Alert {
  SimTime looked_at;
  SimTime at;
  std::string site;  // "" at the gate
  dnssec::Verdict verdict;
};

/// The first alert of `checker`. When and where it looks depends on the plan's seed and the
/// checker's name alone, so it is the same in a run with a repair and without.
std::optional<Alert> first_alert(const RegistryPlan& plan, const Checker& checker,
                                 const Publication& publication, const dns::RRsetPtr& parent_ds);

}  // namespace zonefall::registry
