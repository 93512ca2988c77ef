#include "zonefall/rpl/play.h"

#include "rpl/hosts.h"
#include "rpl/settings.h"

namespace zonefall::rpl {

namespace {

void append_unsupported(const Entry& entry, std::vector<Mismatch>& out) {
  for (const Unsupported& one : entry.unsupported) {
    out.push_back({one.line, one.what, one.what + '\n', "unsupported\n"});
  }
}

// Of the options, and of entries wherever they are.
std::vector<Mismatch> unsupported_in(const Script& script, const SettingsOrNot& settings) {
  std::vector<Mismatch> all = settings.unsupported;
  for (const Range& range : script.ranges) {
    for (const Entry& entry : range.entries) append_unsupported(entry, all);
  }
  for (const Step& step : script.steps) {
    if (step.entry) append_unsupported(*step.entry, all);
  }
  return all;
}

}  // namespace

std::vector<PlayResult> play(const Script& script, const PlayOptions& options) {
  const SettingsOrNot settings = settings_of(script);
  const std::vector<Mismatch> unsupported = unsupported_in(script, settings);
  std::vector<PlayResult> results;
  for (const Settings& mode : settings.modes) {
    PlayResult result;
    result.mode = mode.mode;
    result.mismatches = unsupported;
    if (unsupported.empty()) {
      if (script.dialect == Dialect::testbound) {
        play_testbound(script, mode, options, result);
      } else {
        play_deckard(script, mode, options, result);
      }
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace zonefall::rpl
