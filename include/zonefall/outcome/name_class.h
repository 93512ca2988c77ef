// Classes of the names that clients ask for: who was hurt, seen from the other side.
//
// A closed list, so that runs of any scenario can be laid side by side; a scenario has those that
// its demand and its population give. A name is popular if the demand has it among its head (names
// that are asked for more than others, by Zipf's law), however seldom one resolver asks for it. It
// is signed if the zone that delegates it holds a DS RRset for it (RFC 4034 section 5), and missing
// if that zone does not have it at all (RFC 9499: NXDOMAIN).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace zonefall::outcome {

/// How the zone that clients ask below has a name.
enum class Delegated : std::uint8_t { with_ds, without_ds, never };
enum class Demanded : std::uint8_t { often, rarely };

enum class NameClass : std::uint8_t {
  popular_signed,
  popular_unsigned,
  popular_missing,
  rare_signed,
  rare_unsigned,
  rare_missing,
};
inline constexpr std::size_t name_class_count = 6;

/// All classes, in order.
std::array<NameClass, name_class_count> all_name_classes();
NameClass name_class_of(Demanded demanded, Delegated delegated);
/// The enumerator's name.
std::string_view to_text(NameClass names);
/// The same for people: "popular, signed".
std::string_view title(NameClass names);
/// What the class means, as one phrase for people.
std::string_view meaning(NameClass names);

}  // namespace zonefall::outcome
