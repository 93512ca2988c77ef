#include "authority/nsec_chain.h"

#include <algorithm>
#include <string>

#include "zonefall/core/assert.h"

namespace zonefall::authority {

namespace {

using dns::Name;

class NsecChain final : public DenialChain {
 public:
  explicit NsecChain(NsecChainParts parts)
      : apex_(std::move(parts.apex)),
        ttl_s_(parts.ttl_s),
        population_(std::move(parts.population)) {
    ZF_ASSERT(!parts.listed.empty() && parts.listed.front().owner == apex_);
    if (population_ != nullptr) sort_members();
    listed_.reserve(parts.listed.size());
    for (const ChainEntry& entry : parts.listed) listed_.push_back({entry.owner, nullptr});
    for (std::size_t i = 0; i < listed_.size(); ++i) {
      const ChainEntry& entry = parts.listed[i];
      listed_[i].rrset = make_rrset(entry.owner, next_of(entry.owner), entry.types);
    }
  }

  [[nodiscard]] Kind kind() const override { return Kind::nsec; }

  [[nodiscard]] Found find(const Name& name) const override {
    const std::size_t listed = listed_after(name);
    ZF_ASSERT(listed > 0);  // the apex stands before everything
    const Listed& before = listed_[listed - 1];
    if (before.owner == name) return {before.rrset, true};
    if (const auto id = member_id(name)) return {member_rrset(*id), true};
    const std::size_t member = members_after(name);
    if (member == 0 || member_name(members_[member - 1]) < before.owner) return {before.rrset};
    return {member_rrset(members_[member - 1])};
  }

  void for_each(const std::function<void(const dns::RRsetPtr&)>& visit) const override {
    std::size_t member = 0;
    for (std::size_t i = 0; i < listed_.size(); ++i) {
      visit(listed_[i].rrset);
      const bool is_last = i + 1 == listed_.size();
      const std::size_t end = is_last ? members_.size() : members_after(listed_[i + 1].owner);
      for (; member < end; ++member) visit(member_rrset(members_[member]));
    }
  }

  [[nodiscard]] std::uint64_t size() const override { return listed_.size() + members_.size(); }

 private:
  struct Listed {
    Name owner;
    dns::RRsetPtr rrset;
  };

  // Among labels of one parent canonical order is that of the lower-case octets.
  void sort_members() {
    std::vector<std::pair<std::string, std::uint32_t>> labels;
    labels.reserve(population_->size());
    for (std::uint32_t id = 0; id < population_->size(); ++id) {
      labels.emplace_back(population_->label(id), id);
    }
    std::sort(labels.begin(), labels.end());
    members_.reserve(labels.size());
    for (const auto& [label, id] : labels) members_.push_back(id);
  }

  [[nodiscard]] Name member_name(std::uint64_t id) const {
    return apex_.prepend(population_->label(id)).value();
  }

  [[nodiscard]] std::optional<std::uint64_t> member_id(const Name& name) const {
    if (population_ == nullptr || name.label_count() != apex_.label_count() + 1) return {};
    return population_->id_of(name.label(0));
  }

  // How many listed names / members are at or before `name`.
  [[nodiscard]] std::size_t listed_after(const Name& name) const {
    const auto after = std::upper_bound(listed_.begin(), listed_.end(), name,
                                        [](const Name& a, const Listed& b) { return a < b.owner; });
    return static_cast<std::size_t>(after - listed_.begin());
  }
  [[nodiscard]] std::size_t members_after(const Name& name) const {
    const auto after =
        std::upper_bound(members_.begin(), members_.end(), name,
                         [this](const Name& a, std::uint32_t id) { return a < member_name(id); });
    return static_cast<std::size_t>(after - members_.begin());
  }

  [[nodiscard]] Name next_of(const Name& owner) const {
    const std::size_t listed = listed_after(owner);
    const std::size_t member = members_after(owner);
    if (member == members_.size()) {
      return listed == listed_.size() ? apex_ : listed_[listed].owner;
    }
    Name next = member_name(members_[member]);
    if (listed < listed_.size() && listed_[listed].owner < next) next = listed_[listed].owner;
    return next;
  }

  [[nodiscard]] dns::RRsetPtr make_rrset(const Name& owner, const Name& next,
                                         const dns::TypeBitmap& types) const {
    return dns::RRset::make({owner, dns::RRType::nsec, dns::RRClass::in, ttl_s_},
                            {encode(dns::NsecRdata{next, types})});
  }
  [[nodiscard]] dns::RRsetPtr member_rrset(std::uint64_t id) const {
    const Name owner = member_name(id);
    return make_rrset(owner, next_of(owner),
                      delegation_types(Kind::nsec, population_->is_signed(id)));
  }

  Name apex_;
  std::uint32_t ttl_s_;
  PopulationPtr population_;
  std::vector<Listed> listed_;
  std::vector<std::uint32_t> members_;  // ids in canonical order of their names
};

}  // namespace

std::unique_ptr<const DenialChain> make_nsec_chain(NsecChainParts parts) {
  return std::make_unique<const NsecChain>(std::move(parts));
}

}  // namespace zonefall::authority
