#include "verdicts.h"

#include <iterator>

#include <fmt/format.h>

#include "zonefall/authority/audit.h"

namespace zonefall::command {

Result<std::string> verdict_table(const scenario::BuiltScenario& built,
                                  const scenario::BuiltZone& zone, SimTime at) {
  const authority::ZoneVersion& version =
      *zone.history->entries()[zone.history->index_at(at)].version;
  if (!version.is_signed()) {
    return Error{
        fmt::format("zone {} is not signed: there is nothing to verify", zone.apex.to_text())};
  }
  const dns::RRsetPtr ds = built.ds_of(zone.apex, at);
  if (!ds) {
    return Error{
        fmt::format("zone {} has no DS above it: to resolvers everything in it is insecure",
                    zone.apex.to_text())};
  }
  const dnssec::IdentityVerifier verifier;
  std::string table;
  for (const authority::Audited& entry : authority::audit(verifier, version, *ds, at)) {
    const dnssec::Verdict& verdict = entry.verdict;
    fmt::format_to(std::back_inserter(table), "{}\t{}\t{}\t{}\t{}\n", entry.owner.to_text(),
                   dns::to_text(entry.type), dnssec::to_text(verdict.security),
                   dnssec::info(verdict.reason).name,
                   verdict.key_tag ? fmt::format("{}", *verdict.key_tag) : "-");
  }
  return table;
}

}  // namespace zonefall::command
