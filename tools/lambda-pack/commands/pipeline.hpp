// The way of the data, from pyproject.toml to the bundle: each stage made when first asked for. In a build tree an
// earlier step's artifact is taken as it is (the build tool has seen to its being up to date); on its own, a subcommand
// makes whatever is missing before it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "build/backend.hpp"
#include "build/inputs.hpp"
#include "bundle/bundle.hpp"
#include "bundle/layers.hpp"
#include "bundle/manifest.hpp"
#include "bundle/native_files.hpp"
#include "bundle/verification.hpp"
#include "bytecode/background_compilation.hpp"
#include "commands/artifacts.hpp"
#include "commands/bytecode_choice.hpp"
#include "commands/settings.hpp"
#include "lock/project.hpp"
#include "lock/selection.hpp"
#include "runtime/target.hpp"
#include "store/store.hpp"
#include "system/files.hpp"

namespace lambda_pack {

// A bundle that passed every check.
struct CheckedBundle {
  Bundle bundle;
  std::vector<NativeFile> native;
  std::vector<std::string> warnings;
  BytecodeSummary bytecode;
};

class Pipeline {
 public:
  // `settings` must be completed and outlive the pipeline.
  explicit Pipeline(const Settings& settings);

  Target target() const;
  // See lock_file() of commands/project_description.hpp.
  std::filesystem::path lock_file() const;

  // The layers that the function is attached to, checked against each other and the target.
  Layers layers() const;

  // Reads project and lock anew, and leaves out what the layers hold;
  // what the lock refers to and was read as well is added to `read`.
  Selection select(std::set<std::filesystem::path>* read = nullptr) const;
  // Has the wheels that fetch() downloads compiled as they arrive, while others are on their way.
  void compile_meanwhile();
  // Compiles the wheels whose bytecode the store lacks, so that packing finds it.
  void compile(const std::vector<StoredWheel>& wheels);
  // The interpreter that compiles, as a file that steps depend on; empty when there is none.
  std::filesystem::path compiling_interpreter();
  // The selection step's artifact, or select().
  Selection selection() const;

  // The selection with an address and hash for every file; see with_addresses.
  Selection addressed(Selection selection) const;

  // Brings every wheel of the selection into the store, building the sdists it allows. Throws NeedsFullProgram when
  // something is missing and the light program runs.
  std::vector<StoredWheel> fetch() const { return fetch(selection()); }
  std::vector<StoredWheel> fetch(Selection selected) const;
  // The fetch step's artifact, or fetch().
  std::vector<StoredWheel> wheels() const;

  // What the backends of the folders that the lock names may read: path dependencies, other members of the workspace.
  Inputs folder_inputs() const;

  // The files of a project that is no package; nothing for a package.
  std::optional<SourceTree> project_files() const;

  // What the project's backend may read.
  Inputs project_inputs() const;
  // Builds the project's wheel into `folder`, keeping a file there that has the same bytes; in a build tree older
  // wheels there are removed. Returns its path.
  std::filesystem::path build_project_wheel(const std::filesystem::path& folder) const;
  // The same; meanwhile an interpreter starts that afterwards compiles what has changed, so that packing finds it
  // compiled: an edit waits for neither.
  std::filesystem::path build_and_compile_project(const std::filesystem::path& folder);
  // The wheel step's artifact, or the project's files, or a wheel built into a temporary folder.
  ProjectContent project_content();

  // Wheels, project and FILES merged and checked. Warnings are collected, not printed. The verification begins as soon
  // as the wheels are known, so that the project's backend runs beside it.
  CheckedBundle checked_bundle(Verification* verification = nullptr);

  // Writes the head of the zip to the build folder while something else is waited for; see bundle/zip_head.hpp. Does
  // nothing when the fetch step has not left wheels there.
  void write_head(const std::function<bool()>& enough);

  // What a step that packs reads: the earlier steps' artifacts and the FILES, with every folder listed for them.
  Inputs packing_inputs() const;

 private:
  Project project() const;
  // What steps of this package write, which is no source even where it lies in the project.
  std::set<std::filesystem::path> own_outputs() const;
  // How backends are run. Makes the folder of their environments, in the store.
  BuildOptions build_options() const;
  BytecodeChoice& bytecode();
  // What does not depend on the project itself. Exclusions come first: a pattern that is none is refused before
  // anything is fetched.
  std::vector<Glob> exclusions() const;
  void add_wheels(BundleRequest& request, std::vector<StoredWheel> wheels);

  const Settings& settings_;
  Store store_;
  std::optional<TemporaryFolder> scratch_;
  std::optional<BytecodeChoice> bytecode_;
  std::unique_ptr<BackgroundCompilation> meanwhile_;
};

}  // namespace lambda_pack
