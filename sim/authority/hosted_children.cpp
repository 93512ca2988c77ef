// Children are made per call and hold little: an unsigned one is a SOA, an NS RRset, and addresses
// that are made when a question reaches them.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "authority/member_keys.h"
#include "zonefall/authority/zone_finder.h"
#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/words.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::authority {

namespace {

using dns::Name;
using dns::RRType;

constexpr std::uint32_t ppm_all = 1'000'000;
constexpr std::uint32_t serial = 1;
constexpr std::array<std::uint8_t, 3> www = {'w', 'w', 'w'};

enum class Choice : std::uint64_t { address = 11, ipv6 = 12, ttl = 13 };

std::uint64_t draw(std::uint64_t seed, std::uint64_t id, Choice choice) {
  return hash_combine(hash_combine(seed, static_cast<std::uint64_t>(choice)), id);
}

std::uint64_t scale(std::uint64_t word, std::uint64_t bound) {
  return static_cast<std::uint64_t>(static_cast<uint128>(word) * bound >> 64);
}

bool is_www(std::span<const std::uint8_t> label) {
  constexpr std::uint8_t case_bit = 0x20;
  return label.size() == www.size() && std::all_of(label.begin(), label.end(), [](std::uint8_t c) {
           return (c | case_bit) == 'w';
         });
}

/// What a child holds, drawn from its id.
struct Child {
  Name apex;
  Name www_name;
  dns::RRsetPtr ns;
  std::uint32_t address_ttl_s = 0;
  std::uint64_t address = 0;  // the host's bits
  bool has_ipv6 = false;
};

std::vector<dns::RRsetPtr> addresses(const Child& child, const Name& owner) {
  const auto octet = [&](unsigned n) {
    return static_cast<std::uint8_t>(child.address >> (8 * n));
  };
  std::vector<dns::RRsetPtr> rrsets;
  rrsets.reserve(3);
  const std::array<std::uint8_t, 4> ipv4 = {198, static_cast<std::uint8_t>(18 | (octet(2) & 1U)),
                                            octet(1), octet(0)};
  rrsets.push_back(dns::RRset::make({owner, RRType::a, dns::RRClass::in, child.address_ttl_s},
                                    {dns::encode_a(ipv4)}));
  if (!child.has_ipv6) return rrsets;
  std::array<std::uint8_t, 16> ipv6 = {0x20, 0x01, 0x0d, 0xb8};
  for (unsigned n = 0; n < 8; ++n) ipv6[15 - n] = octet(n);
  rrsets.push_back(dns::RRset::make({owner, RRType::aaaa, dns::RRClass::in, child.address_ttl_s},
                                    {dns::encode_aaaa(ipv6)}));
  return rrsets;
}

/// The two NSEC RRsets of a child: the apex and "www", each before the other.
class ChildChain final : public DenialChain {
 public:
  ChildChain(const Child& child, std::uint32_t ttl_s) {
    std::vector<RRType> at_www = {RRType::a, RRType::rrsig, RRType::nsec};
    if (child.has_ipv6) at_www.push_back(RRType::aaaa);
    std::vector<RRType> at_apex = at_www;
    at_apex.insert(at_apex.end(), {RRType::ns, RRType::soa, RRType::dnskey});
    rrsets_ = {make(child.apex, child.www_name, std::move(at_apex), ttl_s),
               make(child.www_name, child.apex, std::move(at_www), ttl_s)};
  }

  [[nodiscard]] Kind kind() const override { return Kind::nsec; }
  [[nodiscard]] dns::RRsetPtr matching(const Name& name) const override {
    for (const dns::RRsetPtr& rrset : rrsets_) {
      if (rrset->owner() == name) return rrset;
    }
    return nullptr;
  }
  [[nodiscard]] dns::RRsetPtr covering(const Name& name) const override {
    if (matching(name) != nullptr) return nullptr;
    return name < rrsets_[1]->owner() ? rrsets_[0] : rrsets_[1];
  }
  void for_each(const std::function<void(const dns::RRsetPtr&)>& visit) const override {
    for (const dns::RRsetPtr& rrset : rrsets_) visit(rrset);
  }
  [[nodiscard]] std::uint64_t size() const override { return rrsets_.size(); }

 private:
  static dns::RRsetPtr make(const Name& owner, const Name& next, std::vector<RRType> types,
                            std::uint32_t ttl_s) {
    return dns::RRset::make({owner, RRType::nsec, dns::RRClass::in, ttl_s},
                            {encode(dns::NsecRdata{next, dns::TypeBitmap(std::move(types))})});
  }
  std::array<dns::RRsetPtr, 2> rrsets_;
};

class ChildContent final : public ZoneContent {
 public:
  explicit ChildContent(Child child) : child_(std::move(child)) {}
  void add_denial(std::uint32_t ttl_s) {
    denial_ = std::make_unique<const ChildChain>(child_, ttl_s);
  }

