#include "experiment/subjects.h"

namespace zonefall::experiment {

std::map<Subject, ValuesByCandidate> values_by_subject(const outcome::ComparisonRecord& record,
                                                       MemberKind kind) {
  std::map<Subject, ValuesByCandidate> subjects;
  for (const outcome::MeasurementRow& row : record.measurements) {
    if (kind_of(record.members[row.member]) != kind) continue;
    ValuesByCandidate& values = subjects[{row.measure, row.cohort}];
    values.resize(record.candidates.size());
    values[row.candidate].push_back(row.value);
  }
  return subjects;
}

}  // namespace zonefall::experiment
