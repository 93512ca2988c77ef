// Options of unbound.conf(5) about who may ask, local zones and queries of class CH, for the
// sources of this module.
#pragma once

#include <string>
#include <vector>

#include "rpl/settings.h"

namespace zonefall::rpl {

class FrontOptions {
 public:
  /// Whether the option is one of these; `refusal` says what is wrong with its value, if anything.
  bool take(const Option& option, const std::string& file_name, std::string& refusal);
  /// Once all options have been taken.
  FrontSettings finish(const std::vector<resolver::TrustAnchor>& anchors, bool has_ede);

 private:
  std::string take_access(const std::string& value);
  std::string take_zone(const std::string& value);
  std::string take_data(const Option& option, const std::string& file_name);
  std::string take_pointer(const Option& option, const std::string& file_name);

  FrontSettings front_;
  LocalZones zones_;
  LocalZones::LanZones lan_zones_ = LocalZones::LanZones::blocked;
  std::string identity_ = "localhost";
  std::string version_ = "zonefall";
  bool hides_identity_ = false;
  bool hides_version_ = false;
  bool hides_anchors_ = false;
};

}  // namespace zonefall::rpl
