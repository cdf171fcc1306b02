// Files of the build machine that go into the package: FILES, EXTENSIONS, and those of a project that has no wheel.
#pragma once

#include <string>
#include <vector>

#include "build/inputs.hpp"
#include "build/source_tree.hpp"
#include "bundle/bundle.hpp"

namespace lambda_pack {

struct ExtraFiles {
  std::vector<ExtraFile> files;  // sorted by destination
  Inputs inputs;                 // the files, and the folders that were listed
};

// Reads `source=destination` texts: a file goes to `destination` (below it when that ends with `/`), a folder's content
// goes below `destination`; links are followed, `__pycache__` is left out. Throws Error that quotes the text: no `=`, a
// source that is missing, a destination outside of the task root.
ExtraFiles find_extra_files(const std::vector<std::string>& texts);

// The tree's files, each at its place below the root. Throws Error for a name that cannot be packaged.
std::vector<ExtraFile> packaged_files(const SourceTree& tree);

// Reads `file=place` texts, in which both are complete: the extension modules of the user's own build. Throws Error
// that quotes the text, and when two have one place.
std::vector<ExtraFile> find_extensions(const std::vector<std::string>& texts);

}  // namespace lambda_pack
