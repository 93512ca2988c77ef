// The document inside the page (sim/report/page_data.h says what is in it), and sums over it.

export const report = JSON.parse(document.getElementById("data").textContent);

export const all_cohorts = "all";
const cohorts = report.tables.cohorts;

export const cohort_choices = [
  [all_cohorts, "all cohorts"],
  ...cohorts.map((cohort, i) => [String(i), cohort.cohort]),
];

// The numbers of the cohorts that a value of cohort_choices stands for.
export function cohorts_of(choice) {
  return choice === all_cohorts ? cohorts.map((_, i) => i) : [Number(choice)];
}

export function cohort_name(choice) {
  return choice === all_cohorts ? "all cohorts" : cohorts[Number(choice)].cohort;
}

export const bins = report.bins.from.length;
export const bin_middle = report.bins.from.map((from, i) => (from + report.bins.until[i]) / 2);
export const bin_seconds = report.bins.from.map((from, i) => (report.bins.until[i] - from) / 1000);

// Adds up series over bins; those that are null counted nothing. Null if all are.
export function sum(series) {
  const counted = series.filter((values) => values);
  if (counted.length === 0) return null;
  return report.bins.from.map((_, bin) => counted.reduce((all, values) => all + values[bin], 0));
}

export const total = (values) => (values ? values.reduce((all, n) => all + n, 0) : 0);

// What clients of a choice of cohorts got: [outcome] -> null or an array over bins. `what` is
// "lookups" or "queries".
export function outcomes_of(what, choice) {
  return report.outcomes.map((_, outcome) =>
    sum(cohorts_of(choice).map((cohort) => report.counts[what][cohort][outcome])));
}

// The share of failures in each bin; null where nobody asked.
export function failed_share(what, choice) {
  const by_outcome = outcomes_of(what, choice);
  const all = sum(by_outcome);
  const failed = sum(by_outcome.filter((_, i) => report.outcomes[i].is_failure));
  return report.bins.from.map((_, bin) => {
    if (!all || all[bin] <= 0) return null;
    return (failed ? failed[bin] : 0) / all[bin];
  });
}

// Words for an outcome's name.
export function outcome_title(name) {
  const titles = {
    secure: "validated",
    insecure: "proved unsigned",
    unvalidated: "not validated",
    under_nta: "under a negative trust anchor",
    stale: "expired answer",
    bogus: "bogus, and given all the same",
    nxdomain: "no such name",
    bogus_servfail: "SERVFAIL: validation failed",
    cached_servfail: "SERVFAIL: remembered failure",
    unreachable_servfail: "SERVFAIL: no server answered",
    limit_servfail: "SERVFAIL: bound on work",
    timeout: "no reply",
  };
  return titles[name] ?? name;
}