  [[nodiscard]] const Name& apex() const override { return child_.apex; }
  [[nodiscard]] const DenialChain* denial() const override { return denial_.get(); }
  [[nodiscard]] Node node(const Name& owner) const override {
    ZF_ASSERT(owner.is_at_or_below(child_.apex));
    const std::size_t below = owner.label_count() - child_.apex.label_count();
    if (below == 0) return apex_node();
    if (below == 1 && is_www(owner.label(0))) {
      return {NodeKind::authoritative, addresses(child_, child_.www_name)};
    }
    return {};
  }
  void for_each_node(
      const std::function<void(const Name& owner, const Node& node)>& visit) const override {
    visit(child_.apex, node(child_.apex));
    visit(child_.www_name, node(child_.www_name));
  }

 private:
  [[nodiscard]] Node apex_node() const {
    Node node{NodeKind::authoritative, addresses(child_, child_.apex)};
    node.rrsets.insert(node.rrsets.begin() + 1, child_.ns);  // A, NS, AAAA
    return node;
  }

  Child child_;
  std::unique_ptr<const ChildChain> denial_;
};

class HostedChildren final : public ZoneFinder {
 public:
  HostedChildren(HostedChildrenSettings settings, PopulationPtr population)
      : settings_(std::move(settings)),
        population_(std::move(population)),
        keys_(make_member_keys(settings_.population.seed)) {
    for (const TtlShare& share : settings_.address_ttls) ttl_weights_ += share.weight;
  }

  [[nodiscard]] std::optional<std::size_t> apex_labels(const Name& qname) const override {
    if (!id_of(qname)) return std::nullopt;
    return settings_.population.zone.label_count() + 1;
  }

  [[nodiscard]] ZoneVersionPtr find(const Name& qname) const override {
    const auto id = id_of(qname);
    if (!id) return nullptr;
    // In the case of the population: equal names, equal content.
    auto content = std::make_shared<ChildContent>(child(*id));
    ZoneVersionParts parts;
    parts.soa = soa(content->apex());
    if (population_->is_signed(*id)) {
      content->add_denial(settings_.apex_ttl_s);
      sign(*id, content->apex(), parts);
    }
    parts.signed_at = SimTime::min();
    parts.content = std::move(content);
    return std::make_shared<const ZoneVersion>(std::move(parts));
  }

 private:
  [[nodiscard]] std::optional<std::uint64_t> id_of(const Name& qname) const {
    const Name& zone = settings_.population.zone;
    if (!qname.is_below(zone)) return std::nullopt;
    return population_->id_of(qname.label(qname.label_count() - zone.label_count() - 1));
  }

  [[nodiscard]] Child child(std::uint64_t id) const {
    const std::uint64_t seed = settings_.population.seed;
    Child child;
    child.ns = population_->delegation(id).ns->with_ttl(settings_.apex_ttl_s);
    child.apex = child.ns->owner();
    child.www_name = child.apex.prepend(www).value();
    child.address = draw(seed, id, Choice::address);
    child.has_ipv6 = scale(draw(seed, id, Choice::ipv6), ppm_all) < settings_.ipv6_ppm;
    std::uint64_t weight = scale(draw(seed, id, Choice::ttl), ttl_weights_);
    for (const TtlShare& share : settings_.address_ttls) {
      child.address_ttl_s = share.ttl_s;
      if (weight < share.weight) break;
      weight -= share.weight;
    }
    return child;
  }

  [[nodiscard]] dns::RRsetPtr soa(const Name& apex) const {
    dns::SoaRdata rdata;
    rdata.mname = apex;
    rdata.rname = apex;
    rdata.serial = serial;
    rdata.refresh_s = 86'400;
    rdata.retry_s = 7'200;
    rdata.expire_s = 3'600'000;
    rdata.minimum_s = settings_.apex_ttl_s;
    return dns::RRset::make({apex, RRType::soa, dns::RRClass::in, settings_.apex_ttl_s},
                            {encode(rdata)});
  }

  void sign(std::uint64_t id, const Name& apex, ZoneVersionParts& parts) const {
    const dnssec::KeyPairPtr& key = keys_[member_key_index(settings_.population.seed, id)];
    parts.dnskeys = dns::RRset::make({apex, RRType::dnskey, dns::RRClass::in, settings_.apex_ttl_s},
                                     {encode(key->dnskey())});
    parts.signatures = make_signature_source({apex, {key}, {key}, settings_.window});
  }

  HostedChildrenSettings settings_;
  PopulationPtr population_;
  MemberKeys keys_;
  std::uint64_t ttl_weights_ = 0;
};

Status check(const HostedChildrenSettings& settings) {
  if (settings.ipv6_ppm > ppm_all) {
    return Error{fmt::format("IPv6 share of {} ppm; the most is {}", settings.ipv6_ppm, ppm_all)};
  }
  const bool has_ttl = std::any_of(settings.address_ttls.begin(), settings.address_ttls.end(),
                                   [](const TtlShare& share) { return share.weight > 0; });
  if (!has_ttl) return Error{"hosted children need an address TTL with a weight above 0"};
  return Done{};
}

}  // namespace

Result<std::shared_ptr<const ZoneFinder>> make_hosted_children(HostedChildrenSettings settings) {
  if (Status checked = check(settings); !checked) return checked.error();
  auto population = make_procedural_population(settings.population);
  if (!population) return population.error();
  return std::shared_ptr<const ZoneFinder>(
      std::make_shared<const HostedChildren>(std::move(settings), std::move(population).value()));
}

}  // namespace zonefall::authority
