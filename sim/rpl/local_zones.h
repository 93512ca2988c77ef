// Names that a resolver answers for by itself, for the sources of this module: what unbound.conf(5)
// calls local zones, and the special-use names of RFC 6303 and RFC 6761 among them.
//
// Stands in front of the resolver: knows no cache and no upstream server.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "zonefall/dns/address.h"
#include "zonefall/dns/master_file.h"
#include "zonefall/dns/message.h"

namespace zonefall::rpl {

/// What is done with names in a zone. Most types answer first what local data there are.
enum class LocalZoneType : std::uint8_t {
  deny,             // dropped
  refuse,           // REFUSED
  fixed,            // "static": NODATA, NXDOMAIN
  transparent,      // NODATA for names with data of other types; else resolved
  typetransparent,  // resolved
  redirect,         // all names below have the zone's own data
  always_transparent,
  always_refuse,
  always_nxdomain,
  always_nodata,
  always_deny,
  always_null,  // 0.0.0.0 and ::
  block_a,      // no A records, to those who do not set DO
  truncate,     // over UDP
};

/// By its name in unbound.conf(5), "nodefault" aside.
std::optional<LocalZoneType> local_zone_type(std::string_view name);
/// The names that it knows.
std::vector<std::string_view> local_zone_type_names();

/// What makes some zones there for some clients only (unbound.conf(5): define-tag and on). Tags are
/// numbered in the order they are defined in.
using Tags = std::set<std::size_t>;

struct ClientTags {
  Tags tags;
  std::map<std::size_t, LocalZoneType> types;  // instead of those of the zones with the tag
  std::map<std::size_t, std::vector<dns::TextRecord>> data;  // of redirected zones with the tag
};

struct LocalQuery {
  dns::Question question;
  dns::Address client;
  const ClientTags* tags = nullptr;
  bool is_tcp = false;
  bool dnssec_ok = false;
};

struct LocalAnswer {
  bool is_dropped = false;
  dns::Rcode rcode = dns::Rcode::noerror;
  bool is_truncated = false;
  std::vector<dns::SignedRRset> answer;
  std::vector<dns::SignedRRset> authority;
  /// The answer is an alias, and who asked is told where it leads, too.
  std::optional<dns::Name> leads_to;
};

class LocalZones {
 public:
  void add_zone(const dns::Name& zone, LocalZoneType type) { zones_[zone].type = type; }
  void add_tags(const dns::Name& zone, const Tags& tags) { zones_[zone].tags = tags; }
  /// Another type of the zone for these clients.
  void add_override(const dns::Name& zone, const dns::AddressBlock& block, LocalZoneType type) {
    zones_[zone].overrides.push_back({block, type});
  }
  /// Those that there always are, but for `zone`.
  void add_no_default(const dns::Name& zone) { without_default_.push_back(zone); }
  void add_data(dns::TextRecord record) { records_.push_back(std::move(record)); }
  enum class LanZones : std::uint8_t { blocked, resolved };
  /// Names for special use, and with LAN zones those of RFC 6303; after all others.
  void add_defaults(LanZones lan_zones);
  /// Once all zones and data are there.
  void finish();
  [[nodiscard]] bool empty() const { return zones_.empty(); }

  /// nullopt: the resolver is to be asked.
  [[nodiscard]] std::optional<LocalAnswer> answer(const LocalQuery& query) const;

 private:
  using RRsets = std::vector<dns::RRsetPtr>;
  struct Override {
    dns::AddressBlock block;
    LocalZoneType type = LocalZoneType::transparent;
  };
  struct Zone {
    LocalZoneType type = LocalZoneType::transparent;
    Tags tags;  // none: there for all
    std::vector<Override> overrides;
    std::map<dns::Name, RRsets> data;
  };

  void add_default(const dns::Name& zone, std::initializer_list<std::string_view> records);
  using Zones = std::map<dns::Name, Zone>;
  /// The deepest zone that is there for somebody with these tags; null: whatever its tags.
  [[nodiscard]] Zones::const_iterator zone_of(const dns::Question& question,
                                              const Tags* tags) const;
  static LocalZoneType type_for(const Zone& zone, const LocalQuery& query,
                                std::optional<std::size_t> tag);

  Zones zones_;
  std::vector<dns::Name> without_default_;
  std::vector<dns::TextRecord> records_;
};

/// The reverse zones of RFC 6303 and RFC 7793, by name.
const std::vector<dns::Name>& lan_zones();

}  // namespace zonefall::rpl
