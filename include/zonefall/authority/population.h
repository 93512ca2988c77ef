// Procedural populations: millions of delegations as a function of their name.
//
// A TLD of 17.9 million names is simulated at its true size because the density of its NSEC3 chain
// decides how far negative caching carries. A member is an id; whether it is signed, where it is
// hosted and which addresses its name servers have follow from (seed, id). Only the hashes of
// signed members are kept, sorted: 20 octets each.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "zonefall/authority/zone_content.h"
#include "zonefall/core/result.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/dnssec/key.h"

namespace zonefall::authority {

/// One delegated child of a TLD.
struct Delegation {
  dns::RRsetPtr ns;
  dns::RRsetPtr ds;                 // null: insecure
  std::vector<dns::RRsetPtr> glue;  // A / AAAA below the cut
};

/// Maps labels directly under one zone to delegations and back. Pure: equal ids, equal delegations.
class Population {
 public:
  virtual ~Population() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// "n1234567" and its inverse; nullopt for labels that are no member (they do not exist).
  [[nodiscard]] virtual std::string label(std::uint64_t id) const = 0;
  [[nodiscard]] virtual std::optional<std::uint64_t> id_of(
      std::span<const std::uint8_t> label) const = 0;
  [[nodiscard]] virtual bool is_signed(std::uint64_t id) const = 0;
  [[nodiscard]] virtual Delegation delegation(std::uint64_t id) const = 0;
  /// The NS RRset of delegation(), without making the rest.
  [[nodiscard]] virtual dns::RRsetPtr ns(std::uint64_t id) const = 0;
};
using PopulationPtr = std::shared_ptr<const Population>;

/// A hosting provider: name servers that many members share. Its NS names must resolve elsewhere
/// (listed names of this or another zone), so no glue travels with these members.
struct HostingProvider {
  std::vector<dns::Name> ns_names;
  std::uint64_t weight = 1;
};

struct ProceduralPopulationSettings {
  dns::Name zone;
  std::uint64_t size = 0;
  std::uint64_t seed = 0;
  std::string label_prefix = "n";
  /// Signed share in parts per million.
  std::uint32_t signed_ppm = 0;
  std::uint32_t ns_ttl_s = 86400;
  std::uint32_t ds_ttl_s = 86400;
  std::vector<HostingProvider> providers;  // at least one
};

/// Members are "<prefix><decimal id>" without leading zeros. The DS of a signed member is the real
/// SHA-256 DS of its key, one of `member_key_count` ECDSA P-256 pairs made from the seed: a child's
/// key must exist, but need not be unique for anything that is measured.
inline constexpr std::uint32_t member_key_count = 64;
Result<PopulationPtr> make_procedural_population(ProceduralPopulationSettings settings);
/// What the population's is_signed() says of a member, without making the population.
bool is_signed_member(const ProceduralPopulationSettings& settings, std::uint64_t id);
/// The key pair of a signed member (KSK and ZSK in one, flags 257): whoever simulates the child's
/// zone signs with it.
dnssec::KeyPairPtr member_key(const ProceduralPopulationSettings& settings, std::uint64_t id);

/// `listed` (apex data and named delegations) together with `population`. The denial settings are
/// those of `listed`; with opt-out only signed members are in the chain, without it all are (then
/// size() is bounded to 2 million). Errors: a listed name that is also a member.
Result<ZoneContentPtr> make_populated_content(ListedZone listed, PopulationPtr population);

}  // namespace zonefall::authority
