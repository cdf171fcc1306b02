#include "commands/pipeline.hpp"

#include <cstdlib>
#include <map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/backend.hpp"
#include "bundle/checks.hpp"
#include "bundle/import_roots.hpp"
#include "bundle/zip_head.hpp"
#include "bytecode/module_cache.hpp"
#include "bytecode/wheel_bytecode.hpp"
#include "commands/addresses.hpp"
#include "commands/extra_files.hpp"
#include "commands/file_choices.hpp"
#include "commands/folder_builds.hpp"
#include "commands/git_builds.hpp"
#include "commands/heavy.hpp"
#include "commands/own_builds.hpp"
#include "commands/project_description.hpp"
#include "commands/source_builds.hpp"
#include "lock/select.hpp"
#include "system/hashing.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

template <typename Name>
std::set<Name> set_of(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

std::string list_of(const std::vector<SelectedDistribution>& distributions) {
  std::vector<std::string> names;
  for (const SelectedDistribution& one : distributions) {
    if (names.size() == 8 && distributions.size() > 9) {
      names.push_back("and " + std::to_string(distributions.size() - 8) + " more");
      break;
    }
    names.push_back(one.file.name);
  }
  return join(names);
}

// Copies a freshly built wheel to `folder` unless the same bytes are there under the same name.
fs::path keep_wheel(const fs::path& built, const fs::path& folder) {
  fs::path kept = folder / built.filename();
  if (same_content(built, kept)) return kept;
  const MappedFile content(built);
  NewFile file(kept);
  file.write(content.bytes());
  file.commit();
  return kept;
}

void remove_other_wheels(const fs::path& kept) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(kept.parent_path(), error)) {
    if (entry.path() != kept && entry.path().extension() == ".whl") fs::remove(entry.path(), error);
  }
}

}  // namespace

Pipeline::Pipeline(const Settings& settings) : settings_(settings), store_(settings.store) {}

Project Pipeline::project() const { return described_project(settings_); }

fs::path Pipeline::lock_file() const { return lambda_pack::lock_file(settings_); }

Target Pipeline::target() const {
  if (settings_.runtime.empty()) throw Error("no runtime is given", "--runtime python3.13");
  return {&runtime_named(settings_.runtime), architecture_named(settings_.architecture), nullptr,
          settings_.any_architecture};
}

Layers Pipeline::layers() const {
  Layers layers;
  for (const std::string& manifest : settings_.layer_manifests) layers.own.push_back(read_layer(manifest));
  for (const std::string& text : settings_.external_layers) layers.external.push_back(external_layer(text));
  if (!layers.own.empty() || !layers.external.empty()) check_layers(layers, target());
  return layers;
}

std::optional<SourceTree> Pipeline::project_files() const {
  if (!settings_.member.empty()) {
    throw Error("--member is for export only: everything else is done with the member's own folder",
                "--project <the folder of " + settings_.member + ">");
  }
  if (has_wheel(project(), settings_.project)) return std::nullopt;
  return source_tree(settings_.project, own_outputs());
}

Selection Pipeline::select(std::set<fs::path>* read) const {
  SelectionRequest request{target(), set_of<std::string>(settings_.groups), set_of<std::string>(settings_.extras),
                           set_of<DistributionName>(settings_.provided),
                           set_of<DistributionName>(settings_.source_builds)};
  request.only = set_of<DistributionName>(settings_.distributions);
  request.member = settings_.member;
  project();  // before the lock: a wrong folder is the likelier mistake
  const fs::path pyproject = settings_.project / "pyproject.toml", lock = lock_file();
  const std::string pyproject_text = read_file_if_there(pyproject).value_or("");
  const std::optional<std::string> lock_text = read_file_if_there(lock);
  if (!lock_text)
    throw Error("there is no lock " + lock.string(), "make it (`poetry lock`, `uv lock`), or correct LOCK");
  Selection selection = lambda_pack::select({pyproject_text, pyproject.string()}, {*lock_text, lock.string()}, request,
                                            lock_surroundings(read));
  leave_out_layers(selection, layers(), lock.string());
  if (read != nullptr) read->insert(settings_.layer_manifests.begin(), settings_.layer_manifests.end());
  return selection;
}

