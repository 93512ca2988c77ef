// Options of unbound.conf(5) about who may ask, local zones and queries of class CH, for the
// sources of this module.
#pragma once

#include <optional>
#include <string>
#include <string_view>
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
  bool take_tagged(const Option& option, const std::string& file_name, std::string& refusal);
  std::string take_zone_tags(const std::vector<std::string_view>& words);
  std::string take_override(const std::vector<std::string_view>& words);
  std::string take_client_tags(const Option& option, const std::string& file_name);
  std::string take_client_data(ClientTags& client, std::size_t tag, const Option& option,
                               const std::string& file_name);
  std::string take_tag_list(std::string_view text, Tags& tags) const;
  [[nodiscard]] std::optional<std::size_t> tag_of(std::string_view name) const;
  ClientTags& client_tags(const dns::AddressBlock& block);

  FrontSettings front_;
  std::vector<std::string> view_names_;  // in the order of front_.views
  std::vector<ViewRuleText> view_rules_;
  std::vector<std::string> tag_names_;
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
