#include "comparison.h"

#include <algorithm>

#include <fmt/format.h>

namespace zonefall::fidelity {
namespace {

bool counts_close(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t larger = std::max(a, b);
  const std::uint32_t difference = larger - std::min(a, b);
  return difference <= 1 || difference * 100 <= larger * 15;
}

bool ttls_close(std::optional<std::uint32_t> a, std::optional<std::uint32_t> b) {
  if (!a || !b) return a == b;
  return std::max(*a, *b) - std::min(*a, *b) <= 2;
}

// Not all resolvers say with an EDE that an answer is stale. But where the servers have fallen
// silent, the record had expired and there is an answer, it can be nothing else.
bool is_stale(const Comparison& cell, const Seen& seen) {
  if (seen.rcode != "NOERROR" && seen.rcode != "NXDOMAIN") return false;
  if (seen.ede_codes.contains(3) || seen.ede_codes.contains(19)) return true;
  return cell.servers_silent && cell.measured.state.starts_with("A expired");
}

std::string side_text(const Seen& seen, std::optional<std::uint32_t> ttl_s,
                      const UpstreamCounts& upstream) {
  return fmt::format("{:<16} {:>6} / T{} C{} R{}", to_text(seen),
                     ttl_s ? fmt::format("t{}", *ttl_s) : "", upstream.tld, upstream.child,
                     upstream.root);
}

}  // namespace

Seen Comparison::seen() const {
  return {simulated.rcode, simulated.authentic_data, simulated.ede_codes};
}

bool Comparison::has(Column column) const {
  if (column == Column::ttl) return measured.ttl_s || simulated.ttl_s;
  if (column == Column::recovery) return measured.polled_s && simulated.polled;
  return true;
}

bool Comparison::is_stable(Column column) const {
  return !measured.varies.contains(column);
}

bool Comparison::agrees(Column column) const {
  const Seen now = seen();
  const auto& also = measured.also;
  const bool as_other_run = std::find(also.begin(), also.end(), now) != also.end();
  const Seen& then = as_other_run ? now : measured.seen;
  switch (column) {
    case Column::rcode: return now.rcode == then.rcode;
    case Column::ad: return now.authentic_data == then.authentic_data;
    case Column::ede: return now.ede_codes == then.ede_codes;
    case Column::stale: return is_stale(*this, now) == is_stale(*this, then);
    case Column::up_tld:
      return !is_stable(column) || counts_close(measured.upstream.tld, simulated.upstream.tld);
    case Column::up_child:
      return !is_stable(column) || counts_close(measured.upstream.child, simulated.upstream.child);
    case Column::up_root:
      return !is_stable(column) || counts_close(measured.upstream.root, simulated.upstream.root);
    case Column::ttl: return ttls_close(measured.ttl_s, simulated.ttl_s);
    case Column::recovery: {
      if (!has(column)) return true;
      const double simulated_s = static_cast<double>(simulated.polled->to_milliseconds()) / 1000;
      return simulated_s - *measured.polled_s <= 5 && *measured.polled_s - simulated_s <= 5;
    }
  }
  return false;
}

std::string to_text(const Comparison& comparison) {
  const MeasuredCell& m = comparison.measured;
  const Observation& s = comparison.simulated;
  return fmt::format(
      "{:<42} {:<11} {} | {}{}", m.state, m.qname, side_text(m.seen, m.ttl_s, m.upstream),
      side_text(comparison.seen(), s.ttl_s, s.upstream),
      s.polled && m.polled_s ? fmt::format("  polled {} s / {}", *m.polled_s, s.polled->to_text())
                             : "");
}

void Shares::add(const Comparison& comparison) {
  cells_ += 1;
  for (const ColumnRule& rule : column_rules) {
    if (!comparison.has(rule.column)) continue;
    Share& share = shares_[static_cast<std::size_t>(rule.column)];
    if (!comparison.is_stable(rule.column)) {
      share.left_out += 1;
      continue;
    }
    share.of += 1;
    share.agreeing += comparison.agrees(rule.column) ? 1 : 0;
  }
}

void Shares::add(const Shares& other) {
  cells_ += other.cells_;
  for (std::size_t i = 0; i < shares_.size(); ++i) {
    shares_[i].of += other.shares_[i].of;
    shares_[i].agreeing += other.shares_[i].agreeing;
    shares_[i].left_out += other.shares_[i].left_out;
  }
}

bool Shares::reaches(Column column, std::size_t percent) const {
  return share(column).agreeing * 100 >= share(column).of * percent;
}

std::string Shares::header() {
  std::string text = fmt::format("{:>6}", "cells");
  for (const ColumnRule& rule : column_rules) text += fmt::format(" {:>8}", rule.name);
  return text;
}

std::string Shares::left_out_text() const {
  std::string text = fmt::format("{:>6}", "");
  for (const Share& share : shares_) text += fmt::format(" {:>8}", share.left_out);
  return text;
}

// Tenths of a percent are rounded down: 100.0 means all.
std::string Shares::to_text() const {
  std::string text = fmt::format("{:>6}", cells_);
  for (const Share& share : shares_) {
    const std::size_t tenths = share.of == 0 ? 0 : share.agreeing * 1000 / share.of;
    text += fmt::format(" {:>8}",
                        share.of == 0 ? "-" : fmt::format("{}.{} %", tenths / 10, tenths % 10));
  }
  return text;
}

}  // namespace zonefall::fidelity
