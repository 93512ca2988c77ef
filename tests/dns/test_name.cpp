// Goal: names read and print exactly, compare as RFC 4034 6.1 and RFC 4343 say, and stay values
// (copies, moves, heap names) whatever their length.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "zonefall/core/hash.h"
#include "zonefall/dns/name.h"

using zonefall::dns::Name;

namespace {

using Octets = std::vector<std::uint8_t>;

constexpr std::array<std::uint64_t, 4> letters = {'a', 'A', 'b', 'B'};

// A stream of its own: the test must not lean on the generator it may one day debug.
class Words {
 public:
  explicit Words(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t bound) {
    state_ += 0x9e3779b97f4a7c15ULL;
    return zonefall::mix64(state_) % bound;
  }

 private:
  std::uint64_t state_;
};

// Labels of any octets, of sizes that make short, inline, heap and full names.
Octets random_wire(Words& words) {
  const std::size_t target = 1 + words.below(words.below(4) == 0 ? 255 : 40);
  Octets wire;
  while (wire.size() + 3 <= target) {
    const std::size_t room = target - wire.size() - 2;
    const std::size_t size = 1 + words.below(std::min<std::size_t>(room, 63));
    wire.push_back(static_cast<std::uint8_t>(size));
    const bool few_octets = words.below(2) == 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint64_t octet = few_octets ? letters[words.below(4)] : words.below(256);
      wire.push_back(static_cast<std::uint8_t>(octet));
    }
  }
  wire.push_back(0);
  return wire;
}

Octets swap_case(Octets wire) {
  for (std::size_t at = 0; wire[at] != 0; at += 1U + wire[at]) {
    for (std::size_t i = at + 1; i <= at + wire[at]; ++i) {
      const int octet = wire[i] | 0x20;
      if (octet >= 'a' && octet <= 'z') wire[i] = static_cast<std::uint8_t>(wire[i] ^ 0x20);
    }
  }
  return wire;
}

Octets to_vector(std::span<const std::uint8_t> octets) {
  return {octets.begin(), octets.end()};
}

Octets wire_of(std::string_view text) {
  return to_vector(Name::literal(text).wire());
}

// RFC 4034 6.1 spelt out: labels from the right, each a vector of lower-case octets.
std::vector<Octets> sort_key(const Name& name) {
  std::vector<Octets> labels;
  const Name lower = name.canonical();
  for (std::size_t i = lower.label_count(); i-- > 0;) labels.push_back(to_vector(lower.label(i)));
  return labels;
}

std::string error_of(std::string_view text) {
  const auto name = Name::parse(text);
  return name.ok() ? "no error" : name.error().message;
}

std::string repeat(std::string_view part, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

std::vector<Name> random_names(std::uint64_t seed, std::size_t count) {
  Words words(seed);
  std::vector<Name> names;
  for (std::size_t i = 0; i < count; ++i) {
    names.push_back(Name::from_wire(random_wire(words)).value());
  }
  return names;
}

}  // namespace

TEST_CASE("the root is one zero octet and its own parent") {
  const Name root;
  CHECK(root.to_text() == ".");
  CHECK(to_vector(root.wire()) == Octets{0});
  CHECK(root == Name::literal("."));
  CHECK(root.hash() == Name::from_wire(Octets{0}).value().hash());
  CHECK(root.label_count() == 0);
  CHECK(root.is_root());
  CHECK(root.parent() == root);
  CHECK_FALSE(root.is_wildcard());
}

TEST_CASE("text becomes wire octets, with or without the final dot") {
  CHECK(wire_of("a.De.") == Octets{1, 'a', 2, 'D', 'e', 0});
  CHECK(wire_of("a.De") == Octets{1, 'a', 2, 'D', 'e', 0});
  CHECK(Name::literal("Example.DE").to_text() == "Example.DE.");
  CHECK(Name::literal("_dmarc.xn--mller-kva.de").label_count() == 3);
}

TEST_CASE("escapes of RFC 1035 5.1 give any octet") {
  CHECK(wire_of("a\\.b.c") == Octets{3, 'a', '.', 'b', 1, 'c', 0});
  CHECK(wire_of("\\000\\255\\032.") == Octets{3, 0, 255, 32, 0});
  CHECK(wire_of("a\\.") == Octets{2, 'a', '.', 0});
  CHECK(wire_of("\\065") == wire_of("A"));
  CHECK(wire_of("\\\\") == Octets{1, '\\', 0});
  CHECK(Name::literal("\\000a\\127\\200\\;\\@\\$\\\"\\(\\)\\\\x\\.y").to_text() ==
        "\\000a\\127\\200\\;\\@\\$\\\"\\(\\)\\\\x\\.y.");
}

