// Until when two worlds' servers answer alike: what makes asking both of them needless.
#pragma once

#include <vector>

#include "zonefall/authority/server.h"
#include "zonefall/core/time.h"

namespace zonefall::replay {

/// By site, numbered server by server: queries that arrive before this instant get the same replies
/// at this site in both; from then on they may not. The servers and sites must be the same in
/// number and order.
std::vector<SimTime> alike_until(const authority::ServerDirectory& a,
                                 const authority::ServerDirectory& b);

}  // namespace zonefall::replay
