#include "zonefall/authority/population.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "authority/member_keys.h"
#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/words.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::authority {

namespace {

using dns::RRType;

constexpr std::uint32_t ppm_all = 1'000'000;
constexpr std::size_t id_digits_max = 20;

// What is drawn for a member; each choice is independent of the others.
enum class Choice : std::uint64_t { is_signed = 1, provider = 2, key = 3 };

std::uint64_t draw(std::uint64_t seed, std::uint64_t id, Choice choice) {
  return hash_combine(hash_combine(seed, static_cast<std::uint64_t>(choice)), id);
}

std::uint8_t lower(std::uint8_t octet) {
  return octet >= 'A' && octet <= 'Z' ? static_cast<std::uint8_t>(octet + ('a' - 'A')) : octet;
}

dnssec::KeyPairPtr shared_key(std::uint64_t seed, std::size_t index) {
  dnssec::KeySpec spec;
  spec.algorithm = dnssec::Algorithm::ecdsap256sha256;
  spec.flags = dns::DnskeyRdata::flag_zone_key | dns::DnskeyRdata::flag_secure_entry_point;
  return dnssec::make_key_pair(spec, seed, fmt::format("member-key-{}", index)).value();
}

class ProceduralPopulation final : public Population {
 public:
  explicit ProceduralPopulation(ProceduralPopulationSettings settings)
      : settings_(std::move(settings)) {
    std::uint64_t total = 0;
    for (const HostingProvider& provider : settings_.providers) {
      total += provider.weight;
      weights_up_to_.push_back(total);
      std::vector<dns::Octets> rdatas;
      for (const dns::Name& name : provider.ns_names) rdatas.push_back(dns::encode_name(name));
      ns_rrsets_.push_back(dns::RRset::make(
          {settings_.zone, RRType::ns, dns::RRClass::in, settings_.ns_ttl_s}, std::move(rdatas)));
      static_cast<void>(ns_rrsets_.back()->rdata_id());  // made once, for all members
    }
    const MemberKeys pairs = make_member_keys(settings_.seed);
    for (std::size_t index = 0; index < pairs.size(); ++index) {
      keys_[index] = pairs[index]->dnskey();
    }
  }

  [[nodiscard]] std::uint64_t size() const override { return settings_.size; }

  [[nodiscard]] std::string label(std::uint64_t id) const override {
    ZF_ASSERT(id < settings_.size);
    return settings_.label_prefix + fmt::format_int(id).str();
  }

  [[nodiscard]] std::optional<std::uint64_t> id_of(
      std::span<const std::uint8_t> label) const override {
    const std::string& prefix = settings_.label_prefix;
    if (label.size() <= prefix.size() || label.size() > prefix.size() + id_digits_max) return {};
    const auto same = [](std::uint8_t a, char b) {
      return lower(a) == static_cast<std::uint8_t>(b);
    };
    if (!std::equal(prefix.begin(), prefix.end(), label.begin(),
                    [same](char a, std::uint8_t b) { return same(b, a); })) {
      return {};
    }
    const auto digits = label.subspan(prefix.size());
    if (digits.size() > 1 && digits.front() == '0') return {};
    std::uint64_t id = 0;
    for (const std::uint8_t digit : digits) {
      if (digit < '0' || digit > '9') return {};
      id = id * 10 + (digit - '0');
      if (id >= settings_.size) return {};
    }
    return id;
  }

  [[nodiscard]] bool is_signed(std::uint64_t id) const override {
    return is_signed_member(settings_, id);
  }

  [[nodiscard]] Delegation delegation(std::uint64_t id) const override {
    Delegation delegation;
    delegation.ns = ns(id);
    if (is_signed(id)) {
      const dns::Name& owner = delegation.ns->owner();
      const dns::DnskeyRdata& dnskey = keys_[member_key_index(settings_.seed, id)];
      delegation.ds = dns::RRset::make_single(
          {owner, RRType::ds, dns::RRClass::in, settings_.ds_ttl_s},
          encode(dnssec::make_ds(owner, dnskey, dnssec::DigestType::sha256)));
    }
    return delegation;
  }

  [[nodiscard]] dns::RRsetPtr ns(std::uint64_t id) const override {
    const std::uint64_t weight =
        scale(draw(settings_.seed, id, Choice::provider), weights_up_to_.back());
    const auto provider = std::upper_bound(weights_up_to_.begin(), weights_up_to_.end(), weight);
    const auto place = static_cast<std::size_t>(provider - weights_up_to_.begin());
    return ns_rrsets_[place]->with_owner(settings_.zone.prepend(label(id)).value());
  }

 private:
  ProceduralPopulationSettings settings_;
  std::vector<std::uint64_t> weights_up_to_;  // per provider, its own weight included
  std::vector<dns::RRsetPtr> ns_rrsets_;      // per provider, without a member's name
  std::array<dns::DnskeyRdata, member_key_count> keys_;
};

Status check_prefix(const ProceduralPopulationSettings& settings) {
  const auto is_lower_ldh = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  const std::string& prefix = settings.label_prefix;
  if (!std::all_of(prefix.begin(), prefix.end(), is_lower_ldh)) {
    return Error{"label prefix may hold lower-case letters, digits and hyphens only: " + prefix};
  }
  const std::string longest = prefix + std::string(id_digits_max, '9');
  if (auto name = settings.zone.prepend(longest); !name) {
    return Error{"label prefix is too long: " + name.error().message};
  }
  return Done{};
}

}  // namespace

Result<PopulationPtr> make_procedural_population(ProceduralPopulationSettings settings) {
  // So that id * 10 + 9 never overflows, and NSEC chains may keep ids in 32 bits.
  constexpr std::uint64_t size_max = std::numeric_limits<std::uint32_t>::max();
  if (settings.size == 0 || settings.size > size_max) {
    return Error{fmt::format("population of {} members; from 1 to {} are possible", settings.size,
                             size_max)};
  }
  if (settings.signed_ppm > ppm_all) {
    return Error{
        fmt::format("signed share of {} ppm; the most is {}", settings.signed_ppm, ppm_all)};
  }
  if (Status prefix = check_prefix(settings); !prefix) return prefix.error();
  std::uint64_t total = 0;
  for (const HostingProvider& provider : settings.providers) {
    if (provider.ns_names.empty()) return Error{"hosting provider without name servers"};
    if (provider.weight > size_max) return Error{"hosting provider's weight is over 2^32 - 1"};
    total += provider.weight;
  }
  if (total == 0) return Error{"no hosting provider with a weight above 0"};
  return PopulationPtr(std::make_shared<const ProceduralPopulation>(std::move(settings)));
}

std::size_t member_key_index(std::uint64_t seed, std::uint64_t id) {
  return scale(draw(seed, id, Choice::key), member_key_count);
}

MemberKeys make_member_keys(std::uint64_t seed) {
  MemberKeys pairs;
  for (std::size_t index = 0; index < pairs.size(); ++index) pairs[index] = shared_key(seed, index);
  return pairs;
}

bool is_signed_member(const ProceduralPopulationSettings& settings, std::uint64_t id) {
  return scale(draw(settings.seed, id, Choice::is_signed), ppm_all) < settings.signed_ppm;
}

dnssec::KeyPairPtr member_key(const ProceduralPopulationSettings& settings, std::uint64_t id) {
  return shared_key(settings.seed, member_key_index(settings.seed, id));
}

}  // namespace zonefall::authority
