#include "authority/listed_content.h"

#include <algorithm>

#include <fmt/format.h>

#include "authority/chain_entries.h"
#include "authority/nsec3_chain.h"
#include "authority/nsec_chain.h"
#include "zonefall/core/assert.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::authority {

namespace {

using dns::RRType;

// The most that RFC 5155 10.3 ever allowed, for keys of 4096 bits.
constexpr std::uint16_t iterations_max = 2500;
constexpr std::size_t salt_octets_max = 255;

bool is_made_by_signing(RRType type) {
  return type == RRType::rrsig || type == RRType::nsec || type == RRType::nsec3 ||
         type == RRType::nsec3param;
}

bool by_type(const dns::RRsetPtr& rrset, RRType type) {
  return rrset->type() < type;
}

Error problem(const dns::Name& owner, std::string_view what) {
  return Error{fmt::format("{}: {}", owner.to_text(), what)};
}

Status check_node(const dns::Name& owner, const Node& node, bool is_apex) {
  if (node.find(RRType::cname) != nullptr && node.rrsets.size() > 1) {
    return problem(owner, "CNAME beside other data (RFC 1034 3.6.2)");
  }
  const bool has_ns = node.find(RRType::ns) != nullptr;
  const bool has_dname = node.find(RRType::dname) != nullptr;
  if (owner.is_wildcard() && (has_ns || has_dname)) {
    return problem(owner, "NS or DNAME at a wildcard has no defined meaning (RFC 4592 4.2, 4.4)");
  }
  if (node.find(RRType::ds) != nullptr && (is_apex || !has_ns)) {
    return problem(owner, "DS where there is no delegation (RFC 4035 2.4)");
  }
  if (!is_apex && has_ns && has_dname) {
    return problem(owner, "DNAME at a delegation (RFC 6672 2.3)");
  }
  return Done{};
}

dns::RRsetPtr make_nsec3param(const dns::Name& apex, const dnssec::Nsec3Params& params) {
  dns::Nsec3ParamRdata rdata;
  rdata.iterations = params.iterations;
  rdata.salt = params.salt;
  // Nobody resolves it: signers give it no lifetime in caches.
  return dns::RRset::make({apex, RRType::nsec3param, dns::RRClass::in, 0}, {encode(rdata)});
}

Status check_denial(const DenialSettings& denial) {
  if (denial.params.iterations > iterations_max) {
    return Error{fmt::format("{} NSEC3 iterations; the most is {} (RFC 5155 10.3)",
                             denial.params.iterations, iterations_max)};
  }
  if (denial.params.salt.size() > salt_octets_max) {
    return Error{"NSEC3 salt of over 255 octets"};
  }
  if (denial.opt_out && denial.kind == DenialChain::Kind::nsec) {
    return Error{"opt-out needs NSEC3"};
  }
  return Done{};
}

}  // namespace

dns::RRsetPtr DenialChain::matching(const dns::Name& name) const {
  Found found = find(name);
  return found.matches ? std::move(found.rrset) : nullptr;
}

dns::RRsetPtr DenialChain::covering(const dns::Name& name) const {
  Found found = find(name);
  return found.matches ? nullptr : std::move(found.rrset);
}

dns::RRsetPtr Node::find(RRType type) const {
  const auto at = std::lower_bound(rrsets.begin(), rrsets.end(), type, by_type);
  return at != rrsets.end() && (*at)->type() == type ? *at : nullptr;
}

Result<std::shared_ptr<ListedContent>> ListedContent::make(const ListedZone& zone) {
  std::shared_ptr<ListedContent> content(new ListedContent(zone.apex));
  for (const dns::RRsetPtr& rrset : zone.rrsets) {
    ZF_ASSERT(rrset != nullptr);
    if (is_made_by_signing(rrset->type())) {
      return problem(rrset->owner(),
                     dns::to_text(rrset->type()) + " is made by signing and cannot be listed");
    }
    if (Status added = content->add(rrset); !added) return added.error();
  }
  if (zone.denial) {
    if (Status checked = check_denial(*zone.denial); !checked) return checked.error();
    if (zone.denial->kind == DenialChain::Kind::nsec3) {
      ZF_ASSERT(content->add(make_nsec3param(zone.apex, zone.denial->params)).ok());
    }
  }
  if (Status classified = content->classify(); !classified) return classified.error();
  content->add_empty_non_terminals();
  return content;
}

