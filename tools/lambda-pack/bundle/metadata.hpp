// METADATA of a distribution (packaging.python.org "Core metadata"). Pure.
#pragma once

#include <string>
#include <string_view>

namespace lambda_pack {

// The licence METADATA declares: License-Expression, else License when it is one short line, else the licence
// classifiers joined by " AND "; empty when it declares none.
std::string declared_license(std::string_view metadata);

}  // namespace lambda_pack
