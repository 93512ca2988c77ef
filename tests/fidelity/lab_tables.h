// Which tables were measured, as data: a TLD clone of the lab, its TTLs, its fault, its plan.
#pragma once

#include <string>
#include <vector>

#include "lab_plan.h"
#include "lab_world.h"
#include "zonefall/core/result.h"

namespace zonefall::fidelity {

struct Table {
  LabTld tld;
  PlanKind plan = PlanKind::main;
};

/// The tables of a file like tests/fidelity/tables.tsv, which README.md describes. Their place in
/// `all` is that of their servers among the lab's addresses.
Result<std::vector<Table>> load_tables(const std::string& path);

}  // namespace zonefall::fidelity
