// Debian's resolvers as processes of ours: configured, started, asked and ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

#include "internet.h"
#include "zonefall/dns/message.h"

namespace zonefall::differential {

enum class Implementation : std::uint8_t { unbound, bind };

/// True if its program is where Debian puts it.
bool is_installed(Implementation implementation);

/// Runs from construction to destruction, with empty caches at first and its defaults but for what
/// real_resolver.cpp says.
class RealResolver {
 public:
  /// `folder` exists and is its own; files stay there.
  RealResolver(Implementation implementation, const Internet& internet, std::string folder);
  ~RealResolver();
  RealResolver(const RealResolver&) = delete;
  RealResolver& operator=(const RealResolver&) = delete;
  RealResolver(RealResolver&&) = delete;
  RealResolver& operator=(RealResolver&&) = delete;

  /// Waits until it answers; false if it does not or has ended: its log in the folder says why.
  [[nodiscard]] bool is_ready() const;
  /// Asks with DO and AD. nullopt after 20 s without an answer. Safe from several threads.
  [[nodiscard]] std::optional<dns::Message> ask(const dns::Question& question) const;

 private:
  void write(const std::string& name, const std::string& text) const;
  void configure_unbound(const Internet& internet) const;
  void configure_bind(const Internet& internet) const;

  Implementation implementation_;
  std::string folder_;
  pid_t process_ = -1;
};

}  // namespace zonefall::differential
