#include "zonefall/authority/zone_version.h"

#include <algorithm>

#include "zonefall/core/assert.h"
#include "zonefall/dns/master_file.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::authority {

namespace {

using dns::RRType;

// Replaces the RRset of the same type, or inserts.
void put(Node& node, const dns::RRsetPtr& rrset) {
  const auto at =
      std::lower_bound(node.rrsets.begin(), node.rrsets.end(), rrset->type(),
                       [](const dns::RRsetPtr& a, RRType type) { return a->type() < type; });
  if (at != node.rrsets.end() && (*at)->type() == rrset->type()) {
    *at = rrset;
  } else {
    node.rrsets.insert(at, rrset);
  }
}

}  // namespace

ZoneVersion::ZoneVersion(ZoneVersionParts parts) : parts_(std::move(parts)) {
  ZF_ASSERT(parts_.content != nullptr && parts_.soa != nullptr);
  ZF_ASSERT(parts_.soa->type() == RRType::soa && parts_.soa->owner() == apex());
  ZF_ASSERT(parts_.dnskeys == nullptr ||
            (parts_.dnskeys->type() == RRType::dnskey && parts_.dnskeys->owner() == apex()));
  // Signatures without a denial chain could prove nothing that does not exist.
  ZF_ASSERT(parts_.signatures == nullptr || parts_.content->denial() != nullptr);
  const auto soa = dns::soa_numbers(parts_.soa->rdatas().front());
  ZF_ASSERT(soa.has_value());
  serial_ = soa->serial;
  negative_soa_ =
      soa->minimum_s < parts_.soa->ttl_s() ? parts_.soa->with_ttl(soa->minimum_s) : parts_.soa;
  ZF_ASSERT(parts_.signed_ahead.empty() || is_signed());
  for (const dns::RRsetPtr& rrset : parts_.signed_ahead) {
    made_ahead_.push_back(parts_.signatures->signatures(rrset));
  }
}

bool ZoneVersion::answers_like(const ZoneVersion& other) const {
  const ZoneVersionParts& a = parts_;
  const ZoneVersionParts& b = other.parts_;
  if (a.content != b.content || a.soa->content_id() != b.soa->content_id()) return false;
  if (is_signed() != other.is_signed() || !a.dnskeys != !b.dnskeys) return false;
  if (a.dnskeys && a.dnskeys->content_id() != b.dnskeys->content_id()) return false;
  if (a.signatures == b.signatures) return true;
  return a.signing_digest != 0 && a.signing_digest == b.signing_digest;
}

Node ZoneVersion::node(const dns::Name& owner) const {
  Node node = parts_.content->node(owner);
  if (owner != apex()) return node;
  put(node, parts_.soa);
  if (parts_.dnskeys != nullptr) put(node, parts_.dnskeys);
  return node;
}

Node ZoneVersion::node_for(const dns::Name& owner, RRType type) const {
  if (type == RRType::any || type == RRType::rrsig) return node(owner);
  Node node = parts_.content->node_for(owner, type);
  if (type == RRType::soa && owner == apex()) put(node, parts_.soa);
  if (type == RRType::dnskey && parts_.dnskeys != nullptr && owner == apex()) {
    put(node, parts_.dnskeys);
  }
  return node;
}

SignatureSource::Signatures ZoneVersion::signatures(const dns::RRsetPtr& rrset) const {
  if (parts_.signatures == nullptr) return {};
  for (std::size_t i = 0; i < made_ahead_.size(); ++i) {
    if (parts_.signed_ahead[i] == rrset) return made_ahead_[i];
  }
  return parts_.signatures->signatures(rrset);
}

void ZoneVersion::write_master_text(const std::function<void(std::string_view)>& write) const {
  const auto write_signed = [&](const dns::RRsetPtr& rrset) {
    write(dns::to_master_text({rrset, signatures(rrset).rrsigs}));
  };
  parts_.content->for_each_node([&](const dns::Name& owner, const Node& listed) {
    const Node node = owner == apex() ? this->node(owner) : listed;
    for (const dns::RRsetPtr& rrset : node.rrsets) {
      const bool is_own = node.kind == NodeKind::authoritative ||
                          (node.kind == NodeKind::delegation && rrset->type() == RRType::ds);
      if (is_own) {
        write_signed(rrset);
      } else {
        write(dns::to_master_text({rrset, {}}));
      }
    }
  });
  if (is_signed()) parts_.content->denial()->for_each(write_signed);
}

}  // namespace zonefall::authority
