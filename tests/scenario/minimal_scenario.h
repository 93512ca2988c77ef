// The smallest scenario that is complete, for tests that damage it. No line may move: tests name
// lines and columns.
#pragma once

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

inline constexpr std::string_view minimal_scenario =
    R"(zonefall: 1
title: a test
summary: Nothing happens.
source: a note
confidence: assumed
run: {from: 2026-01-01, until: 2026-01-02, bin: 1 h}
servers:
  - {name: ns.root, addresses: [192.0.2.1], sites: [{name: one}]}
  - {name: ns.xy, addresses: [192.0.2.2], sites: [{name: two}, {name: three}]}
zones:
  - {apex: ., servers: [ns.root]}
  - apex: xy
    servers: [ns.xy]
    population:
      size: 1_000
      signed: 4.5 %
      hosting: [{name: host, servers: [ns.xy]}]
      address_ttls: [{ttl: 5 min, share: 40 %}, {ttl: 1 h, share: 60 %}]
registries:
  - zone: xy
    hsms: [h1, h2]
    keys:
      - {label: k, role: ksk, bits: 2048, published: [{from: always}]}
      - {label: z, role: zsk, bits: 1024, published: [{until: 2026-01-01T12:00Z}]}
    activations:
      - {from: always, role: ksk, key: k}
      - {from: always, role: zsk, key: z}
    publication: [{from: 2025-12-31, interval: 2 min}]
demand: {zone: xy}
stubs: [{name: plain}]
cohorts:
  - name: all
    profile: unbound-1.17
    knobs: {nta: {lifetime: 2 h}}
    resolvers: 10
    lookups_per_day_mean: 1000
    stubs: [{stub: plain, share: 100 %}]
operators:
  - {cohort: all, act: install_nta, name: xy, from: 2026-01-01T06:00Z, until: 2026-01-01T07:00Z}
expect:
  - id: calm
    kind: consequence
    statement: nothing fails
    published: nothing failed
    metric: failed_lookups
    from: 2026-01-01T06:00Z
    until: 2026-01-01T07:00Z
    min: 0
    max: 0.01
    counterfactual: other
counterfactuals:
  - {name: other, title: another world, set: ["registries[xy].keys[z].generation = once_per_hsm"]}
)";

/// `minimal_scenario` with `from`, which must be in it, replaced.
inline std::string damaged(std::string_view from, std::string_view to) {
  std::string text(minimal_scenario);
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}
