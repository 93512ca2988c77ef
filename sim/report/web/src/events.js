// The events of a run: who acted, in which lane of the timeline, and how sure that is.
import { report } from "./report.js";

export const lanes = [
  { name: "published", title: "Noted in publications" },
  { name: "registry", title: "Registry" },
  { name: "servers", title: "Server sites" },
  { name: "operators", title: "Resolver operators" },
  { name: "others", title: "Others" },
];

function lane_of({ actor, what }) {
  if (actor === "noted") return "published";
  if (actor.startsWith("registry")) return what.startsWith("site ") ? "servers" : "registry";
  return actor.startsWith("operator") ? "operators" : "others";
}

// With numbers from 1, by which the timeline and the tables name them.
export const events = report.tables.events.map((event, i) =>
  ({ ...event, number: i + 1, ms: Date.parse(event.at), lane: lane_of(event) }));

export const lanes_in_use = lanes.filter((lane) =>
  events.some((event) => event.lane === lane.name));

// What happened outside and is known counts as solid; what the model did or takes for granted not.
export const is_known = ({ confidence }) => confidence === "measured" || confidence === "reported";
