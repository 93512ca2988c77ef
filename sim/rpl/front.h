// What a name server does with a client's query before it resolves anything, for the sources of
// this module: who may ask (RFC 5358), whether it is a query at all, queries of class CH (RFC
// 4892), and names that it answers for by itself.
//
// Knows no cache and no upstream server, and keeps no state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rpl/cookies.h"
#include "rpl/local_zones.h"
#include "zonefall/dns/address.h"
#include "zonefall/dns/message.h"

namespace zonefall::rpl {

/// What clients of some addresses may do (unbound.conf(5): access-control).
enum class Access : std::uint8_t {
  deny,
  refuse,
  allow,
  allow_setrd,   // recursion is presumed to be desired
  allow_snoop,   // without recursion, too
  allow_cookie,  // over UDP: who shows that he is at his address (RFC 7873)
  deny_non_local,
  refuse_non_local,
};

struct AccessRule {
  dns::AddressBlock block;
  Access access = Access::allow;
};

/// Local zones for some clients (unbound.conf(5): view, access-control-view).
struct View {
  LocalZones local_zones;
  bool falls_back = false;  // to those of all others
};

struct ViewRule {
  dns::AddressBlock block;
  std::size_t view = 0;
};

struct TagRule {
  dns::AddressBlock block;
  ClientTags tags;
};

struct FrontSettings {
  /// The longest block that holds the client's address decides; without any he is refused.
  std::vector<AccessRule> access;
  std::optional<LocalZones> local_zones;
  std::vector<View> views;
  std::vector<ViewRule> view_rules;  // the longest block decides
  std::vector<TagRule> tag_rules;    // so here
  bool has_ede = false;
  std::optional<CookieSecret> cookie_secret;  // nullopt: cookies are not looked at
  /// Of class CH: "id.server." and "version.server." (RFC 4892); nullopt: they are hidden.
  std::optional<std::string> identity;
  std::optional<std::string> version;
  std::optional<std::vector<std::string>> trust_anchors;  // "trustanchor.unbound."
};

/// A query as it came.
struct FrontQuery {
  std::span<const std::uint8_t> octets;
  dns::Address client;
  bool is_tcp = false;
  std::int64_t now_s = 0;
};

struct FrontAnswer {
  enum class Kind : std::uint8_t {
    dropped,
    answered,  // with `message`
    resolved,  // `message` is the query, for the resolver
  };
  Kind kind = Kind::dropped;
  dns::Message message;
  /// Of a query to be resolved: this alias leads to its question, the client asked for its owner.
  std::optional<dns::SignedRRset> alias;
};

FrontAnswer handle_query(const FrontSettings& settings, const FrontQuery& query);

}  // namespace zonefall::rpl
