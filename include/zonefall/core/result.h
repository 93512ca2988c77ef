// Result<T>: a value, or an Error a person can act on.
//
// Everything that reads input from outside (packets, text, files, numbers) returns a Result; no
// function of this project throws for bad input. Reading the wrong side of a Result is a broken
// invariant and aborts. Stands in for std::expected, which g++ 12 does not have.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "zonefall/core/assert.h"

namespace zonefall {

/// What went wrong, as one sentence without a full stop. `where` is "" or "file:line:column".
struct Error {
  std::string message;
  std::string where = {};

  /// "where: message", or the message alone.
  [[nodiscard]] std::string to_text() const;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] const T& value() const& {
    ZF_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] T& value() & {
    ZF_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] T&& value() && {
    ZF_ASSERT(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  [[nodiscard]] const Error& error() const {
    ZF_ASSERT(!ok());
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] T value_or(T fallback) const& { return ok() ? value() : std::move(fallback); }

 private:
  std::variant<T, Error> state_;
};

/// A Result that carries nothing but success.
struct Done {};
using Status = Result<Done>;

}  // namespace zonefall
