// The two harnesses, for the sources of this module.
#pragma once

#include "rpl/settings.h"

namespace zonefall::rpl {

/// Time stands still but for TIME_PASSES, replies take none, and the step in hand decides which of
/// them there are (Unbound's testcode/fake_event).
void play_testbound(const Script& script, const Settings& settings, const PlayOptions& options,
                    PlayResult& result);

/// Steps one after the other; a query waits for its answer, and time runs meanwhile (Deckard).
void play_deckard(const Script& script, const Settings& settings, const PlayOptions& options,
                  PlayResult& result);

}  // namespace zonefall::rpl
