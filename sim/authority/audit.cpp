#include "zonefall/authority/audit.h"

#include <utility>

#include "zonefall/core/assert.h"

namespace zonefall::authority {

std::vector<Audited> audit(const dnssec::SignatureVerifier& verifier, const ZoneVersion& version,
                           const dns::RRset& parent_ds, SimTime now) {
  ZF_ASSERT(version.is_signed());
  const dnssec::Validator validator{verifier};
  const dnssec::ZoneKeys keys = dnssec::zone_keys(*version.dnskeys());
  std::vector<Audited> audited;
  const auto check = [&](const dns::RRsetPtr& rrset) {
    const dns::SignedRRset entry{rrset, version.signatures(rrset).rrsigs};
    const bool is_dnskey = rrset->type() == dns::RRType::dnskey;
    auto verdict = is_dnskey ? dnssec::validate_dnskeys(validator, entry, parent_ds, now)
                             : dnssec::validate_rrset(validator, entry, keys, now);
    audited.push_back({rrset->owner(), rrset->type(), std::move(verdict.verdict)});
  };
  for (const dns::RRsetPtr& rrset : version.node(version.apex()).rrsets) check(rrset);
  version.content().for_each_node([&](const dns::Name& owner, const Node& node) {
    if (node.kind == NodeKind::occluded || owner == version.apex()) return;
    for (const dns::RRsetPtr& rrset : node.rrsets) {
      const bool is_cut = node.kind == NodeKind::delegation;
      if (!is_cut || rrset->type() == dns::RRType::ds) check(rrset);
    }
  });
  if (const DenialChain* denial = version.content().denial()) denial->for_each(check);
  return audited;
}

}  // namespace zonefall::authority
