// Checks of what ships, before anything is written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle.hpp"
#include "bundle/layers.hpp"
#include "bundle/native_files.hpp"
#include "runtime/target.hpp"

namespace lambda_pack {

// The part of check_handler that needs no bundle: `module.function`. Throws Error.
void check_handler_form(std::string_view handler);

// Lambda's handler rule (awslambdaric's _get_handler): `module.function`, module with `.` or `/`, not a builtin one.
// The module must be in the bundle and define the function. Throws Error that lists close names; what reading the
// module cannot tell (compiled modules, `import *`, module-level tricks) becomes a warning.
void check_handler(const Bundle& bundle, std::string_view handler, std::vector<std::string>& warnings);

// Every native file loads on the target: its machine, and no symbol of glibc or, unless the package brings its own, of
// libstdc++ newer than the runtime's. Files of wheels tagged `any`, and side files for other machines that a platform
// wheel carries beside right ones, only warn, since nothing may ever load them. Throws Error that lists what does not
// fit.
void check_native_files(const std::vector<NativeFile>& files, const Target& target, std::vector<std::string>& warnings);

// Every library that a native file names in DT_NEEDED is one of the runtime's, of the package, or of a layer. For a
// file of a wheel from an index a missing one is a warning, since nothing may ever load that file; also where an
// external layer may have it. Throws Error that names library and file.
void check_needed_libraries(const std::vector<NativeFile>& files, const Target& target,
                            std::vector<std::string>& warnings, const Layers& layers = {});

// What EXTENSIONS brings is imported by the runtime's Python: PEP 3149's suffix for its minor and machine, or none; no
// two at one path; no package of the same name, which would be imported instead. Throws Error.
void check_extensions(const Bundle& bundle, const Target& target);

// Lambda's limit for the unzipped function and its layers; throws Error with the ten largest distributions, and says
// without which of them it would fit.
void check_unzipped_size(const Bundle& bundle, const Layers& layers = {});

// How a function and its `layers` (bytes) pass a limit because of the bytecode: Lambda's for what is unzipped, or that
// of a direct upload; empty when they do not, or pass it without bytecode as well.
std::string bytecode_excess(const Bundle& bundle, std::uint64_t layers);

// The same limit for a layer.
void check_unzipped_layer_size(const Bundle& bundle);

// Warns when a zip of `size` bytes is too large for a direct upload, and says what a layer could take out of it.
void check_zip_size(std::uint64_t size, const Bundle& bundle, std::vector<std::string>& warnings);
void check_layer_zip_size(std::uint64_t size, std::vector<std::string>& warnings);

}  // namespace lambda_pack