Status ListedContent::add(const dns::RRsetPtr& rrset) {
  if (!rrset->owner().is_at_or_below(apex_)) {
    return problem(rrset->owner(), "outside the zone " + apex_.to_text());
  }
  if (rrset->rclass() != dns::RRClass::in) return problem(rrset->owner(), "class is not IN");
  std::vector<dns::RRsetPtr>& rrsets = nodes_[rrset->owner()].rrsets;
  const auto at = std::lower_bound(rrsets.begin(), rrsets.end(), rrset->type(), by_type);
  if (at != rrsets.end() && (*at)->type() == rrset->type()) {
    return problem(rrset->owner(), "two RRsets of type " + dns::to_text(rrset->type()));
  }
  rrsets.insert(at, rrset);
  return Done{};
}

// Canonical order puts everything below a name right after it.
Status ListedContent::classify() {
  const auto apex = nodes_.find(apex_);
  if (apex == nodes_.end() || apex->second.find(RRType::ns) == nullptr) {
    return problem(apex_, "no NS at the apex");
  }
  has_apex_dname_ = apex->second.find(RRType::dname) != nullptr;
  const dns::Name* cut = nullptr;
  const dns::Name* dname = nullptr;
  for (auto& [owner, node] : nodes_) {
    if (Status checked = check_node(owner, node, owner == apex_); !checked) return checked;
    if (dname != nullptr && owner.is_below(*dname)) {
      return problem(owner, "data below the DNAME at " + dname->to_text() + " (RFC 6672 2.4)");
    }
    if (cut != nullptr && owner.is_below(*cut)) {
      node.kind = NodeKind::occluded;
    } else if (owner != apex_ && node.find(RRType::ns) != nullptr) {
      node.kind = NodeKind::delegation;
      cut = &owner;
    } else {
      node.kind = NodeKind::authoritative;
      if (node.find(RRType::dname) != nullptr) dname = &owner;
    }
  }
  return Done{};
}

void ListedContent::add_empty_non_terminals() {
  std::vector<dns::Name> missing;
  for (const auto& [owner, node] : nodes_) {
    if (node.kind == NodeKind::occluded || owner == apex_) continue;
    for (dns::Name above = owner.parent(); above != apex_; above = above.parent()) {
      if (nodes_.contains(above)) break;
      missing.push_back(above);
    }
  }
  for (const dns::Name& name : missing) nodes_[name].kind = NodeKind::empty_non_terminal;
}

bool ListedContent::is_occluded(const dns::Name& owner) const {
  for (dns::Name above = owner; above != apex_;) {
    above = above.parent();
    const auto found = nodes_.find(above);
    if (found == nodes_.end()) continue;
    const Node& node = found->second;
    return node.kind == NodeKind::delegation || node.kind == NodeKind::occluded ||
           node.find(RRType::dname) != nullptr;
  }
  return false;
}

Node ListedContent::node(const dns::Name& owner) const {
  ZF_ASSERT(owner.is_at_or_below(apex_));
  if (const auto found = nodes_.find(owner); found != nodes_.end()) return found->second;
  return Node{is_occluded(owner) ? NodeKind::occluded : NodeKind::absent, {}};
}

void ListedContent::for_each_node(
    const std::function<void(const dns::Name& owner, const Node& node)>& visit) const {
  for (const auto& [owner, node] : nodes_) {
    if (node.kind != NodeKind::empty_non_terminal) visit(owner, node);
  }
}

Result<ZoneContentPtr> make_listed_content(ListedZone zone) {
  auto content = ListedContent::make(zone);
  if (!content) return content.error();
  ListedContent& listed = *content.value();
  if (zone.denial) {
    std::vector<ChainEntry> entries = chain_entries(listed, *zone.denial, zone.apex_types);
    if (zone.denial->kind == DenialChain::Kind::nsec) {
      listed.set_denial(make_nsec_chain({zone.apex, std::move(entries), zone.denial->ttl_s, {}}));
    } else {
      listed.set_denial(make_nsec3_chain({zone.apex, std::move(entries), *zone.denial, {}}));
    }
  }
  return ZoneContentPtr(std::move(content).value());
}

}  // namespace zonefall::authority
