// The whole content of a message as JSON: what tests compare, with each other and with dnspython.
#pragma once

#include <span>
#include <string>

#include "zonefall/dns/message.h"

namespace zonefall::dns::testing {

/// Owner names and RDATA as hexadecimal octets in canonical form, records in message order.
std::string message_json(const Message& message);

std::string to_hex(std::span<const std::uint8_t> octets);
/// Spaces and line ends are skipped.
Octets from_hex(std::string_view hex);

}  // namespace zonefall::dns::testing
