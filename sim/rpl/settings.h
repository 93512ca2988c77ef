// What a script's config section makes of the resolver, for the sources of this module.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "rpl/dns64.h"
#include "rpl/front.h"
#include "zonefall/resolver/resolver.h"
#include "zonefall/rpl/play.h"

namespace zonefall::rpl {

/// How clients' answers are made of the resolver's replies.
struct AnswerShape {
  bool has_ede = false;
  bool has_stale_ede = false;
  bool ignores_cd = false;          // of queries
  std::optional<dns::Octets> nsid;  // RFC 5001
  /// What answers with EDNS say that this server takes itself.
  std::uint16_t edns_octets = 1232;
  /// To clients with EDNS over UDP: the least of what both sides want.
  std::uint16_t udp_octets_max = 1232;
  /// Who asked over UDP and has waited for longer has gone.
  Duration discard_timeout = Duration::max();
};

/// One resolver to play a script against.
struct Settings {
  std::string mode;
  resolver::ResolverConfig config;
  std::vector<resolver::OperatorAction> at_start;
  AnswerShape shape;
  FrontSettings front;
  std::optional<Dns64> dns64 = std::nullopt;
  /// Servers with IPv4 addresses are asked at addresses of this prefix (RFC 6146).
  std::optional<dns::AddressBlock> nat64 = std::nullopt;
  // Of queries to servers, as MATCH sees them:
  bool asks_over_tcp = false;
  bool always_sets_do = false;  // also where nothing is validated
  SimTime start;                // the clock's
};

struct SettingsOrNot {
  std::vector<Settings> modes;
  std::vector<Mismatch> unsupported;
};

SettingsOrNot settings_of(const Script& script);

// The two dialects' own.
SettingsOrNot testbound_settings(const Script& script);
SettingsOrNot deckard_settings(const Script& script);

/// Whether nothing of an option of unbound.conf(5) shows in a script, at least with this value.
bool unbound_option_without_effect(const Option& option);

/// Trust anchors, which are written as DS or DNSKEY records.
class TrustAnchors {
 public:
  /// Errors: not such a record; `where` is the place in the script.
  Status add(const Option& record, const std::string& file_name);
  /// One DS RRset for each zone.
  [[nodiscard]] std::vector<resolver::TrustAnchor> rrsets() const;

 private:
  std::map<dns::Name, std::vector<dns::Octets>> ds_by_zone_;
};

/// "YYYYMMDDHHMMSS", or seconds since 1970.
Result<SimTime> date_of(std::string_view text);

}  // namespace zonefall::rpl
