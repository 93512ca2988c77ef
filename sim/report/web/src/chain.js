// The chain of trust of one sampled lookup, read from its explanation and the scenario's keys.
import { report } from "./report.js";

// As dnssec::Verdict writes them: "bogus: REASON: OWNER TYPE, key tag N (RFC ..., EDE n)".
const bogus = new RegExp(/bogus: ([^:]+): (\S+) ([A-Z0-9]+)(?:, key tag (\d+))?/.source +
  / \((RFC [\d .]+)(?:, EDE (\d+))?\)/.source);

const parent_of = (name) => name.slice(name.indexOf(".") + 1) || ".";
const is_within = (name, zone) => zone === "." || name === zone || name.endsWith(`.${zone}`);

// What was validated, in the lines that say so: "validate NAME TYPE: ...".
const validated = /validate (\S+) ([A-Z0-9]+):/;

// The last thing that was found bogus is what the reply rests on.
export function verdict_of(sample) {
  const found = sample.explanation.split("\n")
    .map((line) => ({ verdict: bogus.exec(line), subject: validated.exec(line) }))
    .filter(({ verdict }) => verdict);
  const last = found.filter(({ subject }) => subject).pop() ?? found.pop();
  if (!last) return null;
  const [, reason, owner, type, tag, rfc, ede] = last.verdict;
  const [, name, wanted] = last.subject ?? [null, ...sample.question.split(" ")];
  return { reason, owner, type, tag: tag ?? null, rfc, ede: ede ?? null, name, wanted };
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
export function need_of(sample, { name, wanted }) {
  if (wanted === "DS") return `needed to learn whether ${name} is signed`;
  if (wanted === "DNSKEY") return `needed for the keys of ${name}`;
  if (`${name} ${wanted}` === sample.question) return "needed for the answer";
  return `needed for ${name} ${wanted}`;
}
