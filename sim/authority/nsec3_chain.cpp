#include "authority/nsec3_chain.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>

#include "zonefall/core/assert.h"
#include "zonefall/core/words.h"

namespace zonefall::authority {

namespace {

using dns::Name;
using dnssec::Nsec3Hash;

// Fixed fields, salt, hash, and a bitmap of all 256 windows.
constexpr std::size_t rdata_octets_max = 6 + 255 + 20 + 256 * 34;

struct Member {
  Nsec3Hash hash;
  bool is_signed;
};

// Its first octets as a number: nearly always enough to tell which of two hashes is lower.
std::uint64_t head_of(const Nsec3Hash& hash) {
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < sizeof head; ++i) head = head << 8 | hash[i];
  return head;
}

bool is_lower(const Nsec3Hash& a, const Nsec3Hash& b) {
  const std::uint64_t head_a = head_of(a);
  const std::uint64_t head_b = head_of(b);
  return head_a != head_b ? head_a < head_b : a < b;
}

class Nsec3Chain final : public DenialChain {
 public:
  explicit Nsec3Chain(Nsec3ChainParts parts)
      : apex_(std::move(parts.apex)),
        denial_(std::move(parts.denial)),
        signed_form_(make_form(delegation_types(Kind::nsec3, true))),
        insecure_form_(make_form(delegation_types(Kind::nsec3, false))) {
    ZF_ASSERT(!parts.listed.empty() && parts.listed.front().owner == apex_);
    if (parts.population != nullptr) add_members(*parts.population);
    std::vector<dns::TypeBitmap> types = add_listed(std::move(parts.listed));
    for (std::size_t i = 0; i < listed_.size(); ++i) {
      const Nsec3Hash& hash = listed_[i].hash;
      listed_[i].rrset = make_rrset(hash, next_at(i + 1, member_at(hash)), make_form(types[i]));
    }
    apex_rrset_ = listed_[listed_at(dnssec::nsec3_hash(apex_, denial_.params))].rrset;
  }

  [[nodiscard]] Kind kind() const override { return Kind::nsec3; }

  [[nodiscard]] Found find(const Name& name) const override {
    if (name == apex_) return {apex_rrset_, true};  // in nearly all proofs of a TLD
    const Nsec3Hash hash = dnssec::nsec3_hash(name, denial_.params);
    const std::size_t listed = listed_at(hash);
    if (listed < listed_.size() && listed_[listed].hash == hash) {
      return {listed_[listed].rrset, true};
    }
    const std::size_t member = member_at(hash);
    if (member < members_.size() && members_[member] == hash) {
      return {member_rrset(member, listed), true};
    }
    const bool in_members =
        member > 0 && (listed == 0 || listed_[listed - 1].hash < members_[member - 1]);
    if (in_members) return {member_rrset(member - 1, listed)};
    if (listed > 0) return {listed_[listed - 1].rrset};
    // Before the first: the last one's interval goes round the ring.
    if (!members_.empty() && listed_.back().hash < members_.back()) {
      return {member_rrset(members_.size() - 1, listed_.size())};
    }
    return {listed_.back().rrset};
  }

  void for_each(const std::function<void(const dns::RRsetPtr&)>& visit) const override {
    std::size_t member = 0;
    for (std::size_t listed = 0; listed < listed_.size(); ++listed) {
      for (; member < members_.size() && members_[member] < listed_[listed].hash; ++member) {
        visit(member_rrset(member, listed));
      }
      visit(listed_[listed].rrset);
    }
    for (; member < members_.size(); ++member) visit(member_rrset(member, listed_.size()));
  }

  [[nodiscard]] std::uint64_t size() const override { return listed_.size() + members_.size(); }

 private:
  struct Listed {
    Nsec3Hash hash;
    dns::RRsetPtr rrset;
  };

  void add_members(const Population& population) {
    std::uint64_t count = 0;
    for (std::uint64_t id = 0; id < population.size(); ++id) {
      if (!denial_.opt_out || population.is_signed(id)) ++count;
    }
    std::vector<Member> members;
    members.reserve(count);
    for (std::uint64_t id = 0; id < population.size(); ++id) {
      const bool is_signed = population.is_signed(id);
      if (denial_.opt_out && !is_signed) continue;
      const Name name = apex_.prepend(population.label(id)).value();
      members.push_back({dnssec::nsec3_hash(name, denial_.params), is_signed});
    }
    std::sort(members.begin(), members.end(),
              [](const Member& a, const Member& b) { return is_lower(a.hash, b.hash); });
    members_.reserve(count);
    for (const Member& member : members) members_.push_back(member.hash);
    fill_buckets();
    if (denial_.opt_out) return;
    for (const Member& member : members) member_signed_.push_back(member.is_signed);
  }

  void fill_buckets() {
    constexpr std::size_t members_per_bucket = 3;
    bucket_starts_.assign(members_.size() / members_per_bucket + 2, 0);
    for (const Nsec3Hash& hash : members_) bucket_starts_[bucket_of(hash) + 1] += 1;
    std::partial_sum(bucket_starts_.begin(), bucket_starts_.end(), bucket_starts_.begin());
  }

