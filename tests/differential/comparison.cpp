#include "comparison.h"

#include <algorithm>

#include <fmt/format.h>

#include "zonefall/dns/rdata.h"

namespace zonefall::differential {

std::string Outcome::label() const {
  if (!rcode) return "TIMEOUT";
  return fmt::format("{}{}/{}", dns::to_text(*rcode), authentic_data ? "+ad" : "", answer.size());
}

Outcome outcome_of(const std::optional<dns::Message>& message) {
  Outcome outcome;
  if (!message) return outcome;
  outcome.rcode = message->rcode;
  if (message->rcode == dns::Rcode::servfail) return outcome;
  outcome.authentic_data = message->flags.ad;
  for (const dns::SignedRRset& entry : message->answer) {
    const dns::RRset& rrset = *entry.rrset;
    for (const dns::RdataList::Rdata rdata : rrset.rdatas()) {
      const dns::Octets canonical = dns::canonical_rdata(rrset.type(), rdata);
      outcome.answer.push_back(fmt::format("{} {} {}", rrset.owner().canonical().to_text(),
                                           dns::to_text(rrset.type()),
                                           dns::rdata_to_text(rrset.type(), canonical)));
    }
  }
  std::sort(outcome.answer.begin(), outcome.answer.end());
  return outcome;
}

void Score::add(const Case& asked) {
  cases += 1;
  unbound += asked.ours == asked.unbound ? 1 : 0;
  bind += asked.ours == asked.bind ? 1 : 0;
  one += asked.agrees_with_one() ? 1 : 0;
  both += asked.agrees_with_both() ? 1 : 0;
  bind_as_bind += asked.ours_bind == asked.bind ? 1 : 0;
  real_ones_agree += asked.unbound == asked.bind ? 1 : 0;
}

std::string Score::to_text() const {
  const auto share = [this](std::size_t count) {
    return fmt::format(
        "{} of {} ({:.2f} %)", count, cases,
        cases == 0 ? 100.0 : 100.0 * static_cast<double>(count) / static_cast<double>(cases));
  };
  return fmt::format(
      "agree with Unbound or BIND   {}\n"
      "agree with Unbound and BIND  {}\n"
      "agree with Unbound           {}\n"
      "agree with BIND              {}\n"
      "bind-9.18 agrees with BIND   {}\n"
      "Unbound agrees with BIND     {}\n",
      share(one), share(both), share(unbound), share(bind), share(bind_as_bind),
      share(real_ones_agree));
}

bool is_good_enough(const Score& score) {
  return 1000 * score.one >= 995 * score.cases && 100 * score.both >= 98 * score.cases;
}

}  // namespace zonefall::differential