Selection Pipeline::selection() const {
  if (!settings_.work.empty()) {
    const fs::path file = settings_.work / kSelectionFile;
    if (const std::optional<std::string> text = read_file_if_there(file))
      return selection_from_json(*text, file.string());
  }
  return select();
}

Selection Pipeline::addressed(Selection selection) const {
  const fs::path lock = lock_file();
  const DownloadRequest source{{}, project().indexes, lock.parent_path(), settings_.python};
  return with_addresses(std::move(selection), target(), settings_, source, lock.string(), store_);
}

std::vector<StoredWheel> Pipeline::fetch(Selection selected) const {
  DownloadRequest request{{}, project().indexes, lock_file().parent_path(), settings_.python};
  const ChoiceKeys chosen = choose_unnamed_files(selected, target(), settings_, request, lock_file().string(), store_);
  std::vector<SelectedDistribution>& missing = request.wanted;
  std::map<DistributionName, fs::path> built;  // from sdists, before
  for (const SelectedDistribution& one : selected.distributions) {
    if (is_folder(one) || is_git(one)) continue;
    const auto there = one.build ? built_before(one, settings_, store_) : store_.find(one.file);
    if (!there) missing.push_back(one);
    if (there && one.build) built.emplace(one.name, *there);
  }
  if (!missing.empty()) {
    if (settings_.offline) {
      throw Error("offline, and not in the store " + settings_.store.string() + ": " + list_of(missing),
                  "build once with the network (LAMBDA_PYTHON_OFFLINE off), or copy a filled store there");
    }
    if (meanwhile_) {
      request.arrived = [this](const SelectedDistribution& one, const fs::path& stored) {
        if (!one.build) meanwhile_->add({stored, Store::digest_of(stored)});
      };
    }
    require_heavy().download(request, store_);
    if (meanwhile_) meanwhile_->stop();
  }
  for (const SelectedDistribution& one : selected.distributions) {
    const auto key = chosen.find(one.name);
    const auto stored = key == chosen.end() ? std::nullopt : store_.find(one.file);
    if (stored) store_.remember_built(key->second, *stored);
  }
  std::vector<StoredWheel> wheels;
  for (const SelectedDistribution& one : selected.distributions) {
    const std::optional<fs::path> path =
        is_folder(one) ? build_folder(one, request.lock_folder, settings_, target(), build_options(), store_)
        : is_git(one)  ? build_commit(one, request.lock_folder, settings_, target(), build_options(), store_)
        : built.count(one.name) > 0 ? built.at(one.name)
        : one.build                 ? build_sdist(one, settings_, build_options(), store_)
                                    : store_.find(one.file);
    if (!path) throw Error(one.file.name + " is not in the store although it was fetched", "build again");
    wheels.push_back({one.name.str(), *path, Store::digest_of(*path)});
  }
  return wheels;
}

BuildOptions Pipeline::build_options() const {
  const fs::path environments = store_.root() / "environments";
  try {
    std::error_code error;
    fs::create_directories(environments, error);
    if (error) throw_system_error("making the folder", environments, error.value());
  } catch (const Error& error) {
    throw with_store_hint(error);
  }
  return {settings_.python, environments, settings_.offline};
}

std::vector<StoredWheel> Pipeline::wheels() const {
  if (!settings_.work.empty()) {
    if (std::optional<std::vector<StoredWheel>> fetched = read_fetched(settings_.work / kFetchedFile)) return *fetched;
  }
  return fetch();
}

Inputs Pipeline::folder_inputs() const { return lambda_pack::folder_inputs(selection(), lock_file().parent_path()); }

std::set<fs::path> Pipeline::own_outputs() const {
  return {settings_.work, settings_.output, settings_.output.string() + ".json"};
}

