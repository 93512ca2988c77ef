// Children are made per call and hold little: a SOA, and what a question reaches is made then.
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
constexpr std::uint32_t first_serial = 1;
constexpr std::uint32_t refresh_s = 86'400;
constexpr std::uint32_t retry_s = 7'200;
constexpr std::uint32_t expire_s = 3'600'000;
constexpr std::array<std::uint8_t, 3> www = {'w', 'w', 'w'};

/// Where a child's owner is.
enum class Stay : std::uint8_t { first, moved };

enum class Choice : std::uint64_t {
  address = 11,
  ipv6 = 12,
  ttl = 13,
  moves = 14,
  moves_at = 15,
  new_address = 16
};

std::uint64_t draw(std::uint64_t seed, std::uint64_t id, Choice choice) {
  return hash_combine(hash_combine(seed, static_cast<std::uint64_t>(choice)), id);
}

bool is_www(std::span<const std::uint8_t> label) {
  constexpr std::uint8_t case_bit = 0x20;
  return label.size() == www.size() && std::all_of(label.begin(), label.end(), [](std::uint8_t c) {
           return (c | case_bit) == 'w';
         });
}

/// What a child holds, drawn from its id.
struct Child {
  PopulationPtr population;
  std::uint64_t id = 0;
  Name apex;
  Name www_name;
  std::uint32_t apex_ttl_s = 0;
  std::uint32_t address_ttl_s = 0;
  std::uint64_t address = 0;  // the host's bits
  bool has_ipv6 = false;
};

std::uint8_t octet_of(const Child& child, unsigned n) {
  return static_cast<std::uint8_t>(child.address >> (8 * n));
}

dns::RRsetPtr ipv4(const Child& child, const Name& owner) {
  const std::array<std::uint8_t, 4> address = {
      198, static_cast<std::uint8_t>(18 | (octet_of(child, 2) & 1U)), octet_of(child, 1),
      octet_of(child, 0)};
  return dns::RRset::make_single({owner, RRType::a, dns::RRClass::in, child.address_ttl_s},
                                 address);
}

/// Null if the child has none.
dns::RRsetPtr ipv6(const Child& child, const Name& owner) {
  if (!child.has_ipv6) return nullptr;
  std::array<std::uint8_t, 16> address = {0x20, 0x01, 0x0d, 0xb8};
  for (unsigned n = 0; n < 8; ++n) address[15 - n] = octet_of(child, n);
  return dns::RRset::make_single({owner, RRType::aaaa, dns::RRClass::in, child.address_ttl_s},
                                 address);
}

/// Null if there is none of `type` at `owner`, the apex or "www". SOA and DNSKEY are the version's.
dns::RRsetPtr rrset_of(const Child& child, const Name& owner, RRType type) {
  if (type == RRType::a) return ipv4(child, owner);
  if (type == RRType::aaaa) return ipv6(child, owner);
  if (type != RRType::ns || owner != child.apex) return nullptr;
  return child.population->ns(child.id)->with_ttl(child.apex_ttl_s);
}

/// The two NSEC RRsets of a child: the apex and "www", each before the other. Made when asked for:
/// most questions are for addresses.
class ChildChain final : public DenialChain {
 public:
  explicit ChildChain(const Child& child)
      : apex_(child.apex),
        www_name_(child.www_name),
        ttl_s_(child.apex_ttl_s),
        has_ipv6_(child.has_ipv6) {}

  [[nodiscard]] Kind kind() const override { return Kind::nsec; }
  [[nodiscard]] Found find(const Name& name) const override {
    if (name < www_name_) return {at_apex(), name == apex_};
    return {at_www(), name == www_name_};
  }
  void for_each(const std::function<void(const dns::RRsetPtr&)>& visit) const override {
    visit(at_apex());
    visit(at_www());
  }
  [[nodiscard]] std::uint64_t size() const override { return 2; }

 private:
  [[nodiscard]] dns::RRsetPtr at_apex() const {
    std::vector<RRType> types = types_at_www();
    types.insert(types.end(), {RRType::ns, RRType::soa, RRType::dnskey});
    return make(apex_, www_name_, std::move(types));
  }
  [[nodiscard]] dns::RRsetPtr at_www() const { return make(www_name_, apex_, types_at_www()); }
  [[nodiscard]] std::vector<RRType> types_at_www() const {
    std::vector<RRType> types = {RRType::a, RRType::rrsig, RRType::nsec};
    if (has_ipv6_) types.push_back(RRType::aaaa);
    return types;
  }
  [[nodiscard]] dns::RRsetPtr make(const Name& owner, const Name& next,
                                   std::vector<RRType> types) const {
    return dns::RRset::make_single({owner, RRType::nsec, dns::RRClass::in, ttl_s_},
                                   encode(dns::NsecRdata{next, dns::TypeBitmap(types)}));
  }

  Name apex_;
  Name www_name_;
  std::uint32_t ttl_s_;
  bool has_ipv6_;
};

class ChildContent final : public ZoneContent {
 public:
  explicit ChildContent(Child child) : child_(std::move(child)) {}
  void add_denial() { denial_ = std::make_unique<const ChildChain>(child_); }

  [[nodiscard]] const Name& apex() const override { return child_.apex; }
  [[nodiscard]] bool has_apex_dname() const override { return false; }
  [[nodiscard]] const DenialChain* denial() const override { return denial_.get(); }
  [[nodiscard]] Node node(const Name& owner) const override {
    const Name* place = place_of(owner);
    if (place == nullptr) return {};
    Node node{NodeKind::authoritative, {}};
    for (const RRType type : {RRType::a, RRType::ns, RRType::aaaa}) {
      if (auto rrset = rrset_of(child_, *place, type)) node.rrsets.push_back(std::move(rrset));
    }
    return node;
  }
  [[nodiscard]] Node node_for(const Name& owner, RRType type) const override {
    const Name* place = place_of(owner);
    if (place == nullptr) return {};
    Node node{NodeKind::authoritative, {}};
    if (auto rrset = rrset_of(child_, *place, type)) node.rrsets.push_back(std::move(rrset));
    return node;
  }
  void for_each_node(
      const std::function<void(const Name& owner, const Node& node)>& visit) const override {
    visit(child_.apex, node(child_.apex));
    visit(child_.www_name, node(child_.www_name));
  }

