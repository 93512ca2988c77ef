// Plays a script against the recursive resolver, in virtual time, and judges what it did.
//
// play() is a host of the same resolver object that the simulation drives. The two dialects'
// harnesses differ in how steps and ranges count, in what time does, and in how answers are
// compared; each is followed as its own project runs it (ARCHITECTURE.md, "Other projects' tests").
//
// A script passes if every answer and every upstream query that it checks is as it says. Queries
// that it does not script, and those that are still open at its end, are told apart from that:
// another implementation asks other questions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zonefall/resolver/trace.h"
#include "zonefall/rpl/script.h"

namespace zonefall::rpl {

/// Something that is not as the script says, at a line of it.
struct Mismatch {
  std::uint32_t line = 0;
  std::string what;      // "STEP 10 CHECK_ANSWER", or the option
  std::string expected;  // may have several lines
  std::string got;
};

struct PlayResult {
  std::string mode;  // "minimising", "not minimising": of scripts that are played twice
  std::vector<Mismatch> mismatches;
  std::vector<std::string> unscripted;  // upstream queries without a reply in the script
  std::vector<std::string> open;        // upstream queries nobody answered by the end
  std::vector<std::string> trace;       // what the resolver did, if asked for
  [[nodiscard]] bool passed() const { return mismatches.empty(); }
};

struct PlayOptions {
  bool traces = false;
};

/// One result for each mode the script is to be played in. An option that this resolver does not
/// have and that changes its answers is a mismatch.
std::vector<PlayResult> play(const Script& script, const PlayOptions& options);

}  // namespace zonefall::rpl
