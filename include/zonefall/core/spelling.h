// What a mistyped word was probably meant to be, and how messages say so. Never fails.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace zonefall {

/// The word of `valid` that `written` was probably meant to be, or "".
std::string_view nearest_word(std::string_view written, std::span<const std::string_view> valid);

/// `unknown <what> "<written>"; did you mean "..."?`, or the valid ones where none is near.
std::string unknown_word(std::string_view what, std::string_view written,
                         std::span<const std::string_view> valid);

/// `text` in double quotes for a message: cut after 40 octets, controls left out.
std::string in_quotes(std::string_view text);

}  // namespace zonefall
