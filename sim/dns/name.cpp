#include "zonefall/dns/name.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/words.h"

namespace zonefall::dns {
namespace {

using Octets = std::span<const std::uint8_t>;

constexpr std::size_t labels_max = 127;
constexpr std::uint64_t hash_start = 0x9ae16a3b2f90404fULL;
constexpr std::uint64_t hash_factor = 0xc3a5c85c97cb3127ULL;

constexpr std::uint8_t fold(std::uint8_t octet) {
  return (octet >= 'A' && octet <= 'Z') ? static_cast<std::uint8_t>(octet | 0x20) : octet;
}

// Eight octets at once. Length octets are at most 63, so whole names can be folded blindly.
constexpr std::uint64_t fold_word(std::uint64_t word) {
  constexpr std::uint64_t each = 0x0101010101010101ULL;
  const std::uint64_t low_bits = word & (each * 0x7f);
  const std::uint64_t at_least_a = low_bits + each * (0x80 - 'A');
  const std::uint64_t above_z = low_bits + each * (0x7f - 'Z');
  const std::uint64_t is_letter = (at_least_a ^ above_z) & ~word & (each * 0x80);
  return word | (is_letter >> 2);
}

constexpr std::uint64_t hash_step(std::uint64_t state, std::uint64_t folded_word) {
  return multiply_fold(state ^ folded_word, hash_factor) + hash_start;
}

constexpr std::uint64_t hash_finish(std::uint64_t state, std::size_t octets) {
  return mix64(state ^ (octets * hash_factor));
}

constexpr std::uint64_t hash_of_root = hash_finish(hash_step(hash_start, 0), 1);

std::uint64_t hash_folded(Octets wire) {
  std::uint64_t state = hash_start;
  for_each_word(wire.data(), wire.size(),
                [&](std::uint64_t word) { state = hash_step(state, fold_word(word)); });
  return hash_finish(state, wire.size());
}

bool equal_folded(const std::uint8_t* a, const std::uint8_t* b, std::size_t count) {
  if (std::memcmp(a, b, count) == 0) return true;
  std::size_t at = 0;
  for (; at + 8 <= count; at += 8) {
    if (fold_word(load_word(a + at)) != fold_word(load_word(b + at))) return false;
  }
  for (; at < count; ++at) {
    if (fold(a[at]) != fold(b[at])) return false;
  }
  return true;
}

// A label without its length octet against another: left-justified octet strings of RFC 4034 6.1.
std::strong_ordering compare_labels(Octets a, Octets b) {
  const std::size_t shared = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < shared; ++i) {
    const std::uint8_t folded_a = fold(a[i]);
    const std::uint8_t folded_b = fold(b[i]);
    if (folded_a != folded_b) return folded_a <=> folded_b;
  }
  return a.size() <=> b.size();
}

// Where each label starts, so that names can be walked from the right.
class LabelStarts {
 public:
  explicit LabelStarts(Octets wire) : wire_(wire) {
    for (std::size_t at = 0; wire[at] != 0; at += 1U + wire[at]) {
      starts_[count_++] = static_cast<std::uint8_t>(at);
    }
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] Octets from_right(std::size_t index) const {
    const std::size_t at = starts_[count_ - 1 - index];
    return wire_.subspan(at + 1, wire_[at]);
  }

 private:
  Octets wire_;
  std::size_t count_ = 0;
  std::array<std::uint8_t, labels_max> starts_;  // only the first count_ are set
};

// Names go through fixed buffers while they are put together: no allocation on the way.
class WireBuilder {
 public:
  // Appends to the label being built; false if it is full.
  bool add_octet(std::uint8_t octet) {
    if (label_octets_ == Name::label_octets_max) return false;
    if (label_octets_ == 0) label_at_ = size_++;
    buffer_[size_++] = octet;
    label_octets_ += 1;
    return true;
  }
  // Ends a label; false if it is empty or leaves no room for the root.
  bool end_label() {
    if (label_octets_ == 0 || size_ + 1 > Name::wire_octets_max) return false;
    buffer_[label_at_] = static_cast<std::uint8_t>(label_octets_);
    label_octets_ = 0;
    labels_ += 1;
    return true;
  }
  // Appends whole labels with their root; false if the name is too long.
  bool end_with(Octets wire, std::size_t labels) {
    if (size_ + wire.size() > Name::wire_octets_max) return false;
    std::memcpy(buffer_.data() + size_, wire.data(), wire.size());
    size_ += wire.size();
    labels_ += labels;
    return true;
  }
  [[nodiscard]] bool in_label() const { return label_octets_ > 0; }
  [[nodiscard]] Octets wire() const { return {buffer_.data(), size_}; }
  [[nodiscard]] std::size_t labels() const { return labels_; }

