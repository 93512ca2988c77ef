// The table of profile knobs: every field of resolver::ResolverProfile once, with its bounds.
#pragma once

#include "scenario/fields.h"
#include "zonefall/resolver/profile.h"

namespace zonefall::scenario {

/// All but the name, which is the file's.
void describe(Fields& fields, resolver::ResolverProfile& profile);

}  // namespace zonefall::scenario
