// Dependency specifiers (PEP 508): `name[extra] (>=1.0) ; marker`, `name @ url`.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "standards/distribution_name.hpp"
#include "standards/marker.hpp"
#include "standards/specifier.hpp"

namespace lambda_pack {

struct Requirement {
  DistributionName name;
  std::set<std::string> extras;  // normalised
  SpecifierSet specifiers;
  std::string url;  // of `name @ url`; else empty
  Marker marker;

  // Throws Error naming the text and what is wrong with it.
  static Requirement parse(std::string_view text);
};

}  // namespace lambda_pack
