// The task root as a sorted list of files, each knowing where its bytes are. Zip and stage are views of it, so they
// cannot differ.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/packed.hpp"
#include "archive/wheel.hpp"
#include "archive/zip_reader.hpp"
#include "archive/zip_writer.hpp"
#include "base/sha256.hpp"
#include "bundle/glob.hpp"
#include "bytecode/compiler.hpp"
#include "bytecode/wheel_bytecode.hpp"
#include "system/files.hpp"

namespace lambda_pack {

// A wheel to put into the bundle.
struct BundleWheel {
  std::filesystem::path path;    // its file name is the wheel's
  std::optional<Sha256> digest;  // what its bytes must hash to; checked while the zip is written
  bool is_project = false;       // the project's own: compressed afresh, so that the zip's bytes don't depend on
                                 // the zlib of the Python that built it
  std::string prefix = {};       // the folder it goes to, with a slash at its end; empty: the root
  std::optional<StoredBytecode> bytecode = {};  // of all its modules; the project's own is compiled by the request
};

// A file of the build machine that goes to a place in the task root.
struct ExtraFile {
  std::filesystem::path source;
  ArchivePath destination;
  bool executable = false;
};

struct BundleRequest {
  std::vector<BundleWheel> wheels;  // in the order of their names
  std::vector<ExtraFile> files;
  std::vector<Glob> exclude;                  // files of wheels and of the project to leave out; extra files stay
  std::vector<ExtraFile> project_files = {};  // of a project that has no wheel
  std::vector<ExtraFile> extensions = {};     // extension modules that the user's own build made
  bool strip_extensions = false;              // package them without what only a debugger reads
  // Compiles modules of the project itself, or of the extra files; null: they have no bytecode.
  std::function<std::vector<std::optional<Packed>>(bool of_project, const std::vector<PythonModule>&)> compile = {};
  int minor = 0;  // of the Python whose bytecode it is; 0: there is none
};

// Where files of the bundle come from: a wheel, the extra files together, the extension modules together, or those of a
// project without a wheel.
struct BundleSource {
  std::string label;  // "numpy 2.1.0", "FILES", "EXTENSIONS", "the project"
  bool is_project = false;
  bool is_extensions = false;
  std::filesystem::path path;  // of the wheel; empty for files of the build machine
  std::string prefix;          // of the paths of its files in the bundle
  std::optional<Sha256> digest;
  std::optional<MappedFile> bytes;
  std::optional<ZipArchive> archive;
  std::optional<Wheel> wheel;
};

struct BundleFile {
  ZipPart part;  // as it goes into the zip
  const BundleSource* source = nullptr;
  const ZipEntry* entry = nullptr;  // in the source's archive; null for text made here and for extra files
  bool is_bytecode = false;
};

// Refers to nothing outside of itself; movable.
class Bundle {
 public:
  const std::vector<BundleFile>& files() const noexcept { return files_; }  // sorted by path, unique
  const std::deque<BundleSource>& sources() const noexcept { return sources_; }
  const std::vector<std::string>& warnings() const noexcept { return warnings_; }
  const BundleFile* find(std::string_view path) const;  // null when there is none
  std::string content(const BundleFile& file) const;    // unpacked, CRC-32 checked
  std::uint64_t unzipped_size() const;                  // bytes

  const std::deque<BundleSource>& bytecode_sources() const noexcept { return bytecode_sources_; }
  void drop_bytecode();
  // Gives the pages of all wheels back to the system; they come again when they are read.
  void release_pages() const;

 private:
  friend class BundleBuilder;
  friend class BytecodeFiles;
  std::deque<BundleSource> sources_;
  std::deque<BundleSource> bytecode_sources_;
  std::deque<ArchivePath> paths_;  // of the files made here
  std::deque<Packed> packed_;      // content of the files made here
  std::vector<BundleFile> files_;
  std::vector<std::string> warnings_;
};

// Merges wheels and files (the facts' "Installing a wheel"): two wheels with the same path must agree on its bytes,
// except for namespace `__init__.py` files that differ only in spelling (a warning); a file may not stand where a
// folder is needed. RECORD files name what is really there, but for bytecode, which is beside every module that has
// some. Throws Error that names both sides and the path.
Bundle make_bundle(const BundleRequest& request);

}  // namespace lambda_pack
