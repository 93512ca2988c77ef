// A small Internet on loopback addresses: root, three TLDs, and random zones with their children.
//
// root         127.0.1.1, .2          signed, NSEC
// alpha.       127.0.2.1, .2          signed, NSEC
// beta.        127.0.2.3, .4          signed, NSEC3
// gamma.       127.0.2.5, .6          signed, NSEC3 with opt-out
// other.       127.0.3.1              signed, NSEC: where aliases lead
// plain.other. 127.0.3.2              unsigned
// z<K>.<TLD>.  127.<16 + K / 200>.<K % 200>.1, .2
// its children 127.<...>.<...>.3 and on, or the addresses of the zone itself
// Their name servers have names in other. Instead of these two, with WorldKind::servers:
// z<K>.<TLD> and others of ServerWorld, all in 127.<16 + K / 200>.<K % 200>
// A zone is a function of (seed, K), so that it can be made by itself.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "faults.h"
#include "server_world.h"
#include "zone_making.h"
#include "zonefall/dns/message.h"

namespace zonefall::differential {

/// A random zone of the Internet and what is asked about it.
struct RandomZone {
  std::uint32_t number = 0;
  dns::Name apex;
  dns::Address server;         // one of the zone's
  std::string signing;         // "NSEC3 with opt-out, ECDSAP256SHA256"
  dns::Name faulty_apex = {};  // the zone itself or a child
  AppliedFault fault = {};
  std::vector<dns::Question> questions = {};

  [[nodiscard]] std::string to_text() const;
};

/// What is wrong in it: the content of signed zones, or servers and delegations.
enum class WorldKind : std::uint8_t { zones, servers };

struct InternetSettings {
  WorldKind kind = WorldKind::zones;
  std::uint64_t seed = 1;
  std::vector<std::uint32_t> zones;  // numbers
  std::uint32_t questions_per_zone = 20;
  std::string fault = {};  // "": drawn
  SimTime now;
};

/// Answers for all of its servers. Safe from several threads.
class Internet {
 public:
  explicit Internet(const InternetSettings& settings);

  [[nodiscard]] WorldKind kind() const { return kind_; }
  [[nodiscard]] const std::vector<RandomZone>& zones() const { return random_zones_; }
  [[nodiscard]] const dns::RRsetPtr& trust_anchor() const { return anchor_; }
  /// The root's KSK, in the form of configuration files.
  [[nodiscard]] std::string anchor_text() const;
  [[nodiscard]] static std::string root_hints_text();

  struct Query {
    dns::Question question;
    std::optional<dns::Edns> edns;
    bool is_tcp = false;
  };
  /// What the server at that address answers; null: nothing. Equal queries get the same message.
  /// Its `id` is what the query's is xored with.
  [[nodiscard]] dns::MessagePtr answer(const dns::Address& server, const Query& query) const;

 private:
  using Key = std::tuple<dns::Address, dns::Question, bool, bool, std::size_t>;

  struct Tlds;

  [[nodiscard]] RandomZone add_family(Tlds& tlds, const InternetSettings& settings,
                                      std::uint32_t number);
  [[nodiscard]] RandomZone add_world(Tlds& tlds, const InternetSettings& settings,
                                     std::uint32_t number);
  void serve(const ServedZone& zone);
  [[nodiscard]] dns::MessagePtr make_answer(const dns::Address& server, const Query& query,
                                            std::size_t octets_max) const;
  [[nodiscard]] const ServedZone* find(const dns::Address& server,
                                       const dns::Question& question) const;

  WorldKind kind_;
  std::vector<RandomZone> random_zones_;
  std::map<dns::Address, std::vector<ServedZone>> servers_;
  std::map<dns::Address, ServerLie> lies_;
  dns::RRsetPtr anchor_;
  dns::DnskeyRdata root_key_;
  mutable std::mutex mutex_;
  mutable std::map<Key, dns::MessagePtr> answers_;
};

}  // namespace zonefall::differential