  // Returns the types of listed_, entry by entry.
  std::vector<dns::TypeBitmap> add_listed(std::vector<ChainEntry> entries) {
    struct Hashed {
      Nsec3Hash hash;
      dns::TypeBitmap types;
    };
    std::vector<Hashed> hashed;
    hashed.reserve(entries.size());
    for (ChainEntry& entry : entries) {
      hashed.push_back({dnssec::nsec3_hash(entry.owner, denial_.params), std::move(entry.types)});
    }
    std::sort(hashed.begin(), hashed.end(),
              [](const Hashed& a, const Hashed& b) { return a.hash < b.hash; });
    std::vector<dns::TypeBitmap> types;
    for (Hashed& entry : hashed) {
      listed_.push_back({entry.hash, nullptr});
      types.push_back(std::move(entry.types));
    }
    return types;
  }

  // The first listed name / member whose hash is not below `hash`.
  [[nodiscard]] std::size_t listed_at(const Nsec3Hash& hash) const {
    const auto at =
        std::lower_bound(listed_.begin(), listed_.end(), hash,
                         [](const Listed& a, const Nsec3Hash& b) { return a.hash < b; });
    return static_cast<std::size_t>(at - listed_.begin());
  }
  [[nodiscard]] std::size_t member_at(const Nsec3Hash& hash) const {
    if (members_.empty()) return 0;
    const std::size_t bucket = bucket_of(hash);
    const auto at = [this](std::size_t index) {
      return members_.begin() + static_cast<std::ptrdiff_t>(index);
    };
    const auto found = std::lower_bound(at(bucket_starts_[bucket]), at(bucket_starts_[bucket + 1]),
                                        hash, is_lower);
    return static_cast<std::size_t>(found - members_.begin());
  }
  // Hashes are uniform, so that equal parts of their range hold few members each.
  [[nodiscard]] std::size_t bucket_of(const Nsec3Hash& hash) const {
    return scale(head_of(hash), bucket_starts_.size() - 1);
  }

  // The hash that follows the ones below `listed` and `member`; after the last, the first.
  [[nodiscard]] const Nsec3Hash& next_at(std::size_t listed, std::size_t member) const {
    if (listed == listed_.size() && member == members_.size()) return next_at(0, 0);
    if (member == members_.size()) return listed_[listed].hash;
    if (listed == listed_.size()) return members_[member];
    return is_lower(members_[member], listed_[listed].hash) ? members_[member]
                                                            : listed_[listed].hash;
  }

  // RDATA whose next hash is still to be set: the same for all records of the same types.
  [[nodiscard]] dns::Octets make_form(const dns::TypeBitmap& types) const {
    dns::Nsec3Rdata rdata;
    rdata.flags = denial_.opt_out ? dns::Nsec3Rdata::flag_opt_out : std::uint8_t{0};
    rdata.iterations = denial_.params.iterations;
    rdata.salt = denial_.params.salt;
    rdata.next_hash.assign(std::tuple_size_v<Nsec3Hash>, 0);
    rdata.types = types;
    return encode(rdata);
  }
  // Made for nearly every referral: allocates nothing but the RRset.
  [[nodiscard]] dns::RRsetPtr make_rrset(const Nsec3Hash& hash, const Nsec3Hash& next,
                                         const dns::Octets& form) const {
    constexpr std::size_t before_next = 6;  // besides the salt: RFC 5155 3.2
    std::array<std::uint8_t, rdata_octets_max> rdata;
    ZF_ASSERT(form.size() <= rdata.size());
    std::copy(form.begin(), form.end(), rdata.begin());
    std::copy(next.begin(), next.end(), rdata.begin() + before_next + denial_.params.salt.size());
    return dns::RRset::make_single(
        {dnssec::nsec3_owner(hash, apex_), dns::RRType::nsec3, dns::RRClass::in, denial_.ttl_s},
        std::span(rdata).first(form.size()));
  }
  // `listed`: how many listed hashes are below the member's.
  [[nodiscard]] dns::RRsetPtr member_rrset(std::size_t member, std::size_t listed) const {
    const bool is_signed = denial_.opt_out || member_signed_[member];
    return make_rrset(members_[member], next_at(listed, member + 1),
                      is_signed ? signed_form_ : insecure_form_);
  }

  Name apex_;
  DenialSettings denial_;
  dns::Octets signed_form_;  // of a member's record
  dns::Octets insecure_form_;
  std::vector<Listed> listed_;      // by hash
  std::vector<Nsec3Hash> members_;  // rising
  /// The first member of each bucket, and behind the last bucket how many there are.
  std::vector<std::uint32_t> bucket_starts_;
  std::vector<bool> member_signed_;  // per member; empty with opt-out: all are
  dns::RRsetPtr apex_rrset_;
};

}  // namespace

std::unique_ptr<const DenialChain> make_nsec3_chain(Nsec3ChainParts parts) {
  return std::make_unique<const Nsec3Chain>(std::move(parts));
}

}  // namespace zonefall::authority
