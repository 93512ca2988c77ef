#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "small_world.h"
namespace zonefall::replay {
using namespace testing;
using outcome::Outcome;
TEST_CASE("look") {
  for (bool faulty : {false, true}) {
    const World world = make_world(faulty ? faulty_tld() : healthy_tld(),
                                   {cohort("unbound", unbound_like()), cohort("bind", bind_like()),
                                    cohort("knot", knot_like()), cohort("stale", stale_like())});
    const ReplayResult r = run(world);
    for (std::uint32_t c = 0; c < 4; ++c) {
      fmt::print("{}\n", world.cohorts[c].name);
      for (std::uint32_t bin = 0; bin < r.tally.shape().bins.count; ++bin) {
        fmt::print("  {:3}", 30 + 10 * bin);
        for (auto o : outcome::all_outcomes())
          fmt::print(" {:5}", r.tally.lookups(c, bin, o).raw() >> 20);
        fmt::print("\n");
      }
    }
    fmt::print("{} res {} exch {} events\n", r.tally.resolutions(), r.tally.exchanges(),
               r.tally.events());
  }
}
}  // namespace zonefall::replay