TEST_CASE("texts that are not names say what is wrong") {
  CHECK(error_of("") == "empty text is not a domain name (the root is \".\")");
  CHECK(error_of("a..b") == "\"a..b\" has an empty label");
  CHECK(error_of(".a") == "\".a\" has an empty label");
  CHECK(error_of("..") == "\"..\" has an empty label");
  CHECK(error_of("a\\") == "\"a\\\" ends in a lone backslash");
  CHECK(error_of("a\\25") == "\"a\\25\" has a \\ with a digit but not three digits");
  CHECK(error_of("a\\2x5") == "\"a\\2x5\" has a \\ with a digit but not three digits");
  CHECK(error_of("\\256") == "\"\\256\" has the escape \\256, above \\255");
  CHECK(error_of("a b") == "\"a b\" has the octet 32 unescaped; write \\032");
  CHECK(error_of("m\xc3\xbcller.de").find("xn--") != std::string::npos);
  CHECK(error_of(std::string(64, 'a')).find("longer than 63 octets") != std::string::npos);
}

TEST_CASE("names end at 63 octets a label and 255 octets in all") {
  const std::string longest_label(63, 'a');
  CHECK(Name::parse(longest_label + ".de").ok());
  const std::string longest =
      longest_label + "." + longest_label + "." + longest_label + "." + std::string(61, 'b');
  const auto name = Name::parse(longest);
  REQUIRE(name.ok());
  CHECK(name.value().wire_size() == 255);
  CHECK(error_of(longest + "b").find("longer than 255 octets") != std::string::npos);
  CHECK(error_of(longest + ".").find("no error") == 0);
  CHECK(error_of(longest + ".c").find("longer than 255 octets") != std::string::npos);
  CHECK(error_of(repeat("abcdefg.", 4000)).find("longer than 255 octets") != std::string::npos);

  CHECK(Name::literal(repeat("a.", 127)).label_count() == 127);
  CHECK_FALSE(Name::parse(repeat("a.", 128)).ok());
  CHECK_FALSE(name.value().prepend("c").ok());
  CHECK_FALSE(Name::literal("de").prepend(longest_label + "a").ok());
  CHECK_FALSE(Name::literal("de").prepend("").ok());
}

TEST_CASE("relative names go under the origin, absolute ones do not") {
  const Name origin = Name::literal("example.de");
  const auto relative = [&](std::string_view text) {
    return Name::parse_relative(text, origin).value().to_text();
  };
  CHECK(relative("www") == "www.example.de.");
  CHECK(relative("www.") == "www.");
  CHECK(relative("@") == "example.de.");
  CHECK(relative("\\@") == "\\@.example.de.");
  CHECK(relative("w\\.") == "w\\..example.de.");
  CHECK(relative(".") == ".");
  CHECK(Name::parse_relative("@", Name()).value() == Name());
  CHECK(Name::parse_relative("de", Name()).value() == Name::literal("de."));
  CHECK_FALSE(Name::parse_relative("", origin).ok());
  CHECK_FALSE(Name::parse_relative(repeat("a.", 122) + "a", origin).ok());
}

TEST_CASE("wire octets are taken whole or not at all") {
  const auto error = [](const Octets& wire) {
    const auto name = Name::from_wire(wire);
    return name.ok() ? std::string("no error") : name.error().message;
  };
  CHECK(error({2, 'd', 'e', 0}) == "no error");
  CHECK(error({}) == "domain name of 0 octets has no root label");
  CHECK(error({2, 'd', 'e'}) == "domain name of 3 octets has no root label");
  CHECK(error({2, 'd'}) == "domain name of 2 octets has no root label");
  CHECK(error({2, 'd', 'e', 0, 0}) == "1 octets follow a domain name");
  CHECK(error({0xc0, 12}) == "octet 0 of a domain name is 192, not a label length (0 to 63)");
  CHECK(error({1, 'a', 64, 0}) == "octet 2 of a domain name is 64, not a label length (0 to 63)");
  Octets too_long;
  for (int i = 0; i < 128; ++i) too_long.insert(too_long.end(), {1, 'a'});
  too_long.push_back(0);
  CHECK(error(too_long) == "domain name of 257 octets is longer than 255");
}

