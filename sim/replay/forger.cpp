#include "replay/forger.h"

#include <algorithm>
#include <memory>

#include "zonefall/core/rng.h"
#include "zonefall/core/words.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::replay {

namespace {

constexpr std::uint64_t ppm_all = 1'000'000;

// Of documentation (RFC 5737, RFC 3849), and of no child (authority/zone_finder.h).
constexpr std::array<std::uint8_t, 4> ipv4 = {203, 0, 113, 66};
constexpr std::array<std::uint8_t, 16> ipv6 = {0x20, 0x01, 0x0d, 0xb8, 0x0b, 0xad, 0, 0,
                                               0,    0,    0,    0,    0,    0,    0, 0x66};

dns::RRsetPtr forged_rrset(const dns::Name& owner, dns::RRType type, std::uint32_t ttl_s) {
  const dns::RRset::Header header{owner, type, dns::RRClass::in, ttl_s};
  if (type == dns::RRType::a) return dns::RRset::make_single(header, ipv4);
  return dns::RRset::make_single(header, ipv6);
}

}  // namespace

Forger::Forger(const World& world)
    : attacker_(world.attacker ? &*world.attacker : nullptr),
      key_(hash_combine(world.seed, purpose("replay: forgery"))) {
  if (attacker_ == nullptr) return;
  rdata_ids_ = {forged_rrset({}, dns::RRType::a, 0)->rdata_id(),
                forged_rrset({}, dns::RRType::aaaa, 0)->rdata_id()};
}

bool Forger::is_target(const resolver::SendQuery& query, SimTime now) const {
  const dns::RRType type = query.question.qtype;
  const bool is_of_address = type == dns::RRType::a || type == dns::RRType::aaaa;
  if (!is_of_address || now < attacker_->from || now >= attacker_->until) return false;
  const bool is_out_of_reach = attacker_->position == Attacker::Position::off_path &&
                               query.transport == resolver::Transport::tcp;
  if (is_out_of_reach) return false;
  const auto& names = attacker_->names;
  return std::binary_search(names.begin(), names.end(), query.question.qname);
}

dns::MessagePtr Forger::response_to(std::uint64_t sender, const resolver::SendQuery& query,
                                    SimTime now) const {
  if (attacker_ == nullptr || !is_target(query, now)) return nullptr;
  const std::uint64_t fate = hash_combine(hash_combine(key_, sender), query.exchange);
  if (scale(fate, ppm_all) >= attacker_->success_ppm) return nullptr;
  dns::Message message;
  message.flags.qr = true;
  message.flags.aa = true;
  message.question = query.question;
  if (query.has_edns) message.edns = dns::Edns{.dnssec_ok = query.dnssec_ok};
  message.answer = {
      {forged_rrset(query.question.qname, query.question.qtype, attacker_->ttl_s), {}}};
  return std::make_shared<const dns::Message>(std::move(message));
}

bool Forger::is_forged(const dns::RRset& rrset) const {
  return attacker_ != nullptr &&
         std::find(rdata_ids_.begin(), rdata_ids_.end(), rrset.rdata_id()) != rdata_ids_.end();
}

}  // namespace zonefall::replay
