// Options of unbound.conf(5) about who may ask, local zones and queries of class CH, for the
// sources of this module.
#pragma once

#include <string>
#include <vector>

#include "rpl/settings.h"

namespace zonefall::rpl {

class FrontOptions {
 public:
  /// Whether the option, of the clause server, is one of these; `refusal` says what is wrong with
  /// its value, if anything.
  bool take(const Option& option, const std::string& file_name, std::string& refusal);
  /// The same for the clause view.
  bool take_in_view(const Option& option, const std::string& file_name, std::string& refusal);
  /// Once all options have been taken. A view that nobody has described has no effect.
  FrontSettings finish(const std::vector<resolver::TrustAnchor>& anchors, bool has_ede);

 private:
  struct ViewRuleText {
    dns::AddressBlock block;
    std::string view;
  };

  static bool take_local(const Option& option, const std::string& file_name, LocalZones& zones,
                         std::string& refusal);
  std::string take_cookie_secret(const std::string& value);
  std::string take_access(const std::string& value);
  std::string take_view_rule(const std::string& value);

  FrontSettings front_;
  std::vector<std::string> view_names_;  // in the order of front_.views
  std::vector<ViewRuleText> view_rules_;
  LocalZones zones_;
  LocalZones::LanZones lan_zones_ = LocalZones::LanZones::blocked;
  std::string identity_ = "localhost";
  std::string version_ = "zonefall";
  CookieSecret cookie_secret_{};  // Unbound draws one, which no script can know
  bool makes_cookies_ = false;
  bool hides_identity_ = false;
  bool hides_version_ = false;
  bool hides_anchors_ = false;
};

}  // namespace zonefall::rpl
