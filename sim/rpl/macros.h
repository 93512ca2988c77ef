// testbound's macros: variables, and expressions in ${}, for the sources of this module.
//
// A text keeps what stands outside of ${}. In ${} stands a name ("time", "timeout"), a word with
// arguments ("ctime x", "range low x high"), or numbers and variables ("$start") with + - * /
// between them, which are done from left to right; each may be made by a ${} of its own.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "zonefall/core/result.h"

namespace zonefall::rpl {

/// What the harness knows when a step is done.
struct MacroFacts {
  std::int64_t now_s = 0;
  std::int64_t timeout_s = 0;  // to the next timer of the resolver; 0 if there is none
};

class Macros {
 public:
  /// The variable holds the expanded text from now on.
  Status assign(std::string_view variable, std::string_view text, const MacroFacts& facts);
  [[nodiscard]] Result<std::string> expand(std::string_view text, const MacroFacts& facts) const;

 private:
  std::map<std::string, std::string, std::less<>> variables_;
};

/// All of `text` as a decimal number that is not huge, fractions allowed.
Result<double> macro_number(std::string_view text);

}  // namespace zonefall::rpl