Inputs Pipeline::project_inputs() const {
  std::set<fs::path> leave_out = own_outputs();
  leave_out.merge(lock_files_of(settings_.project));  // no backend reads the lock
  return lambda_pack::project_inputs(settings_.project, leave_out);
}

fs::path Pipeline::build_project_wheel(const fs::path& folder) const {
  const Project described = project();
  if (!has_wheel(described, settings_.project)) {
    throw Error(
        settings_.project.string() + " is no package, so it has no wheel",
        "`lambda-pack zip` packages its files as they are; a [build-system] in pyproject.toml makes it a package");
  }
  // Beside nothing that a build reads or keeps: not every folder that wheels go to has a parent that can be written to.
  const TemporaryFolder scratch(temporary_folder_parent(), "lambda-pack-");
  const fs::path project = fs::absolute(settings_.project).lexically_normal();
  const BuildSystem build_system = described.build_system.value_or(legacy_build_system());
  const Compilers compilers = compilers_of(project, build_system, target(), [this] { return project_inputs().files; });
  const fs::path built = build_own_wheel({settings_.project.string(), described.name}, project, build_system, compilers,
                                         settings_, target(), build_options(), scratch.path());
  const fs::path kept = keep_wheel(built, folder);
  if (!settings_.work.empty()) remove_other_wheels(kept);  // that folder is ours; another one is somebody's
  return kept;
}

BytecodeChoice& Pipeline::bytecode() {
  if (!bytecode_) bytecode_.emplace(settings_, target(), store_);
  return *bytecode_;
}

fs::path Pipeline::compiling_interpreter() {
  Compiler* compiler = bytecode().compiler();
  return compiler == nullptr ? fs::path() : compiler->interpreter().executable;
}

void Pipeline::compile_meanwhile() {
  if (const Compiler* compiler = bytecode().compiler())
    meanwhile_ = std::make_unique<BackgroundCompilation>(Compiler(compiler->interpreter()), store_);
}

// What fails here is done again, and told, when the package is made.
void Pipeline::compile(const std::vector<StoredWheel>& wheels) {
  Compiler* compiler = bytecode().compiler();
  if (compiler == nullptr) return;
  try {
    std::vector<WheelInStore> all;
    for (const StoredWheel& wheel : wheels) all.push_back({wheel.path, wheel.digest});
    bytecode_of(all, *compiler, store_);
  } catch (const Error& error) {
    explain(error.what());
  }
}

fs::path Pipeline::build_and_compile_project(const fs::path& folder) {
  Compiler* compiler = bytecode().compiler();
  if (compiler != nullptr) compiler->start_early();
  fs::path built = build_project_wheel(folder);
  if (compiler == nullptr) return built;
  try {
    const std::string name = built.filename().string();
    const MappedFile bytes(built);
    const ZipArchive archive = ZipArchive::parse(bytes.bytes(), name);
    const Wheel wheel = read_wheel(archive, name);
    compile_what_changed(modules_of(wheel, archive), project_purpose(wheel.name), *compiler, store_);
  } catch (const Error& error) {
    explain(error.what());  // as above
  }
  return built;
}

ProjectContent Pipeline::project_content() {
  if (!settings_.work.empty()) {
    if (std::optional<ProjectContent> made = read_project_content(settings_.work / kProjectWheelFile)) return *made;
  }
  if (std::optional<SourceTree> tree = project_files()) return *std::move(tree);
  if (!settings_.work.empty()) return build_and_compile_project(settings_.work / "dist");
  if (Compiler* compiler = bytecode().compiler()) compiler->start_early();
  scratch_.emplace(temporary_folder_parent(), "lambda-pack-");
  return build_project_wheel(scratch_->path() / "dist");
}

std::vector<Glob> Pipeline::exclusions() const { return {settings_.exclude.begin(), settings_.exclude.end()}; }

void Pipeline::add_wheels(BundleRequest& request, std::vector<StoredWheel> wheels) {
  for (StoredWheel& wheel : wheels) request.wheels.push_back({std::move(wheel.path), wheel.digest, false});
  add_bytecode(request, bytecode(), store_, settings_);
}

