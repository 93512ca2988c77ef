// DNS cookies as servers make them (RFC 7873, RFC 9018), for the sources of this module.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "zonefall/dns/address.h"
#include "zonefall/dns/message.h"

namespace zonefall::rpl {

using CookieSecret = std::array<std::uint8_t, 16>;

struct CookieOwner {
  dns::Address client;
  std::int64_t now_s = 0;
};

/// RFC 7873 4: option 10 of a query; null if there is none.
const dns::EdnsOption* cookie_in(const std::optional<dns::Edns>& edns);
/// Of a client alone, or with a server's part.
bool has_cookie_size(const dns::EdnsOption& cookie);
/// Made by a server with this secret, less than an hour ago (RFC 9018 4.3).
bool is_valid_cookie(const dns::EdnsOption& cookie, const CookieSecret& secret,
                     const CookieOwner& owner);
/// The client's part of `cookie` with that of the server as of now (RFC 9018 4).
dns::EdnsOption server_cookie(const dns::EdnsOption& cookie, const CookieSecret& secret,
                              const CookieOwner& owner);

}  // namespace zonefall::rpl
