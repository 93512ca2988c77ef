// Files that people write, read whole. The one place where this module touches the world outside.
//
// Errors: the path, and why it cannot be read.
#pragma once

#include <cstddef>
#include <string>

#include "zonefall/core/result.h"

namespace zonefall {

/// The contents of a file of up to `octets_max` octets; no more than that is ever held of one that
/// does not end. Errors: missing, a folder, not readable (to its end), too large.
Result<std::string> read_text_file(const std::string& path, std::size_t octets_max);

}  // namespace zonefall
