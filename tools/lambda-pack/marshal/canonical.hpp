// Bytecode that depends on the source alone.
#pragma once

#include <string>
#include <string_view>

namespace lambda_pack {

// The canonical form of what CPython 3.<minor> marshalled for a code object: it loads as an equal object, and is the
// same wherever and after whatever it was compiled. What marshal leaves to chance is decided here: which equal
// constants are one object (all), which objects are marked as referable (those that are referred to; CPython marks
// those whose reference count happens to be above one), which strings are interned, the order of sets (before 3.11
// that of the hash seed). Throws Error for a damaged stream.
std::string canonical_marshal(std::string_view stream, int minor);

}  // namespace lambda_pack
