#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "authority/chain_entries.h"
#include "authority/listed_content.h"
#include "authority/nsec3_chain.h"
#include "authority/nsec_chain.h"
#include "zonefall/authority/population.h"
#include "zonefall/core/assert.h"

namespace zonefall::authority {

namespace {

// Without opt-out every member is in the chain and costs memory.
constexpr std::uint64_t fully_chained_max = 2'000'000;

class PopulatedContent final : public ZoneContent {
 public:
  PopulatedContent(std::shared_ptr<const ListedContent> listed, PopulationPtr population,
                   std::unique_ptr<const DenialChain> denial)
      : listed_(std::move(listed)),
        population_(std::move(population)),
        denial_(std::move(denial)) {}

  [[nodiscard]] const dns::Name& apex() const override { return listed_->apex(); }
  [[nodiscard]] bool has_apex_dname() const override { return listed_->has_apex_dname(); }
  [[nodiscard]] const DenialChain* denial() const override { return denial_.get(); }

  [[nodiscard]] Node node(const dns::Name& owner) const override {
    ZF_ASSERT(owner.is_at_or_below(apex()));
    const std::size_t below = owner.label_count() - apex().label_count();
    if (below > 0) {
      if (const auto id = population_->id_of(owner.label(below - 1))) {
        const Delegation delegation = population_->delegation(*id);
        return below == 1 ? cut_node(delegation) : glue_node(delegation, owner);
      }
    }
    return listed_->node(owner);
  }

  void for_each_node(
      const std::function<void(const dns::Name& owner, const Node& node)>& visit) const override {
    listed_->for_each_node(visit);
    for (std::uint64_t id = 0; id < population_->size(); ++id) {
      const Delegation delegation = population_->delegation(id);
      visit(delegation.ns->owner(), cut_node(delegation));
      const dns::Name* last = nullptr;
      for (const dns::RRsetPtr& glue : delegation.glue) {
        const dns::Name& owner = glue->owner();
        if (owner == delegation.ns->owner() || (last != nullptr && owner == *last)) continue;
        visit(owner, glue_node(delegation, owner));
        last = &owner;
      }
    }
  }

 private:
  static void sort(Node& node) {
    std::sort(node.rrsets.begin(), node.rrsets.end(),
              [](const auto& a, const auto& b) { return a->type() < b->type(); });
  }
  static Node glue_node(const Delegation& delegation, const dns::Name& owner) {
    Node node{NodeKind::occluded, {}};
    for (const dns::RRsetPtr& glue : delegation.glue) {
      if (glue->owner() == owner) node.rrsets.push_back(glue);
    }
    sort(node);
    return node;
  }
  static Node cut_node(const Delegation& delegation) {
    Node node = glue_node(delegation, delegation.ns->owner());
    node.kind = NodeKind::delegation;
    node.rrsets.reserve(node.rrsets.size() + 2);
    node.rrsets.push_back(delegation.ns);
    if (delegation.ds != nullptr) node.rrsets.push_back(delegation.ds);
    sort(node);
    return node;
  }

  std::shared_ptr<const ListedContent> listed_;
  PopulationPtr population_;
  std::unique_ptr<const DenialChain> denial_;
};

Status check_apart(const ListedContent& listed, const Population& population) {
  const std::size_t apex_labels = listed.apex().label_count();
  for (const auto& [owner, node] : listed.nodes()) {
    if (owner.label_count() == apex_labels) continue;
    if (population.id_of(owner.label(owner.label_count() - apex_labels - 1))) {
      return Error{
          fmt::format("{} is listed, and at or below a member of the population", owner.to_text())};
    }
  }
  return Done{};
}

std::unique_ptr<const DenialChain> make_chain(const ListedContent& listed, const ListedZone& zone,
                                              const PopulationPtr& population) {
  const DenialSettings& denial = *zone.denial;
  std::vector<ChainEntry> entries = chain_entries(listed, denial, zone.apex_types);
  if (denial.kind == DenialChain::Kind::nsec) {
    return make_nsec_chain({zone.apex, std::move(entries), denial.ttl_s, population});
  }
  return make_nsec3_chain({zone.apex, std::move(entries), denial, population});
}

}  // namespace

Result<ZoneContentPtr> make_populated_content(ListedZone listed, PopulationPtr population) {
  ZF_ASSERT(population != nullptr);
  auto content = ListedContent::make(listed);
  if (!content) return content.error();
  const dns::Name home = population->delegation(0).ns->owner().parent();
  if (home != listed.apex) {
    return Error{fmt::format("the population lives under {}, not under {}", home.to_text(),
                             listed.apex.to_text())};
  }
  if (Status apart = check_apart(*content.value(), *population); !apart) return apart.error();
  if (content.value()->node(listed.apex).find(dns::RRType::dname) != nullptr) {
    return Error{listed.apex.to_text() + ": DNAME at the apex hides the population (RFC 6672 2.4)"};
  }
  std::unique_ptr<const DenialChain> denial;
  if (listed.denial) {
    if (!listed.denial->opt_out && population->size() > fully_chained_max) {
      return Error{fmt::format("{} members in the denial chain; without opt-out the most is {}",
                               population->size(), fully_chained_max)};
    }
    denial = make_chain(*content.value(), listed, population);
  }
  return ZoneContentPtr(std::make_shared<const PopulatedContent>(
      std::move(content).value(), std::move(population), std::move(denial)));
}

}  // namespace zonefall::authority
