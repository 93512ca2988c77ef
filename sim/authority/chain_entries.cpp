#include "authority/chain_entries.h"

#include <set>

#include "zonefall/core/assert.h"

namespace zonefall::authority {

namespace {

using dns::RRType;

dns::TypeBitmap authoritative_types(const Node& node, DenialChain::Kind kind,
                                    const std::vector<RRType>& extra) {
  std::vector<RRType> types = extra;
  for (const dns::RRsetPtr& rrset : node.rrsets) types.push_back(rrset->type());
  types.push_back(RRType::rrsig);
  if (kind == DenialChain::Kind::nsec) types.push_back(RRType::nsec);
  return dns::TypeBitmap(types);
}

bool has_wildcard_sibling(const NodeMap& nodes, const dns::Name& owner) {
  const auto wildcard = owner.parent().wildcard_child();
  return wildcard.ok() && nodes.contains(wildcard.value());
}

// With opt-out an empty non-terminal is left out if it leads to insecure delegations only. Beside a
// wildcard it stays: a name error below it would otherwise look as if the wildcard applied.
bool is_chained(const NodeMap& nodes, const dns::Name& owner, const Node& node,
                const std::set<dns::Name>& leading) {
  switch (node.kind) {
    case NodeKind::authoritative: return true;
    case NodeKind::delegation: return node.find(RRType::ds) != nullptr;
    case NodeKind::empty_non_terminal:
      return leading.contains(owner) || has_wildcard_sibling(nodes, owner);
    case NodeKind::absent:
    case NodeKind::occluded: return false;
  }
  ZF_ASSERT(false);
}

// The empty non-terminals above chained data.
std::set<dns::Name> leading_names(const ListedContent& content) {
  std::set<dns::Name> leading;
  const NodeMap& nodes = content.nodes();
  for (const auto& [owner, node] : nodes) {
    const bool has_data = node.kind == NodeKind::authoritative ||
                          (node.kind == NodeKind::delegation && node.find(RRType::ds) != nullptr);
    if (!has_data || owner == content.apex()) continue;
    for (dns::Name above = owner.parent(); above != content.apex(); above = above.parent()) {
      if (!leading.insert(above).second) break;
    }
  }
  return leading;
}

}  // namespace

dns::TypeBitmap delegation_types(DenialChain::Kind kind, bool is_signed) {
  std::vector<RRType> types = {RRType::ns};
  if (is_signed) types.push_back(RRType::ds);
  if (kind == DenialChain::Kind::nsec) types.push_back(RRType::nsec);
  // RRSIG stands for signed data; the NSEC itself is such data.
  if (is_signed || kind == DenialChain::Kind::nsec) types.push_back(RRType::rrsig);
  return dns::TypeBitmap(types);
}

std::vector<ChainEntry> chain_entries(const ListedContent& content, const DenialSettings& denial,
                                      const std::vector<RRType>& apex_types) {
  std::vector<ChainEntry> entries;
  const std::set<dns::Name> leading =
      denial.opt_out ? leading_names(content) : std::set<dns::Name>{};
  for (const auto& [owner, node] : content.nodes()) {
    if (denial.opt_out && !is_chained(content.nodes(), owner, node, leading)) continue;
    switch (node.kind) {
      case NodeKind::authoritative:
        entries.push_back(
            {owner,
             authoritative_types(node, denial.kind,
                                 owner == content.apex() ? apex_types : std::vector<RRType>{})});
        break;
      case NodeKind::delegation:
        entries.push_back({owner, delegation_types(denial.kind, node.find(RRType::ds) != nullptr)});
        break;
      case NodeKind::empty_non_terminal:
        if (denial.kind == DenialChain::Kind::nsec3) entries.push_back({owner, {}});
        break;
      case NodeKind::absent:
      case NodeKind::occluded: break;
    }
  }
  return entries;
}

}  // namespace zonefall::authority
