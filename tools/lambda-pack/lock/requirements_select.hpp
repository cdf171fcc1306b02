// The selection from a requirements file. Pure.
#pragma once

#include "lock/select.hpp"

namespace lambda_pack {

// select() for LockFormat::requirements. The file names no files, only hashes: a distribution from an index comes out
// with the hashes of all of them and without a file name, which only the index knows.
Selection select_from_requirements(const NamedText& lock, const SelectionRequest& request,
                                   const LockSurroundings& around);

}  // namespace lambda_pack