TEST_CASE("RFC 4034 6.1: its list of names is in canonical order") {
  const std::array<std::string_view, 9> listed = {
      "example",   "a.example",       "yljkjljk.a.example", "Z.a.example",    "zABC.a.EXAMPLE",
      "z.example", "\\001.z.example", "*.z.example",        "\\200.z.example"};
  for (std::size_t i = 0; i < listed.size(); ++i) {
    for (std::size_t j = 0; j < listed.size(); ++j) {
      CAPTURE(listed[i], listed[j]);
      CHECK((Name::literal(listed[i]) <=> Name::literal(listed[j])) == (i <=> j));
    }
  }
}

TEST_CASE("RFC 4034 6.1: no octet sorts before a zero octet") {
  CHECK(Name::literal("a.de") < Name::literal("a\\000.de"));
  CHECK(Name::literal("de") < Name::literal("\\000.de"));
  CHECK(Name() < Name::literal("\\000"));
  // "[" stands between upper and lower case: it shows which one is compared.
  CHECK(Name::literal("[") < Name::literal("A"));
}

TEST_CASE("RFC 4343: only ASCII letters match without case") {
  CHECK(Name::literal("WWW.Example.DE") == Name::literal("www.example.de"));
  CHECK(Name::literal("WWW.Example.DE").hash() == Name::literal("www.example.de").hash());
  CHECK(Name::literal("WWW.Example.DE").to_text() == "WWW.Example.DE.");
  CHECK(Name::literal("WWW.Example.DE").canonical().to_text() == "www.example.de.");
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const auto lower = [](int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; };
      const auto name = [](int c) {
        // Nine octets, so that both whole words and what is left over are compared.
        return Name::from_wire(Octets{9, static_cast<std::uint8_t>(c), 1, 2, 3, 4, 5, 6, 7,
                                      static_cast<std::uint8_t>(c), 0})
            .value();
      };
      if ((name(a) == name(b)) != (lower(a) == lower(b))) FAIL("octets " << a << " and " << b);
      if (((name(a) <=> name(b)) == 0) != (lower(a) == lower(b))) FAIL(a << " <=> " << b);
    }
  }
}

TEST_CASE("random names survive the way through text, wire, copies and moves") {
  Words words(1);
  std::size_t heap_names = 0;
  for (int i = 0; i < 20000; ++i) {
    const Octets wire = random_wire(words);
    const auto name = Name::from_wire(wire);
    REQUIRE(name.ok());
    heap_names += wire.size() > 54 ? 1 : 0;
    REQUIRE(to_vector(name.value().wire()) == wire);

    const auto parsed = Name::parse(name.value().to_text());
    REQUIRE(parsed.ok());
    REQUIRE(to_vector(parsed.value().wire()) == wire);
    REQUIRE(parsed.value().label_count() == name.value().label_count());
    REQUIRE(parsed.value().hash() == name.value().hash());

    const Name swapped = Name::from_wire(swap_case(wire)).value();
    REQUIRE(swapped == name.value());
    REQUIRE(swapped.hash() == name.value().hash());
    REQUIRE(to_vector(swapped.canonical().wire()) == to_vector(name.value().canonical().wire()));
    REQUIRE(swapped.canonical().hash() == swapped.hash());

    // The last octet before the root changed beyond case: another name.
    if (wire.size() > 1) {
      Octets other = wire;
      other[other.size() - 2] = other[other.size() - 2] == '#' ? '+' : '#';
      REQUIRE((Name::from_wire(other).value() == name.value()) == (other == wire));
    }
  }
  CHECK(heap_names > 1000);
}

TEST_CASE("assignment between names of all lengths copies and moves values") {
  const std::vector<Name> names = random_names(2, 60);
  for (const Name& from : names) {
    for (const Name& onto : names) {
      Name target(onto);
      target = from;
      REQUIRE(to_vector(target.wire()) == to_vector(from.wire()));
      REQUIRE(target.hash() == from.hash());
      REQUIRE(target.label_count() == from.label_count());
      Name moved_to(onto);
      moved_to = std::move(target);
      REQUIRE(to_vector(moved_to.wire()) == to_vector(from.wire()));
      Name constructed(std::move(moved_to));
      REQUIRE(constructed == from);
    }
  }
  Name self = names.front();
  const Name& alias = self;
  self = alias;
  CHECK(self == names.front());
  Name gone = Name::literal(repeat("long.", 20));
  const Name taken = std::move(gone);
  CHECK(gone.is_root());  // NOLINT: the moved-from state is the root
  CHECK(taken.label_count() == 20);
}

