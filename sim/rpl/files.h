// Files that a script brings along, for the sources of this module.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "rpl/lines.h"

namespace zonefall::rpl {

/// The name under which the file of AUTOTRUST_FILE `id` is kept; no temporary file has it.
std::string autotrust_name(const std::string& id);

/// The lines of the file that an option names, each with its number in the script; instead of a
/// line $INCLUDE_TEMPFILE those of that file. They are pieces of `files`. Errors say where in the
/// script the file was asked for.
Result<std::vector<Line>> file_lines(const std::map<std::string, ScriptFile>& files,
                                     const Option& option, std::string_view script_name);

/// The DS and DNSKEY records of a file of trust anchors, each as an option like trust-anchor, with
/// the line where it begins. Of the file that an RFC 5011 implementation keeps, those count that it
/// trusts.
Result<std::vector<Option>> anchors_in(const Script& script, const Option& file);

}  // namespace zonefall::rpl
