#include "zonefall/outcome/name_class.h"

namespace zonefall::outcome {

std::array<NameClass, name_class_count> all_name_classes() {
  std::array<NameClass, name_class_count> all{};
  for (std::size_t i = 0; i < name_class_count; ++i) all[i] = static_cast<NameClass>(i);
  return all;
}

NameClass name_class_of(Demanded demanded, Delegated delegated) {
  const bool is_popular = demanded == Demanded::often;
  switch (delegated) {
    case Delegated::with_ds: return is_popular ? NameClass::popular_signed : NameClass::rare_signed;
    case Delegated::without_ds:
      return is_popular ? NameClass::popular_unsigned : NameClass::rare_unsigned;
    case Delegated::never: return is_popular ? NameClass::popular_missing : NameClass::rare_missing;
  }
  return NameClass::rare_unsigned;
}

std::string_view to_text(NameClass names) {
  switch (names) {
    case NameClass::popular_signed: return "popular_signed";
    case NameClass::popular_unsigned: return "popular_unsigned";
    case NameClass::popular_missing: return "popular_missing";
    case NameClass::rare_signed: return "rare_signed";
    case NameClass::rare_unsigned: return "rare_unsigned";
    case NameClass::rare_missing: return "rare_missing";
  }
  return "";
}

std::string_view title(NameClass names) {
  switch (names) {
    case NameClass::popular_signed: return "popular, signed";
    case NameClass::popular_unsigned: return "popular, unsigned";
    case NameClass::popular_missing: return "popular, missing";
    case NameClass::rare_signed: return "rare, signed";
    case NameClass::rare_unsigned: return "rare, unsigned";
    case NameClass::rare_missing: return "rare, missing";
  }
  return "";
}

std::string_view meaning(NameClass names) {
  switch (names) {
    case NameClass::popular_signed:
      return "names asked for more than others, delegated with a DS RRset";
    case NameClass::popular_unsigned:
      return "names asked for more than others, delegated without a DS RRset";
    case NameClass::popular_missing: return "names asked for more than others that do not exist";
    case NameClass::rare_signed: return "all other names, delegated with a DS RRset";
    case NameClass::rare_unsigned: return "all other names, delegated without a DS RRset";
    case NameClass::rare_missing: return "all other names that do not exist";
  }
  return "";
}

}  // namespace zonefall::outcome