void Pipeline::write_head(const std::function<bool()>& enough) {
  std::optional<std::vector<StoredWheel>> fetched = read_fetched(settings_.work / kFetchedFile);
  if (!fetched) return;
  BundleRequest request;
  request.exclude = exclusions();
  add_wheels(request, *std::move(fetched));
  request.compile = nullptr;  // of what is not in it
  const std::optional<VerifiedFiles> verified = verified_files(request.wheels);
  if (!verified) return;  // the step that packs tells
  Bundle bundle = make_bundle(request);
  keep_within_limits(bundle, layers().unzipped_size(), bytecode());
  const ZipTime time = ZipTime::from_source_date_epoch(std::getenv("SOURCE_DATE_EPOCH"));
  write_zip_head(bundle, *verified, time, settings_.work, enough);
}

CheckedBundle Pipeline::checked_bundle(Verification* verification) {
  const Target wanted = target();
  if (settings_.handler.empty()) throw Error("no handler is given", "--handler my_package.my_module.my_function");
  // What needs no wheel to be seen comes before what takes time.
  check_handler_form(settings_.handler);
  const Layers layers = this->layers();
  project();
  BundleRequest request;
  request.files = find_extra_files(settings_.files).files;
  request.extensions = find_extensions(settings_.extensions);
  request.strip_extensions = settings_.strip_extensions;
  request.exclude = exclusions();
  compile_meanwhile();
  add_wheels(request, wheels());
  if (verification != nullptr) verification->begin(request.wheels);
  const ProjectContent own = project_content();
  const SourceTree* const tree = std::get_if<SourceTree>(&own);
  if (tree != nullptr) {
    request.project_files = packaged_files(*tree);
    if (Compiler* compiler = bytecode().compiler()) compiler->start_early();  // it is mostly an edit of theirs
  } else {
    request.wheels.push_back({std::get<fs::path>(own), std::nullopt, true});
  }

  CheckedBundle checked{make_bundle(request), {}, {}, {}};
  keep_within_limits(checked.bundle, layers.unzipped_size(), bytecode());
  checked.bytecode.left_out = bytecode().left_out();
  if (const Compiler* compiler = bytecode().compiler()) {
    checked.bytecode.compiler = "CPython " + compiler->interpreter().version;
  } else if (!bytecode().was_refused()) {
    say(settings_.name + ": no bytecode: " + bytecode().left_out());
  }
  checked.native = native_files(checked.bundle);
  checked.warnings = checked.bundle.warnings();
  if (tree != nullptr) checked.warnings.insert(checked.warnings.end(), tree->warnings.begin(), tree->warnings.end());
  check_handler(checked.bundle, settings_.handler, checked.warnings);
  check_extensions(checked.bundle, wanted);
  check_native_files(checked.native, wanted, checked.warnings);
  check_needed_libraries(checked.native, wanted, checked.warnings, layers);
  check_split_packages(checked.bundle, layers, checked.warnings);
  check_unzipped_size(checked.bundle, layers);
  return checked;
}

Inputs Pipeline::packing_inputs() const {
  Inputs inputs = find_extra_files(settings_.files).inputs;
  for (const ExtraFile& extension : find_extensions(settings_.extensions)) inputs.files.insert(extension.source);
  inputs.files.insert(settings_.depends.begin(), settings_.depends.end());
  inputs.files.insert(settings_.layer_manifests.begin(), settings_.layer_manifests.end());
  for (const char* artifact : {kFetchedFile, kProjectWheelFile}) {
    inputs.files.insert(settings_.work / artifact);
  }
  const std::optional<ProjectContent> own = read_project_content(settings_.work / kProjectWheelFile);
  if (!own) return inputs;
  if (const SourceTree* tree = std::get_if<SourceTree>(&*own)) {
    for (const std::string& file : tree->files) inputs.files.insert(tree->root / file);
  } else {
    inputs.files.insert(std::get<fs::path>(*own));
  }
  return inputs;
}

}  // namespace lambda_pack
