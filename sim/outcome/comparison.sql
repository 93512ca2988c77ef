-- The result file of a comparison or an ensemble: one scenario under several candidates (policies,
-- perhaps with varied settings), each run with the same members. A member is a seed; in an ensemble
-- some members also draw a value for each thing that nobody knows.
--
-- Units. Values and counts (*_fp) are fixed-point integers: divide by 1048576 (2^20). A share of 1
-- is 1048576. Tables hold no floating point. Intervals are 95 %: mean - half_width to
-- mean + half_width; a half-width of NULL is infinite (one seed alone).
--
-- All runs of one member have the same clients and meet the same chances: differences between
-- candidates are taken member by member. Means and intervals are over the members that draw nothing
-- and say how far chance reaches; quantiles, rankings and sensitivities are over those that draw and
-- say how far assumptions reach. Cohorts of which only a part was simulated are weighted back
-- to their true size where cohorts are added up.
--
-- The content hash of `seal` covers every row of every table but `provenance` and `seal`, as in
-- the result file of a run. PRAGMA application_id is 0x7a66636d ("zfcm"); PRAGMA user_version is
-- the version of this schema.

-- What determines the results. Always there: schema_version, scenario_title, scenario_hash, scale,
-- from_ns, until_ns, bin_width_ns.
CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What made this file and does not determine the results.
CREATE TABLE provenance (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The scenario before any candidate's changes, with every default written out.
CREATE TABLE scenario (
  scenario INTEGER NOT NULL PRIMARY KEY CHECK (scenario = 0),
  yaml TEXT NOT NULL
) STRICT;

-- Written last: a file without this row is the rest of a comparison that did not end.
CREATE TABLE seal (
  seal INTEGER NOT NULL PRIMARY KEY CHECK (seal = 0),
  content_hash TEXT NOT NULL,             -- 16 hexadecimal digits
  hashed_rows INTEGER NOT NULL            -- rows that the hash covers
) STRICT;

-- ---- what was compared --------------------------------------------------------------------------

-- What was tried, in the order given. Candidate 0 is what the others are compared with.
CREATE TABLE candidates (
  candidate INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL
) STRICT;

-- The changes to the scenario that make a candidate, in this order.
CREATE TABLE changes (
  candidate INTEGER NOT NULL REFERENCES candidates,
  position INTEGER NOT NULL,              -- from 0
  change TEXT NOT NULL,                   -- "path = value"
  PRIMARY KEY (candidate, position)
) STRICT, WITHOUT ROWID;

-- What nobody knows and an ensemble varies, the seed among it (path run.seed). Empty in a comparison.
CREATE TABLE uncertainties (
  uncertainty INTEGER NOT NULL PRIMARY KEY,
  path TEXT NOT NULL,                     -- of the value, in the scenario
  why TEXT NOT NULL                       -- it is not known
) STRICT;

CREATE TABLE uncertain_values (
  uncertainty INTEGER NOT NULL REFERENCES uncertainties,
  value INTEGER NOT NULL,                 -- from 0
  text TEXT NOT NULL,                     -- as the scenario spells it; "as it is" where it is kept
  PRIMARY KEY (uncertainty, value)
) STRICT, WITHOUT ROWID;

-- What every candidate is run under.
CREATE TABLE members (
  member INTEGER NOT NULL PRIMARY KEY,
  seed TEXT NOT NULL,                     -- decimal; up to 64 bits
  is_drawn INTEGER NOT NULL               -- 1: with a value for each uncertainty; 0: as it is
) STRICT;

-- The values of members that draw: a Latin hypercube, each value of an uncertainty equally often, give
-- or take one.
CREATE TABLE draws (
  member INTEGER NOT NULL REFERENCES members,
  uncertainty INTEGER NOT NULL REFERENCES uncertainties,
  value INTEGER NOT NULL,
  PRIMARY KEY (member, uncertainty),
  FOREIGN KEY (uncertainty, value) REFERENCES uncertain_values
) STRICT, WITHOUT ROWID;

-- One run: a candidate under a member.
CREATE TABLE cells (
  candidate INTEGER NOT NULL REFERENCES candidates,
  member INTEGER NOT NULL REFERENCES members,
  fingerprint TEXT NOT NULL,              -- 16 hexadecimal digits
  PRIMARY KEY (candidate, member)
) STRICT, WITHOUT ROWID;

-- Groups of like resolvers. The last one, "all", is all of them together.
CREATE TABLE cohorts (
  cohort INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  resolvers INTEGER NOT NULL,             -- that there are
  simulated INTEGER NOT NULL              -- that were simulated
) STRICT;

-- What candidates are judged by. Some count lookups of one class of names alone; those of classes
-- that nobody asks for are left out.
CREATE TABLE measures (
  measure INTEGER NOT NULL PRIMARY KEY,   -- 0 is the main one
  name TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  unit TEXT NOT NULL,                     -- share, minutes, queries
  meaning TEXT NOT NULL,
  more_is_better INTEGER NOT NULL,        -- 1 or 0
  names TEXT NOT NULL                     -- the class, as in a run's `name_classes`; '': all names
) STRICT;

-- Measures for which no candidate's scenario has a cause: they were not asked for, and a value of 0
-- would look like a result.
CREATE TABLE measures_left_out (
  name TEXT NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  why TEXT NOT NULL                       -- "no population that clients ask for moves"
) STRICT, WITHOUT ROWID;

-- Shares of lookups over time, all cohorts weighted by their size.
CREATE TABLE curves (
  curve INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL
) STRICT;

-- The time axis of `lookups` and `bands`.
CREATE TABLE bins (
  bin INTEGER NOT NULL PRIMARY KEY,       -- from 0
  from_ns INTEGER NOT NULL,
  until_ns INTEGER NOT NULL               -- excluded
) STRICT;

-- What a client can end with: the closed list.
CREATE TABLE outcomes (
  outcome INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  meaning TEXT NOT NULL,
  is_failure INTEGER NOT NULL             -- 1: the client got nothing to use
) STRICT;

-- ---- what came out ------------------------------------------------------------------------------

-- Each measure of each run.
CREATE TABLE measurements (
  candidate INTEGER NOT NULL REFERENCES candidates,
  member INTEGER NOT NULL REFERENCES members,
  measure INTEGER NOT NULL REFERENCES measures,
  cohort INTEGER NOT NULL REFERENCES cohorts,
  value_fp INTEGER NOT NULL,
  PRIMARY KEY (candidate, member, measure, cohort)
) STRICT, WITHOUT ROWID;

-- Over the members that draw nothing: how good is each candidate?
CREATE TABLE estimates (
  candidate INTEGER NOT NULL REFERENCES candidates,
  measure INTEGER NOT NULL REFERENCES measures,
  cohort INTEGER NOT NULL REFERENCES cohorts,
  mean_fp INTEGER NOT NULL,
  half_width_fp INTEGER,
  PRIMARY KEY (candidate, measure, cohort)
) STRICT, WITHOUT ROWID;

-- Over the same: what does `candidate` differ by from `against`, seed by seed? The unpaired
-- half-width is what runs of independent seeds would have given. Each pair stands here once, with
-- candidate > against.
CREATE TABLE differences (
  candidate INTEGER NOT NULL REFERENCES candidates,
  against INTEGER NOT NULL REFERENCES candidates,
  measure INTEGER NOT NULL REFERENCES measures,
  cohort INTEGER NOT NULL REFERENCES cohorts,
  mean_fp INTEGER NOT NULL,
  half_width_fp INTEGER,
  unpaired_half_width_fp INTEGER,
  PRIMARY KEY (candidate, against, measure, cohort)
) STRICT, WITHOUT ROWID;

-- Over the members that draw: the least value that `permille` of them do not exceed.
CREATE TABLE quantiles (
  candidate INTEGER NOT NULL REFERENCES candidates,
  measure INTEGER NOT NULL REFERENCES measures,
  cohort INTEGER NOT NULL REFERENCES cohorts,
  permille INTEGER NOT NULL,              -- 50, 250, 500, 750, 950
  value_fp INTEGER NOT NULL,
  PRIMARY KEY (candidate, measure, cohort, permille)
) STRICT, WITHOUT ROWID;

-- Over the members that draw: in how many of them does `candidate` have less, as much, or more than
-- `against`? Each pair stands here once, with candidate > against.
CREATE TABLE rankings (
  candidate INTEGER NOT NULL REFERENCES candidates,
  against INTEGER NOT NULL REFERENCES candidates,
  measure INTEGER NOT NULL REFERENCES measures,
  cohort INTEGER NOT NULL REFERENCES cohorts,
  members_less INTEGER NOT NULL,
  members_equal INTEGER NOT NULL,
  members_more INTEGER NOT NULL,
  PRIMARY KEY (candidate, against, measure, cohort)
) STRICT, WITHOUT ROWID;

-- Over the members that draw: the mean of those with one value of one uncertainty, all cohorts
-- together. Means of few members differ by chance too: those of run.seed show about how far. The more
-- values there are, the further apart their means come by chance alone.
CREATE TABLE sensitivities (
  candidate INTEGER NOT NULL REFERENCES candidates,
  measure INTEGER NOT NULL REFERENCES measures,
  uncertainty INTEGER NOT NULL REFERENCES uncertainties,
  value INTEGER NOT NULL,
  members INTEGER NOT NULL,
  mean_fp INTEGER NOT NULL,
  PRIMARY KEY (candidate, measure, uncertainty, value),
  FOREIGN KEY (uncertainty, value) REFERENCES uncertain_values
) STRICT, WITHOUT ROWID;

-- Bands around the curves, as in `quantiles`; in a comparison over all its seeds.
CREATE TABLE bands (
  candidate INTEGER NOT NULL REFERENCES candidates,
  curve INTEGER NOT NULL REFERENCES curves,
  bin INTEGER NOT NULL REFERENCES bins,
  permille INTEGER NOT NULL,
  share_fp INTEGER NOT NULL,
  PRIMARY KEY (candidate, curve, bin, permille)
) STRICT, WITHOUT ROWID;

-- The curves: lookups by what the client ended with, summed over the members that draw nothing.
CREATE TABLE lookups (
  candidate INTEGER NOT NULL REFERENCES candidates,
  cohort INTEGER NOT NULL REFERENCES cohorts,   -- never "all"
  bin INTEGER NOT NULL REFERENCES bins,
  outcome INTEGER NOT NULL REFERENCES outcomes,
  count_fp INTEGER NOT NULL,
  PRIMARY KEY (candidate, cohort, bin, outcome)
) STRICT, WITHOUT ROWID;

-- ---- views: the questions people ask ------------------------------------------------------------

-- How good is each candidate, in units of the measure?
CREATE VIEW estimates_by_candidate AS
SELECT m.name AS measure, m.unit, c.name AS candidate, k.name AS cohort,
  e.mean_fp / 1048576.0 AS mean, e.half_width_fp / 1048576.0 AS half_width
FROM estimates e JOIN candidates c USING (candidate) JOIN measures m USING (measure)
  JOIN cohorts k ON k.cohort = e.cohort
ORDER BY e.measure, e.cohort, e.candidate;

-- What would each candidate have saved or cost, against the first one? `is_clear`: the interval
-- does not hold 0.
CREATE VIEW differences_from_first AS
SELECT m.name AS measure, m.unit, c.name AS candidate, k.name AS cohort,
  d.mean_fp / 1048576.0 AS difference, d.half_width_fp / 1048576.0 AS half_width,
  d.unpaired_half_width_fp / 1048576.0 AS unpaired_half_width,
  coalesce(abs(d.mean_fp) > d.half_width_fp, 0) AS is_clear
FROM differences d JOIN candidates c ON c.candidate = d.candidate
  JOIN measures m ON m.measure = d.measure JOIN cohorts k ON k.cohort = d.cohort
WHERE d.against = 0
ORDER BY d.measure, d.cohort, d.candidate;

-- What became of each class of names under each candidate, all cohorts together, against the first
-- one?
CREATE VIEW classes_by_candidate AS
SELECT m.names AS class, m.name AS measure, m.unit, c.name AS candidate,
  e.mean_fp / 1048576.0 AS mean, e.half_width_fp / 1048576.0 AS half_width,
  d.mean_fp / 1048576.0 AS difference, d.half_width_fp / 1048576.0 AS difference_half_width
FROM estimates e JOIN candidates c ON c.candidate = e.candidate
  JOIN measures m ON m.measure = e.measure
  LEFT JOIN differences d ON d.candidate = e.candidate AND d.against = 0
    AND d.measure = e.measure AND d.cohort = e.cohort
WHERE m.names <> '' AND e.cohort = (SELECT max(cohort) FROM cohorts)
ORDER BY e.measure, e.candidate;

-- Which share of lookups failed when, under each candidate, all cohorts weighted by their size?
CREATE VIEW failing_share AS
SELECT c.name AS candidate, l.bin,
  strftime('%Y-%m-%dT%H:%M:%SZ', b.from_ns / 1000000000, 'unixepoch') AS at,
  total(l.count_fp * o.is_failure * (1.0 * k.resolvers / k.simulated))
    / total(l.count_fp * (1.0 * k.resolvers / k.simulated)) AS share
FROM lookups l JOIN candidates c USING (candidate) JOIN bins b ON b.bin = l.bin
  JOIN outcomes o ON o.outcome = l.outcome JOIN cohorts k ON k.cohort = l.cohort
GROUP BY l.candidate, l.bin
ORDER BY l.candidate, l.bin;

-- What does a policy differ by from another, does that exceed chance, and in which share of the
-- assumptions does it keep its sign? For all cohorts together; `same_sign_share` is NULL in a
-- comparison.
CREATE VIEW robust_differences AS
SELECT m.name AS measure, m.unit, c.name AS candidate, a.name AS against,
  d.mean_fp / 1048576.0 AS difference, d.half_width_fp / 1048576.0 AS half_width,
  coalesce(abs(d.mean_fp) > d.half_width_fp, 0) AS exceeds_chance,
  1.0 * CASE WHEN d.mean_fp < 0 THEN r.members_less WHEN d.mean_fp > 0 THEN r.members_more
    ELSE r.members_equal END / (r.members_less + r.members_equal + r.members_more)
    AS same_sign_share
FROM differences d JOIN candidates c ON c.candidate = d.candidate
  JOIN candidates a ON a.candidate = d.against JOIN measures m ON m.measure = d.measure
  LEFT JOIN rankings r ON r.candidate = d.candidate AND r.against = d.against
    AND r.measure = d.measure AND r.cohort = d.cohort
WHERE d.cohort = (SELECT max(cohort) FROM cohorts)
ORDER BY d.measure, d.candidate, d.against;

-- Which assumption matters most? The lowest and the highest mean of any of its values.
CREATE VIEW tornado AS
SELECT m.name AS measure, m.unit, c.name AS candidate, u.path, min(s.mean_fp) / 1048576.0 AS lowest,
  max(s.mean_fp) / 1048576.0 AS highest, (max(s.mean_fp) - min(s.mean_fp)) / 1048576.0 AS swing
FROM sensitivities s JOIN candidates c USING (candidate) JOIN measures m USING (measure)
  JOIN uncertainties u USING (uncertainty)
GROUP BY s.candidate, s.measure, s.uncertainty
ORDER BY s.measure, s.candidate, max(s.mean_fp) - min(s.mean_fp) DESC, s.uncertainty;

-- Bands around the curves of each candidate.
CREATE VIEW bands_by_time AS
SELECT c.name AS candidate, k.name AS curve, b.bin,
  strftime('%Y-%m-%dT%H:%M:%SZ', n.from_ns / 1000000000, 'unixepoch') AS at, b.permille,
  b.share_fp / 1048576.0 AS share
FROM bands b JOIN candidates c USING (candidate) JOIN curves k USING (curve) JOIN bins n USING (bin)
ORDER BY b.candidate, b.curve, b.bin, b.permille;
