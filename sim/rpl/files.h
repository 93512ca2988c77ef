// Files that a script brings along, for the sources of this module.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/rpl/script.h"

namespace zonefall::rpl {

/// The name under which the file of AUTOTRUST_FILE `id` is kept; no temporary file has it.
std::string autotrust_name(const std::string& id);

/// The file's text; a line $INCLUDE_TEMPFILE is the text of that one.
Result<std::string> file_text(const std::map<std::string, ScriptFile>& files,
                              const std::string& name);

/// The DS and DNSKEY records of a file of trust anchors, each as an option like trust-anchor, with
/// its line. Of the file that an RFC 5011 implementation keeps, those count that it trusts.
Result<std::vector<Option>> anchors_in(const Script& script, const Option& file);

}  // namespace zonefall::rpl
