-- The result file of one run of zonefall: a SQLite database.
--
-- Units. Instants (*_ns) are nanoseconds of UTC since 1970-01-01, without leap seconds. Counts
-- (*_fp) are fixed-point integers: divide by 1048576 (2^20). Tables hold no floating point; the
-- views divide, and write instants as RFC 3339 text. Time is cut into bins of equal width; a bin
-- is named by its number, and table `bins` says when it begins and ends. Rows that would count
-- zero are left out.
--
-- The content hash of `seal` covers every row of every table but `provenance` and `seal`, in the
-- order of the primary keys: runs with equal results have equal hashes, on any machine, at any
-- number of threads.
--
-- PRAGMA application_id is 0x7a66616c ("zfal"); PRAGMA user_version is the version of this schema.

-- ---- what was run -------------------------------------------------------------------------------

-- What determines the results. Always there: schema_version, scenario_title, scenario_hash, seed,
-- scale, from_ns, until_ns, bin_width_ns.
CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What made this file and does not determine the results: version of zonefall, number of threads.
-- And how the run departed from its scenario file, each only if it did: `changes` (those of --set,
-- one a line), `counterfactual` (its name), `file_seed` and `file_scale` (what the file says, where
-- the run took another). The table `scenario` has all that in it; run again, it needs none of it.
-- Not part of the content hash.
CREATE TABLE provenance (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The scenario with every default written out. To run it again gives this file again.
CREATE TABLE scenario (
  scenario INTEGER NOT NULL PRIMARY KEY CHECK (scenario = 0),
  yaml TEXT NOT NULL
) STRICT;

-- Written last: a file without this row is the rest of a run that did not end.
CREATE TABLE seal (
  seal INTEGER NOT NULL PRIMARY KEY CHECK (seal = 0),
  content_hash TEXT NOT NULL,             -- 16 hexadecimal digits
  hashed_rows INTEGER NOT NULL            -- rows that the hash covers
) STRICT;

-- ---- who and where ------------------------------------------------------------------------------

-- The time axis of all counts.
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

-- Classes of the names that clients ask for: those that occur in this run. All these names lie in
-- one zone, or are missing there.
CREATE TABLE name_classes (
  class INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,                    -- the same for people
  meaning TEXT NOT NULL,
  zone TEXT NOT NULL                      -- that delegates the names, or does not have them
) STRICT;

-- What may be wrong with the data of an answer, whatever its outcome. Only what the scenario has
-- causes for (populations that move, an attacker): of all else nothing was asked, and a count of 0
-- would say nothing.
CREATE TABLE harms (
  harm INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,              -- outdated, spoofed
  meaning TEXT NOT NULL
) STRICT;

-- Extended DNS Error codes (RFC 8914) that occur in this run.
CREATE TABLE ede_codes (
  code INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL                      -- its purpose in the IANA registry
) STRICT;

-- Groups of like resolvers.
CREATE TABLE cohorts (
  cohort INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  profile TEXT NOT NULL,                  -- the implementation they run
  policy TEXT NOT NULL,                   -- what sets it apart from others of its profile: knobs
                                          -- of its own, what its operators do to which share of
                                          -- resolvers; plain: nothing
  resolvers INTEGER NOT NULL
) STRICT;

-- Authoritative server sites: one row for each place that can serve its own version of a zone.
CREATE TABLE sites (
  site INTEGER NOT NULL PRIMARY KEY,
  server TEXT NOT NULL,
  name TEXT NOT NULL,
  zone TEXT NOT NULL                      -- the zone people know the server by
) STRICT;

-- Simulated recursive resolvers.
CREATE TABLE resolvers (
  resolver INTEGER NOT NULL PRIMARY KEY,
  cohort INTEGER NOT NULL REFERENCES cohorts,
  lookups_per_day INTEGER NOT NULL        -- of its clients, daily mean
) STRICT;

-- ---- what was counted ---------------------------------------------------------------------------

-- Lookups (a client's wish for one name, retries included) by what the client ended with.
CREATE TABLE lookups (
  cohort INTEGER NOT NULL REFERENCES cohorts,
  bin INTEGER NOT NULL REFERENCES bins,
  outcome INTEGER NOT NULL REFERENCES outcomes,
  count_fp INTEGER NOT NULL,
  PRIMARY KEY (cohort, bin, outcome)
) STRICT, WITHOUT ROWID;

-- The same lookups by class of name: summed over the classes they are those of `lookups`.
CREATE TABLE class_lookups (
  class INTEGER NOT NULL REFERENCES name_classes,
  cohort INTEGER NOT NULL REFERENCES cohorts,
  bin INTEGER NOT NULL REFERENCES bins,
  outcome INTEGER NOT NULL REFERENCES outcomes,
  count_fp INTEGER NOT NULL,
  PRIMARY KEY (class, cohort, bin, outcome)
) STRICT, WITHOUT ROWID;

-- Queries of clients to resolvers, by what came back. A lookup makes one or more of them.
CREATE TABLE queries (
  cohort INTEGER NOT NULL REFERENCES cohorts,
  bin INTEGER NOT NULL REFERENCES bins,
  outcome INTEGER NOT NULL REFERENCES outcomes,
  count_fp INTEGER NOT NULL,
  PRIMARY KEY (cohort, bin, outcome)
) STRICT, WITHOUT ROWID;

-- Of the lookups, those whose client ended with such data. They are in `lookups` too, with their
-- outcome.
CREATE TABLE harmed_lookups (
  cohort INTEGER NOT NULL REFERENCES cohorts,
  bin INTEGER NOT NULL REFERENCES bins,
  harm INTEGER NOT NULL REFERENCES harms,
  count_fp INTEGER NOT NULL,
  PRIMARY KEY (cohort, bin, harm)
) STRICT, WITHOUT ROWID;

-- Extended DNS Errors in replies to clients. A reply may carry several, or none.
CREATE TABLE ede (
  cohort INTEGER NOT NULL REFERENCES cohorts,
  bin INTEGER NOT NULL REFERENCES bins,
  code INTEGER NOT NULL REFERENCES ede_codes,
  count_fp INTEGER NOT NULL,
  PRIMARY KEY (cohort, bin, code)
) STRICT, WITHOUT ROWID;

-- Load of authoritative sites.
CREATE TABLE load (
  site INTEGER NOT NULL REFERENCES sites,
  bin INTEGER NOT NULL REFERENCES bins,
  queries_fp INTEGER NOT NULL,            -- queries that arrived
  octets_fp INTEGER NOT NULL,             -- octets of the replies
  PRIMARY KEY (site, bin)
) STRICT, WITHOUT ROWID;

-- Work of the whole run: resolutions (questions that needed upstream queries), exchanges (upstream
-- queries), events (steps of the simulation).
CREATE TABLE work (
  name TEXT NOT NULL PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- ---- what happened ------------------------------------------------------------------------------

-- When a resolver's clients were hurt and healed. NULL: never. A resolver without a row had none.
CREATE TABLE milestones (
  resolver INTEGER NOT NULL PRIMARY KEY REFERENCES resolvers,
  first_failure_ns INTEGER,
  last_failure_ns INTEGER,
  recovered_ns INTEGER,                   -- first success after the last failure
  nta_installed_ns INTEGER,               -- first negative trust anchor
  nta_removed_ns INTEGER                  -- of the last one; NULL while one stands
) STRICT;

-- Zone versions that a registry published, by time.
CREATE TABLE publications (
  publication INTEGER NOT NULL PRIMARY KEY,
  zone TEXT NOT NULL,
  serial INTEGER NOT NULL,
  signed_ns INTEGER NOT NULL,
  published_ns INTEGER NOT NULL,
  first_site_ns INTEGER,                  -- when the first site served it; NULL: none did
  last_site_ns INTEGER                    -- when the last one did; NULL: not all did
) STRICT;

-- What people and machines did, by time: faults, alarms, decisions, repairs.
CREATE TABLE events (
  event INTEGER NOT NULL PRIMARY KEY,
  at_ns INTEGER NOT NULL,
  actor TEXT NOT NULL,
  what TEXT NOT NULL,
  source TEXT NOT NULL,                   -- where it is known from
  confidence TEXT NOT NULL                -- measured, reported, derived, assumed
) STRICT;

-- Some queries with the whole story of their resolution, by time.
CREATE TABLE samples (
  sample INTEGER NOT NULL PRIMARY KEY,
  at_ns INTEGER NOT NULL,
  resolver INTEGER NOT NULL REFERENCES resolvers,
  question TEXT NOT NULL,
  outcome INTEGER NOT NULL REFERENCES outcomes,
  explanation TEXT NOT NULL               -- lines
) STRICT;

-- Published facts that the run was held against.
CREATE TABLE expectations (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,                     -- echo: repeats an input; consequence: must follow
  statement TEXT NOT NULL,
  published TEXT NOT NULL,                -- the fact, as published
  measured TEXT NOT NULL,                 -- what the run gave
  passed INTEGER NOT NULL,                -- 1 or 0
  source TEXT NOT NULL,
  confidence TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- ---- views: the questions people ask ------------------------------------------------------------
-- Columns `at` are RFC 3339 to the second; shares are between 0 and 1.

-- How did the outcomes of each cohort's lookups move? Shares are of the cohort's lookups of the
-- bin.
CREATE VIEW lookups_by_cohort AS
SELECT l.bin, strftime('%Y-%m-%dT%H:%M:%SZ', b.from_ns / 1000000000, 'unixepoch') AS at,
  c.name AS cohort, c.profile, c.policy, o.name AS outcome, o.is_failure,
  l.count_fp / 1048576.0 AS lookups,
  l.count_fp / total(l.count_fp) OVER (PARTITION BY l.cohort, l.bin) AS share
FROM lookups l JOIN bins b USING (bin) JOIN cohorts c ON c.cohort = l.cohort
  JOIN outcomes o ON o.outcome = l.outcome
ORDER BY l.cohort, l.bin, l.outcome;

-- How many lookups of each cohort ended with data that were wrong? Shares are of the cohort's
-- lookups of the bin. Rows for every harm that was possible and every bin with lookups: 0 is a
-- result.
CREATE VIEW harmed_by_cohort AS
WITH asked AS (SELECT cohort, bin, total(count_fp) AS lookups FROM lookups GROUP BY cohort, bin)
SELECT a.bin, strftime('%Y-%m-%dT%H:%M:%SZ', b.from_ns / 1000000000, 'unixepoch') AS at,
  c.name AS cohort, c.profile, c.policy, h.name AS harm,
  coalesce(l.count_fp, 0) / 1048576.0 AS lookups,
  coalesce(l.count_fp, 0) / a.lookups AS share
FROM asked a JOIN harms h JOIN bins b ON b.bin = a.bin JOIN cohorts c ON c.cohort = a.cohort
  LEFT JOIN harmed_lookups l ON l.cohort = a.cohort AND l.bin = a.bin AND l.harm = h.harm
ORDER BY a.cohort, a.bin, h.harm;

-- The same for queries, retries counted one by one.
CREATE VIEW queries_by_cohort AS
SELECT q.bin, strftime('%Y-%m-%dT%H:%M:%SZ', b.from_ns / 1000000000, 'unixepoch') AS at,
  c.name AS cohort, c.profile, c.policy, o.name AS outcome, o.is_failure,
  q.count_fp / 1048576.0 AS queries,
  q.count_fp / total(q.count_fp) OVER (PARTITION BY q.cohort, q.bin) AS share
FROM queries q JOIN bins b USING (bin) JOIN cohorts c ON c.cohort = q.cohort
  JOIN outcomes o ON o.outcome = q.outcome
ORDER BY q.cohort, q.bin, q.outcome;

-- How did the outcomes of lookups move under each policy, all its cohorts together?
CREATE VIEW lookups_by_policy AS
SELECT l.bin, strftime('%Y-%m-%dT%H:%M:%SZ', b.from_ns / 1000000000, 'unixepoch') AS at,
  c.policy, o.name AS outcome, o.is_failure,
  total(l.count_fp) / 1048576.0 AS lookups,
  total(l.count_fp) / sum(total(l.count_fp)) OVER (PARTITION BY c.policy, l.bin) AS share
FROM lookups l JOIN bins b USING (bin) JOIN cohorts c ON c.cohort = l.cohort
  JOIN outcomes o ON o.outcome = l.outcome
GROUP BY c.policy, l.bin, l.outcome
ORDER BY c.policy, l.bin, l.outcome;

-- The same for queries.
CREATE VIEW queries_by_policy AS
SELECT q.bin, strftime('%Y-%m-%dT%H:%M:%SZ', b.from_ns / 1000000000, 'unixepoch') AS at,
  c.policy, o.name AS outcome, o.is_failure,
  total(q.count_fp) / 1048576.0 AS queries,
  total(q.count_fp) / sum(total(q.count_fp)) OVER (PARTITION BY c.policy, q.bin) AS share
FROM queries q JOIN bins b USING (bin) JOIN cohorts c ON c.cohort = q.cohort
  JOIN outcomes o ON o.outcome = q.outcome
GROUP BY c.policy, q.bin, q.outcome
ORDER BY c.policy, q.bin, q.outcome;

-- Whom did it hurt: signed names or unsigned ones, popular names or rare ones? Shares are of the
-- class's lookups in that cohort and bin.
CREATE VIEW lookups_by_class AS
SELECT l.bin, strftime('%Y-%m-%dT%H:%M:%SZ', b.from_ns / 1000000000, 'unixepoch') AS at,
  n.zone, n.name AS class, c.name AS cohort, o.name AS outcome, o.is_failure,
  l.count_fp / 1048576.0 AS lookups,
  l.count_fp / total(l.count_fp) OVER (PARTITION BY l.class, l.cohort, l.bin) AS share
FROM class_lookups l JOIN name_classes n USING (class) JOIN bins b ON b.bin = l.bin
  JOIN cohorts c ON c.cohort = l.cohort JOIN outcomes o ON o.outcome = l.outcome
ORDER BY l.class, l.cohort, l.bin, l.outcome;

-- Which share of each class failed over the whole run, all cohorts together?
CREATE VIEW failures_by_class AS
SELECT n.zone, n.name AS class, n.meaning, total(l.count_fp) / 1048576.0 AS lookups,
  total(l.count_fp * o.is_failure) / 1048576.0 AS failed_lookups,
  total(l.count_fp * o.is_failure) / total(l.count_fp) AS lookup_failure_share
FROM class_lookups l JOIN name_classes n USING (class) JOIN outcomes o ON o.outcome = l.outcome
GROUP BY l.class
ORDER BY l.class;

-- Which share failed, over all cohorts? NULL where nobody asked.
CREATE VIEW failure_share AS
WITH asked AS (
  SELECT bin, total(count_fp) AS lookups, total(count_fp * is_failure) AS failed
  FROM lookups JOIN outcomes USING (outcome) GROUP BY bin),
queried AS (
  SELECT bin, total(count_fp) AS queries, total(count_fp * is_failure) AS failed
  FROM queries JOIN outcomes USING (outcome) GROUP BY bin)
SELECT b.bin, strftime('%Y-%m-%dT%H:%M:%SZ', b.from_ns / 1000000000, 'unixepoch') AS at,
  coalesce(a.lookups, 0) / 1048576.0 AS lookups,
  coalesce(a.failed, 0) / 1048576.0 AS failed_lookups,
  a.failed / a.lookups AS lookup_failure_share,
  coalesce(q.queries, 0) / 1048576.0 AS queries,
  coalesce(q.failed, 0) / 1048576.0 AS failed_queries,
  q.failed / q.queries AS query_failure_share
FROM bins b LEFT JOIN asked a USING (bin) LEFT JOIN queried q USING (bin)
ORDER BY b.bin;

-- Which share of lookups failed under each policy?
CREATE VIEW failure_share_by_policy AS
SELECT l.bin, strftime('%Y-%m-%dT%H:%M:%SZ', b.from_ns / 1000000000, 'unixepoch') AS at,
  c.policy, total(l.count_fp) / 1048576.0 AS lookups,
  total(l.count_fp * o.is_failure) / 1048576.0 AS failed_lookups,
  total(l.count_fp * o.is_failure) / total(l.count_fp) AS lookup_failure_share
FROM lookups l JOIN bins b USING (bin) JOIN cohorts c ON c.cohort = l.cohort
  JOIN outcomes o ON o.outcome = l.outcome
GROUP BY c.policy, l.bin
ORDER BY c.policy, l.bin;

-- Which Extended DNS Errors did clients see, over all cohorts?
CREATE VIEW ede_by_bin AS
SELECT e.bin, strftime('%Y-%m-%dT%H:%M:%SZ', b.from_ns / 1000000000, 'unixepoch') AS at,
  e.code, n.name, total(e.count_fp) / 1048576.0 AS replies
FROM ede e JOIN bins b USING (bin) JOIN ede_codes n ON n.code = e.code
GROUP BY e.bin, e.code
ORDER BY e.bin, e.code;

-- And in each cohort?
CREATE VIEW ede_by_cohort AS
SELECT e.bin, strftime('%Y-%m-%dT%H:%M:%SZ', b.from_ns / 1000000000, 'unixepoch') AS at,
  c.name AS cohort, c.profile, c.policy, e.code, n.name, e.count_fp / 1048576.0 AS replies
FROM ede e JOIN bins b USING (bin) JOIN cohorts c ON c.cohort = e.cohort
  JOIN ede_codes n ON n.code = e.code
ORDER BY e.cohort, e.bin, e.code;

-- How loaded was each site?
CREATE VIEW load_by_site AS
SELECT l.bin, strftime('%Y-%m-%dT%H:%M:%SZ', b.from_ns / 1000000000, 'unixepoch') AS at,
  s.server, s.name AS site, s.zone,
  l.queries_fp / 1048576.0 AS queries,
  l.queries_fp / 1048576.0 / ((b.until_ns - b.from_ns) / 1e9) AS queries_per_s,
  l.octets_fp / 1048576.0 AS octets,
  l.octets_fp / 1048576.0 / ((b.until_ns - b.from_ns) / 1e9) AS octets_per_s
FROM load l JOIN bins b USING (bin) JOIN sites s ON s.site = l.site
ORDER BY l.site, l.bin;

-- How loaded was each server, all its sites together?
CREATE VIEW load_by_server AS
SELECT l.bin, strftime('%Y-%m-%dT%H:%M:%SZ', b.from_ns / 1000000000, 'unixepoch') AS at,
  s.server, s.zone,
  total(l.queries_fp) / 1048576.0 AS queries,
  total(l.queries_fp) / 1048576.0 / ((b.until_ns - b.from_ns) / 1e9) AS queries_per_s,
  total(l.octets_fp) / 1048576.0 AS octets,
  total(l.octets_fp) / 1048576.0 / ((b.until_ns - b.from_ns) / 1e9) AS octets_per_s
FROM load l JOIN bins b USING (bin) JOIN sites s ON s.site = l.site
GROUP BY s.server, s.zone, l.bin
ORDER BY s.server, s.zone, l.bin;

-- What happened to each resolver whose clients were hurt, or that had a negative trust anchor?
CREATE VIEW resolver_milestones AS
SELECT m.resolver, c.name AS cohort, c.profile, c.policy, r.lookups_per_day,
  strftime('%Y-%m-%dT%H:%M:%SZ', m.first_failure_ns / 1000000000, 'unixepoch') AS first_failure,
  strftime('%Y-%m-%dT%H:%M:%SZ', m.last_failure_ns / 1000000000, 'unixepoch') AS last_failure,
  strftime('%Y-%m-%dT%H:%M:%SZ', m.recovered_ns / 1000000000, 'unixepoch') AS recovered,
  strftime('%Y-%m-%dT%H:%M:%SZ', m.nta_installed_ns / 1000000000, 'unixepoch') AS nta_installed,
  strftime('%Y-%m-%dT%H:%M:%SZ', m.nta_removed_ns / 1000000000, 'unixepoch') AS nta_removed,
  (m.recovered_ns - m.first_failure_ns) / 1e9 AS hurt_s
FROM milestones m JOIN resolvers r USING (resolver) JOIN cohorts c ON c.cohort = r.cohort
ORDER BY m.resolver;

-- How long were the resolvers of each profile and policy hurt? From a resolver's first failure to
-- its recovery; those that did not recover before the run ended are counted, but not in the times.
-- Medians and 90th percentiles are the nearest rank.
CREATE VIEW recovery_by_profile AS
WITH everyone AS (
  SELECT c.profile, c.policy, r.resolver, m.first_failure_ns, m.recovered_ns, m.nta_installed_ns,
    (m.recovered_ns - m.first_failure_ns) / 1e9 AS hurt_s
  FROM resolvers r JOIN cohorts c USING (cohort) LEFT JOIN milestones m USING (resolver)),
ranked AS (
  SELECT profile, policy, hurt_s,
    row_number() OVER (PARTITION BY profile, policy ORDER BY hurt_s) AS place,
    count(*) OVER (PARTITION BY profile, policy) AS places
  FROM everyone WHERE hurt_s IS NOT NULL),
times AS (
  SELECT profile, policy,
    min(hurt_s) FILTER (WHERE place * 2 >= places) AS hurt_s_median,
    min(hurt_s) FILTER (WHERE place * 10 >= places * 9) AS hurt_s_p90,
    max(hurt_s) AS hurt_s_max
  FROM ranked GROUP BY profile, policy)
SELECT e.profile, e.policy, count(*) AS resolvers,
  count(e.first_failure_ns) AS hurt,
  count(e.recovered_ns) AS recovered,
  count(e.nta_installed_ns) AS with_nta,
  strftime('%Y-%m-%dT%H:%M:%SZ', min(e.first_failure_ns) / 1000000000, 'unixepoch')
    AS first_failure,
  strftime('%Y-%m-%dT%H:%M:%SZ', max(e.recovered_ns) / 1000000000, 'unixepoch')
    AS last_recovery,
  t.hurt_s_median, t.hurt_s_p90, t.hurt_s_max
FROM everyone e LEFT JOIN times t ON t.profile = e.profile AND t.policy = e.policy
GROUP BY e.profile, e.policy
ORDER BY e.profile, e.policy;

-- What did registries publish, how long after it was made, and how long did it take to every site?
CREATE VIEW publications_by_time AS
SELECT zone, serial,
  strftime('%Y-%m-%dT%H:%M:%SZ', signed_ns / 1000000000, 'unixepoch') AS signed,
  strftime('%Y-%m-%dT%H:%M:%SZ', published_ns / 1000000000, 'unixepoch') AS published,
  strftime('%Y-%m-%dT%H:%M:%SZ', first_site_ns / 1000000000, 'unixepoch') AS first_site,
  strftime('%Y-%m-%dT%H:%M:%SZ', last_site_ns / 1000000000, 'unixepoch') AS last_site,
  (published_ns - signed_ns) / 1e9 AS publication_delay_s,
  (last_site_ns - published_ns) / 1e9 AS propagation_s
FROM publications
ORDER BY publication;

-- Who did what, when?
CREATE VIEW events_by_time AS
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', at_ns / 1000000000, 'unixepoch') AS at,
  actor, what, source, confidence
FROM events
ORDER BY event;

-- Sampled queries, readable.
CREATE VIEW samples_by_time AS
SELECT s.sample, strftime('%Y-%m-%dT%H:%M:%SZ', s.at_ns / 1000000000, 'unixepoch') AS at,
  s.resolver, c.name AS cohort, s.question, o.name AS outcome, s.explanation
FROM samples s JOIN resolvers r USING (resolver) JOIN cohorts c ON c.cohort = r.cohort
  JOIN outcomes o ON o.outcome = s.outcome
ORDER BY s.sample;

-- How many published facts came out, echoes and consequences apart?
CREATE VIEW expectations_by_kind AS
SELECT kind, count(*) AS expectations, sum(passed) AS passed, count(*) - sum(passed) AS failed
FROM expectations
GROUP BY kind
ORDER BY kind;