 private:
  // The apex or "www"; nothing stands elsewhere.
  [[nodiscard]] const Name* place_of(const Name& owner) const {
    ZF_ASSERT(owner.is_at_or_below(child_.apex));
    const std::size_t below = owner.label_count() - child_.apex.label_count();
    if (below == 0) return &child_.apex;
    return below == 1 && is_www(owner.label(0)) ? &child_.www_name : nullptr;
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

  [[nodiscard]] SimTime changes_at(const Name& qname) const override {
    if (settings_.moves.share_ppm == 0) return SimTime::max();
    const auto id = id_of(qname);
    return id ? moves_at(*id) : SimTime::max();
  }

  [[nodiscard]] ZoneVersionPtr find(const Name& qname, SimTime at) const override {
    const auto id = id_of(qname);
    if (!id) return nullptr;
    const SimTime moves = moves_at(*id);
    const Stay stay = at < moves ? Stay::first : Stay::moved;
    // In the case of the population: equal names, equal content.
    auto content = std::make_shared<ChildContent>(child(*id, stay));
    ZoneVersionParts parts;
    parts.soa = soa(content->apex(), first_serial + static_cast<std::uint32_t>(stay));
    if (population_->is_signed(*id)) {
      content->add_denial();
      sign(*id, content->apex(), parts);
    }
    parts.signed_at = stay == Stay::moved ? moves : SimTime::min();
    parts.content = std::move(content);
    return std::make_shared<const ZoneVersion>(std::move(parts));
  }

 private:
  [[nodiscard]] std::optional<std::uint64_t> id_of(const Name& qname) const {
    const Name& zone = settings_.population.zone;
    if (!qname.is_below(zone)) return std::nullopt;
    return population_->id_of(qname.label(qname.label_count() - zone.label_count() - 1));
  }

  [[nodiscard]] SimTime moves_at(std::uint64_t id) const {
    const Moves& moves = settings_.moves;
    const std::uint64_t seed = settings_.population.seed;
    if (scale(draw(seed, id, Choice::moves), ppm_all) >= moves.share_ppm) return SimTime::max();
    const auto steps = static_cast<std::uint64_t>((moves.until - moves.from).to_nanoseconds()) + 1;
    const std::uint64_t step = scale(draw(seed, id, Choice::moves_at), steps);
    return moves.from + Duration::nanoseconds(static_cast<std::int64_t>(step));
  }

  // The last bit is turned over: no address is drawn that the child has already.
  [[nodiscard]] std::uint64_t address(std::uint64_t id, Stay stay) const {
    const std::uint64_t old = draw(settings_.population.seed, id, Choice::address);
    if (stay == Stay::first) return old;
    const std::uint64_t drawn = draw(settings_.population.seed, id, Choice::new_address);
    return (drawn & ~std::uint64_t{1}) | (~old & 1U);
  }

  [[nodiscard]] Child child(std::uint64_t id, Stay stay) const {
    const std::uint64_t seed = settings_.population.seed;
    Child child;
    child.population = population_;
    child.id = id;
    child.apex = settings_.population.zone.prepend(population_->label(id)).value();
    child.apex_ttl_s = settings_.apex_ttl_s;
    child.www_name = child.apex.prepend(www).value();
    child.address = address(id, stay);
    child.has_ipv6 = scale(draw(seed, id, Choice::ipv6), ppm_all) < settings_.ipv6_ppm;
    std::uint64_t weight = scale(draw(seed, id, Choice::ttl), ttl_weights_);
    for (const TtlShare& share : settings_.address_ttls) {
      child.address_ttl_s = share.ttl_s;
      if (weight < share.weight) break;
      weight -= share.weight;
    }
    return child;
  }

  // The apex stands for the primary server and for the mailbox, too (RFC 1035 3.3.13).
  [[nodiscard]] dns::RRsetPtr soa(const Name& apex, std::uint32_t serial) const {
    std::array<std::uint8_t, 2 * Name::wire_octets_max + 5 * sizeof(std::uint32_t)> rdata;
    auto* end = rdata.data();
    for (int names = 0; names < 2; ++names) end = std::ranges::copy(apex.wire(), end).out;
    for (const std::uint32_t number :
         {serial, refresh_s, retry_s, expire_s, settings_.apex_ttl_s}) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        *end++ = static_cast<std::uint8_t>(number >> shift & 0xff);
      }
    }
    return dns::RRset::make_single({apex, RRType::soa, dns::RRClass::in, settings_.apex_ttl_s},
                                   {rdata.data(), end});
  }

  void sign(std::uint64_t id, const Name& apex, ZoneVersionParts& parts) const {
    const dnssec::KeyPairPtr& key = keys_[member_key_index(settings_.population.seed, id)];
    parts.dnskeys = dns::RRset::make_single(
        {apex, RRType::dnskey, dns::RRClass::in, settings_.apex_ttl_s}, encode(key->dnskey()));
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
  const Moves& moves = settings.moves;
  if (moves.share_ppm > ppm_all) {
    return Error{fmt::format("moving share of {} ppm; the most is {}", moves.share_ppm, ppm_all)};
  }
  if (moves.until < moves.from) return Error{"children cannot move: that ends before it begins"};
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