TEST_CASE("order is that of the labels' octets from the right, for random names") {
  const std::vector<Name> names = random_names(3, 400);
  std::vector<std::vector<Octets>> keys;
  for (const Name& name : names) keys.push_back(sort_key(name));
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = 0; j < names.size(); ++j) {
      if ((names[i] <=> names[j]) != (keys[i] <=> keys[j])) {
        FAIL(names[i].to_text() << " against " << names[j].to_text());
      }
      if ((names[i] == names[j]) != (keys[i] == keys[j])) FAIL(names[i].to_text());
    }
  }
}

TEST_CASE("ancestors, suffixes and common labels agree with label lists") {
  std::vector<Name> names = random_names(4, 150);
  // Random names seldom share labels: make families.
  for (std::size_t i = 0; i < 100; ++i) {
    const auto child = names[i].prepend(i % 2 == 0 ? "a" : "B");
    if (child.ok()) names.push_back(child.value());
    names.push_back(names[i].parent());
  }
  std::size_t below = 0;
  for (const Name& a : names) {
    const auto key_a = sort_key(a);
    for (const Name& b : names) {
      const auto key_b = sort_key(b);
      const auto [end_a, end_b] =
          std::mismatch(key_a.begin(), key_a.end(), key_b.begin(), key_b.end());
      REQUIRE(a.common_labels(b) == static_cast<std::size_t>(end_a - key_a.begin()));
      REQUIRE(a.is_at_or_below(b) == (end_b == key_b.end()));
      REQUIRE(a.is_below(b) == (end_b == key_b.end() && key_a.size() > key_b.size()));
      below += a.is_below(b) ? 1 : 0;
    }
    for (std::size_t labels = 0; labels <= a.label_count(); ++labels) {
      const Name suffix = a.suffix(labels);
      REQUIRE(suffix.label_count() == labels);
      REQUIRE(a.is_at_or_below(suffix));
      REQUIRE(suffix == Name::parse(suffix.to_text()).value());
    }
  }
  CHECK(below > 100);
}

TEST_CASE("an ancestor ends at a label, not inside one") {
  CHECK_FALSE(Name::literal("notexample.de").is_at_or_below(Name::literal("example.de")));
  // The octets of "\001b." stand at the end of this name too, but inside its label.
  CHECK_FALSE(Name::literal("a\\001b").is_at_or_below(Name::literal("b")));
  CHECK_FALSE(Name::literal("c.a\\001b").is_at_or_below(Name::literal("b")));
}

TEST_CASE("children are made from octets, wildcards are known by their first label") {
  const Name de = Name::literal("de");
  CHECK(de.prepend("a.b").value().to_text() == "a\\.b.de.");
  CHECK(de.wildcard_child().value().to_text() == "*.de.");
  CHECK(de.wildcard_child().value().is_wildcard());
  CHECK(Name::literal("\\042.de").is_wildcard());
  CHECK_FALSE(Name::literal("**.de").is_wildcard());
  CHECK_FALSE(Name::literal("a.*.de").is_wildcard());
  CHECK(Name::literal("a.b.de").parent().to_text() == "b.de.");
}

TEST_CASE("hashes of similar names spread over all bits") {
  // 200000 names: about 0.001 collisions expected in 64 bits, 4.66 in their upper or lower 32.
  std::set<std::uint64_t> hashes;
  std::set<std::uint32_t> upper;
  std::set<std::uint32_t> lower;
  constexpr std::size_t count = 200000;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t hash = Name::literal(std::to_string(i) + ".example.de").hash();
    hashes.insert(hash);
    upper.insert(static_cast<std::uint32_t>(hash >> 32));
    lower.insert(static_cast<std::uint32_t>(hash));
  }
  CHECK(hashes.size() == count);
  CHECK(count - upper.size() <= 15);
  CHECK(count - lower.size() <= 15);
}

TEST_CASE("hashes are the same on every platform") {
  CHECK(Name().hash() == 0x80988100139f7b1e);
  CHECK(Name::literal("de").hash() == 0x1372e1685f7aa019);
  CHECK(Name::literal("www.Example.de").hash() == 0xb7d2f6352f0e2895);
  CHECK(Name::literal(repeat("long.", 20)).hash() == 0xf23c1c92434343eb);
}
