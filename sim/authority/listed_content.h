// Content kept as RRsets: nodes by owner name in canonical order.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "zonefall/authority/zone_content.h"

namespace zonefall::authority {

using NodeMap = std::map<dns::Name, Node>;

class ListedContent final : public ZoneContent {
 public:
  /// Checks and classifies; the denial chain is not made yet. Adds NSEC3PARAM where due.
  static Result<std::shared_ptr<ListedContent>> make(const ListedZone& zone);
  void set_denial(std::unique_ptr<const DenialChain> denial) { denial_ = std::move(denial); }

  [[nodiscard]] const dns::Name& apex() const override { return apex_; }
  [[nodiscard]] Node node(const dns::Name& owner) const override;
  [[nodiscard]] bool has_apex_dname() const override { return has_apex_dname_; }
  [[nodiscard]] const DenialChain* denial() const override { return denial_.get(); }
  void for_each_node(
      const std::function<void(const dns::Name& owner, const Node& node)>& visit) const override;

  /// Empty non-terminals included.
  [[nodiscard]] const NodeMap& nodes() const { return nodes_; }

 private:
  explicit ListedContent(dns::Name apex) : apex_(std::move(apex)) {}
  Status add(const dns::RRsetPtr& rrset);
  Status classify();
  void add_empty_non_terminals();
  [[nodiscard]] bool is_occluded(const dns::Name& owner) const;

  dns::Name apex_;
  NodeMap nodes_;
  bool has_apex_dname_ = false;
  std::unique_ptr<const DenialChain> denial_;
};

}  // namespace zonefall::authority
