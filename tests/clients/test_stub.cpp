// Goal: a stub tries again as often as its rule says, and then gives up.
#include <catch2/catch.hpp>

#include "zonefall/clients/stub.h"

using namespace zonefall;
using namespace zonefall::clients;

TEST_CASE("retries on SERVFAIL and on silence are counted apart") {
  StubRule rule;
  rule.retries_on_servfail = 2;
  rule.pause_on_servfail = Duration::milliseconds(10);
  rule.retries_on_timeout = 1;
  CHECK(pause_before_retry(rule, 1, false) == Duration::milliseconds(10));
  CHECK(pause_before_retry(rule, 2, false) == Duration::milliseconds(10));
  CHECK_FALSE(pause_before_retry(rule, 3, false).has_value());
  CHECK(pause_before_retry(rule, 1, true) == Duration());
  CHECK_FALSE(pause_before_retry(rule, 2, true).has_value());
}

TEST_CASE("a stub without retries gives up at once") {
  StubRule rule;
  rule.retries_on_servfail = 0;
  CHECK_FALSE(pause_before_retry(rule, 1, false).has_value());
}
