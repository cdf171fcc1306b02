// Which names a Python module defines, as far as reading its text can tell. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace lambda_pack {

struct ModuleNames {
  std::set<std::string> names;  // bound at module level: def, class, import, assignment, for, with
  // Whether names may be there that the text does not show: `from x import *`, `__getattr__`, globals(), exec, ….
  bool dynamic = false;
};

// Reads the text by Python's rules for lines, strings, brackets and indentation; bodies of functions and classes are
// skipped, those of if, try, with, for and while count. Never fails: what is no Python has no names.
ModuleNames module_names(std::string_view source);

}  // namespace lambda_pack
