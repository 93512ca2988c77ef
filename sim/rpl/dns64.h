// DNS64 (RFC 6147): IPv6 addresses for names that have IPv4 addresses only, for the sources of this
// module.
//
// Stands in front of the resolver, which is asked twice then: these functions say for what, and
// what becomes of the answers.
#pragma once

#include <optional>
#include <vector>

#include "zonefall/dns/address.h"
#include "zonefall/dns/message.h"

namespace zonefall::rpl {

struct Dns64 {
  /// RFC 6052 2.2: of 32, 40, 48, 56, 64 or 96 bits.
  dns::AddressBlock prefix = dns::AddressBlock::parse("64:ff9b::/96").value();
  bool for_all = false;                // names that have IPv6 addresses, too
  std::vector<dns::Name> without_own;  // so for names at and below these
};

bool is_dns64_prefix(const dns::AddressBlock& block);

/// The address with the IPv4 one in it.
dns::Address embedded(const dns::AddressBlock& prefix, const dns::Address& ipv4);

/// RFC 6147 5.3.1: the name in in-addr.arpa that a name in ip6.arpa below the prefix stands for.
std::optional<dns::Name> ipv4_pointer(const Dns64& dns64, const dns::Name& name);

/// RFC 6147 5.1: whether `answer`, to a query for AAAA, is to be replaced by what A records make.
bool wants_ipv4(const Dns64& dns64, const dns::Message& answer);

/// `answer`, to the query for A, as an answer to that for AAAA; nullopt if there are no A records.
std::optional<dns::Message> synthesised(const Dns64& dns64, dns::Message answer);

}  // namespace zonefall::rpl
