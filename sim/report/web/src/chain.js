// The chain of trust of one sampled lookup, read from its explanation and the scenario's keys.
import { report } from "./report.js";

// As dnssec::Verdict writes them: "bogus: REASON: OWNER TYPE, key tag N (RFC ..., EDE n)".
const bogus = new RegExp(/bogus: ([^:]+): (\S+) ([A-Z0-9]+)(?:, key tag (\d+))?/.source +
  / \((RFC [\d .]+)(?:, EDE (\d+))?\)/.source);

const parent_of = (name) => name.slice(name.indexOf(".") + 1) || ".";
const is_within = (name, zone) => zone === "." || name === zone || name.endsWith(`.${zone}`);

// The last thing that was found bogus is what the reply rests on.
export function verdict_of(sample) {
  const found = sample.explanation.split("\n").map((line) => bogus.exec(line)).filter(Boolean);
  if (found.length === 0) return null;
  const [, reason, owner, type, tag, rfc, ede] = found[found.length - 1];
  return { reason, owner, type, tag: tag ?? null, rfc, ede: ede ?? null };
}

const is_published = (key, at) =>
  key.published_from.some((from) => from === "always" || Date.parse(from) <= at);

// From the root down to the zone whose signature failed: [{zone, keys, ds}]. Keys of zones are what
// the scenario says; where it has none for a zone, the zone is left out.
export function zones_of(sample, verdict) {
  const signer_of_type = verdict.type === "DS" ? parent_of(verdict.owner) : verdict.owner;
  const with_keys = [...new Set(report.facts.keys.map((key) => key.zone))];
  return with_keys.filter((zone) => is_within(signer_of_type, zone))
    .sort((a, b) => a.length - b.length)
    .map((zone) => {
      const keys = report.facts.keys.filter((key) =>
        key.zone === zone && is_published(key, sample.at));
      return {
        zone,
        entry: keys.filter((key) => key.role !== "zsk"),
        signing: keys.filter((key) => key.role !== "ksk"),
      };
    });
}

// What the failed RRset was needed for, in words.
export function purpose_of(sample, verdict) {
  const [name, type] = sample.question.split(" ");
  const is_proof = ["NSEC", "NSEC3", "SOA", "DS"].includes(verdict.type);
  if (verdict.owner === name && verdict.type === type) return `the answer to ${sample.question}`;
  if (is_proof && verdict.owner !== name) return `the proof that ${name} has no DS`;
  return `the way to ${sample.question}`;
}