 private:
  // One label more than a name may have: errors are found when a label ends.
  std::array<std::uint8_t, Name::wire_octets_max + Name::label_octets_max + 2> buffer_;
  std::size_t size_ = 0;
  std::size_t label_at_ = 0;
  std::size_t label_octets_ = 0;
  std::size_t labels_ = 0;
};

constexpr std::array<std::uint8_t, 1> root_wire = {0};

std::string quote(std::string_view text) {
  constexpr std::size_t shown_max = 80;
  std::string out = "\"";
  for (const char c : text.substr(0, shown_max)) {
    const auto octet = static_cast<std::uint8_t>(c);
    out += (octet < 0x20 || octet == 0x7f) ? fmt::format("\\{:03}", octet) : std::string(1, c);
  }
  return out + (text.size() > shown_max ? "...\"" : "\"");
}

Error name_too_long(std::string_view text) {
  return {
      fmt::format("domain name {} is longer than {} octets", quote(text), Name::wire_octets_max)};
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Reads \X or \DDD at the start of `rest`, which it moves on.
Result<std::uint8_t> read_escape(std::string_view& rest, std::string_view whole) {
  if (rest.size() < 2) return Error{fmt::format("{} ends in a lone backslash", quote(whole))};
  if (!is_digit(rest[1])) {
    const auto octet = static_cast<std::uint8_t>(rest[1]);
    rest.remove_prefix(2);
    return octet;
  }
  if (rest.size() < 4 || !is_digit(rest[2]) || !is_digit(rest[3])) {
    return Error{fmt::format("{} has a \\ with a digit but not three digits", quote(whole))};
  }
  const int value = (rest[1] - '0') * 100 + (rest[2] - '0') * 10 + (rest[3] - '0');
  if (value > 255) {
    return Error{fmt::format("{} has the escape \\{}, above \\255", quote(whole), value)};
  }
  rest.remove_prefix(4);
  return static_cast<std::uint8_t>(value);
}

Result<std::uint8_t> read_octet(std::string_view& rest, std::string_view whole) {
  if (rest.front() == '\\') return read_escape(rest, whole);
  const auto octet = static_cast<std::uint8_t>(rest.front());
  if (octet <= 0x20 || octet >= 0x7f) {
    return Error{fmt::format("{} has the octet {} unescaped; write \\{:03}{}", quote(whole), octet,
                             octet, octet > 0x7f ? ", or an IDN as its xn-- form" : "")};
  }
  rest.remove_prefix(1);
  return octet;
}

// Everything in `text` but the final root: true in the result if a final dot asked for it.
Result<bool> read_labels(std::string_view text, WireBuilder& builder) {
  if (text.empty()) return Error{"empty text is not a domain name (the root is \".\")"};
  if (text == ".") return true;
  for (std::string_view rest = text; !rest.empty();) {
    if (rest.front() == '.') {
      if (!builder.in_label()) return Error{fmt::format("{} has an empty label", quote(text))};
      if (!builder.end_label()) return name_too_long(text);
      rest.remove_prefix(1);
      if (rest.empty()) return true;
      continue;
    }
    const auto octet = read_octet(rest, text);
    if (!octet) return octet.error();
    if (!builder.add_octet(octet.value())) {
      return Error{
          fmt::format("{} has a label longer than {} octets", quote(text), Name::label_octets_max)};
    }
  }
  if (!builder.end_label()) return name_too_long(text);
  return false;
}

// The characters that mean something in a master file, besides blanks.
constexpr bool needs_backslash(std::uint8_t octet) {
  switch (octet) {
    case '"':
    case '$':
    case '(':
    case ')':
    case '.':
    case ';':
    case '@':
    case '\\': return true;
    default: return false;
  }
}

void append_escaped(std::string& out, std::uint8_t octet) {
  if (octet <= 0x20 || octet >= 0x7f) {
    out += {'\\', static_cast<char>('0' + octet / 100), static_cast<char>('0' + octet / 10 % 10),
            static_cast<char>('0' + octet % 10)};
    return;
  }
  if (needs_backslash(octet)) out += '\\';
  out += static_cast<char>(octet);
}

}  // namespace

static_assert(sizeof(Name) == 64);

std::uint8_t* Name::heap_block() const {
  std::uint8_t* block = nullptr;
  std::memcpy(&block, octets_, sizeof block);
  return block;
}

Name::~Name() {
  release();
}

void Name::release() {
  if (is_long()) delete[] heap_block();
}

// After a copy of all members from a long name: the block is still the other's.
void Name::own_block() {
  const std::uint8_t* const others = heap_block();
  std::uint8_t* const block = new std::uint8_t[wire_octets_];
  std::memcpy(block, others, wire_octets_);
  std::memcpy(octets_, &block, sizeof block);
}

// One of the two, at least, is long.
void Name::assign_long(const Name& other) {
  if (this == &other) return;
  assign_octets(other.wire());
  labels_ = other.labels_;
  hash_ = other.hash_;
}

void Name::swap(Name& other) noexcept {
  std::swap(octets_, other.octets_);
  std::swap(wire_octets_, other.wire_octets_);
  std::swap(labels_, other.labels_);
  std::swap(hash_, other.hash_);
}

void Name::become_root() {
  static_assert(root_hash == hash_of_root);
  octets_[0] = 0;
  wire_octets_ = 1;
  labels_ = 0;
  hash_ = root_hash;
}

const std::uint8_t* Name::octets() const {
  return is_long() ? heap_block() : octets_;
}

// `wire` must not be part of this name.
void Name::assign_octets(Octets wire) {
  release();
  std::memset(octets_, 0, sizeof octets_);
  become_root();  // what is left should the allocation throw
  std::uint8_t* target = octets_;
  if (wire.size() > inline_octets_max) {
    target = new std::uint8_t[wire.size()];
    std::memcpy(octets_, &target, sizeof target);
  }
  std::memcpy(target, wire.data(), wire.size());
  wire_octets_ = static_cast<std::uint8_t>(wire.size());
}

void Name::assign(Octets wire, std::size_t labels) {
  assign_octets(wire);
  labels_ = static_cast<std::uint8_t>(labels);
  hash_ = hash_folded(wire);
}

Result<Name> Name::parse_relative(std::string_view text, const Name& origin) {
  if (text == "@") return origin;
  return parse_under(text, origin);
}

Result<Name> Name::parse(std::string_view text) {
  return parse_under(text, Name());
}

Result<Name> Name::parse_under(std::string_view text, const Name& origin) {
  WireBuilder builder;
  const auto absolute = read_labels(text, builder);
  if (!absolute) return absolute.error();
  const bool fits = absolute.value() ? builder.end_with(root_wire, 0)
                                     : builder.end_with(origin.wire(), origin.label_count());
  if (!fits) return name_too_long(text);
  Name name;
  name.assign(builder.wire(), builder.labels());
  return name;
}

Name Name::literal(std::string_view text) {
  auto name = parse(text);
  ZF_ASSERT(name.ok());
  return std::move(name).value();
}

Result<Name> Name::from_wire(Octets wire) {
  std::size_t labels = 0;
  std::size_t at = 0;
  for (; at < wire.size() && wire[at] != 0; at += 1U + wire[at]) {
    if (wire[at] > label_octets_max) {
      return Error{fmt::format("octet {} of a domain name is {}, not a label length (0 to {})", at,
                               wire[at], label_octets_max)};
    }
    labels += 1;
  }
  if (at >= wire.size()) {
    return Error{fmt::format("domain name of {} octets has no root label", wire.size())};
  }
  if (at + 1 != wire.size()) {
    return Error{fmt::format("{} octets follow a domain name", wire.size() - at - 1)};
  }
  if (wire.size() > wire_octets_max) {
    return Error{
        fmt::format("domain name of {} octets is longer than {}", wire.size(), wire_octets_max)};
  }
  Name name;
  name.assign(wire, labels);
  return name;
}

std::string Name::to_text() const {
  if (is_root()) return ".";
  std::string out;
  out.reserve(wire_octets_);
  const std::uint8_t* octet = octets();
  while (*octet != 0) {
    const std::uint8_t* const end = octet + 1 + *octet;
    for (++octet; octet != end; ++octet) append_escaped(out, *octet);
    out += '.';
  }
  return out;
}

Octets Name::wire() const {
  return {octets(), wire_octets_};
}

Name Name::canonical() const {
  Name name(*this);
  std::uint8_t* const target = is_long() ? name.heap_block() : name.octets_;
  std::transform(target, target + wire_octets_, target, fold);
  return name;
}

Octets Name::label(std::size_t index) const {
  ZF_ASSERT(index < labels_);
  const std::uint8_t* octet = octets();
  for (; index > 0; --index) octet += 1 + *octet;
  return {octet + 1, *octet};
}

bool Name::is_wildcard() const {
  const std::uint8_t* const octet = octets();
  return octet[0] == 1 && octet[1] == '*';
}

Name Name::parent() const {
  return is_root() ? Name() : suffix(labels_ - 1U);
}

std::size_t Name::suffix_start(std::size_t labels) const {
  ZF_ASSERT(labels <= labels_);
  const std::uint8_t* const first = octets();
  std::size_t at = 0;
  for (std::size_t left = labels_ - labels; left > 0; --left) at += 1U + first[at];
  return at;
}

Name Name::suffix(std::size_t labels) const {
  if (labels == labels_) return *this;
  Name name;
  name.assign(wire().subspan(suffix_start(labels)), labels);
  return name;
}

Result<Name> Name::prepend(Octets label) const {
  if (label.empty()) return Error{fmt::format("empty label in front of {}", to_text())};
  if (label.size() > label_octets_max) {
    return Error{fmt::format("label of {} octets in front of {} is longer than {}", label.size(),
                             to_text(), label_octets_max)};
  }
  if (1 + label.size() + wire_octets_ > wire_octets_max) {
    return Error{fmt::format("a label of {} octets in front of {} makes a name over {} octets",
                             label.size(), to_text(), wire_octets_max)};
  }
  std::array<std::uint8_t, wire_octets_max> buffer;
  buffer[0] = static_cast<std::uint8_t>(label.size());
  std::memcpy(buffer.data() + 1, label.data(), label.size());
  std::memcpy(buffer.data() + 1 + label.size(), octets(), wire_octets_);
  Name name;
  name.assign(Octets(buffer).first(1 + label.size() + wire_octets_), labels_ + std::size_t{1});
  return name;
}

Result<Name> Name::prepend(std::string_view label) const {
  return prepend(Octets(reinterpret_cast<const std::uint8_t*>(label.data()), label.size()));
}

Result<Name> Name::wildcard_child() const {
  return prepend("*");
}

bool Name::is_at_or_below(const Name& ancestor) const {
  if (labels_ < ancestor.labels_ || wire_octets_ < ancestor.wire_octets_) return false;
  const std::size_t start = suffix_start(ancestor.labels_);
  return wire_octets_ - start == ancestor.wire_octets_ &&
         equal_folded(octets() + start, ancestor.octets(), ancestor.wire_octets_);
}

bool Name::is_below(const Name& ancestor) const {
  return labels_ > ancestor.labels_ && is_at_or_below(ancestor);
}

std::size_t Name::common_labels(const Name& other) const {
  const LabelStarts own(wire());
  const LabelStarts others(other.wire());
  const std::size_t shared_max = std::min(own.count(), others.count());
  std::size_t shared = 0;
  while (shared < shared_max &&
         compare_labels(own.from_right(shared), others.from_right(shared)) == 0) {
    shared += 1;
  }
  return shared;
}

bool Name::has_octets_of(const Name& other) const {
  return equal_folded(octets(), other.octets(), wire_octets_);
}

std::strong_ordering Name::operator<=>(const Name& other) const {
  const LabelStarts own(wire());
  const LabelStarts others(other.wire());
  const std::size_t shared_max = std::min(own.count(), others.count());
  for (std::size_t i = 0; i < shared_max; ++i) {
    const auto order = compare_labels(own.from_right(i), others.from_right(i));
    if (order != 0) return order;
  }
  return own.count() <=> others.count();
}

}  // namespace zonefall::dns
