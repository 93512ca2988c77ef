#include "zonefall/rpl/play.h"

#include "rpl/hosts.h"
#include "rpl/settings.h"

namespace zonefall::rpl {

std::vector<PlayResult> play(const Script& script, const PlayOptions& options) {
  const SettingsOrNot settings = settings_of(script);
  std::vector<PlayResult> results;
  for (const Settings& mode : settings.modes) {
    PlayResult result;
    result.mode = mode.mode;
    result.mismatches = settings.unsupported;
    if (settings.unsupported.empty()) {
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
