#include "build/backend.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/environment.hpp"
#include "build/hooks.hpp"
#include "build/interpreter.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kLegacyBackend = "setuptools.build_meta:__legacy__";

// Names of scratch folders, so that those an interrupted build left are known.
constexpr std::string_view kScratch = ".building-";

BuildSystem completed(BuildSystem build_system) {
  if (build_system.backend.empty()) build_system.backend = kLegacyBackend;
  return build_system;
}

EnvironmentRequest request_for(const fs::path& source, const BuildSystem& build_system, const BuildOptions& options) {
  return {find_interpreter(options.python, source, options.environments), build_system.requires_, options.environments,
          source, options.offline};
}

// What get_requires_for_build_* may read in practice: for setuptools, whatever setup.py and setup.cfg say.
std::string requirements_key(const fs::path& source, const BuildSystem& build_system) {
  Sha256Hasher hasher;
  hasher.update(build_system.backend + '\n' + join(build_system.backend_path, "\n"));
  for (const char* name : {"pyproject.toml", "setup.py", "setup.cfg"}) {
    hasher.update("\n" + std::string(name) + "\n");
    hasher.update(read_file_if_there(source / name).value_or(""));
  }
  return hasher.finish().hex().substr(0, 20);
}

// The extra requirements of this project's build, asked once per environment and project state.
std::vector<std::string> extra_requirements(const HookCall& call, const std::string& hook) {
  const fs::path remembered =
      call.environment / ("lambda-pack-requires-" + hook) / requirements_key(call.project, *call.build_system);
  if (const auto text = read_file_if_there(remembered)) {
    std::vector<std::string> lines;
    for (const std::string_view line : split(*text, '\n')) {
      if (!line.empty()) lines.emplace_back(line);
    }
    return lines;
  }
  const std::vector<std::string> lines = call_hook("get_requires_for_" + hook, call);
  NewFile file(remembered);
  file.write(join(lines, "\n"));
  file.commit();
  return lines;
}

// Two builds into one folder take turns. The folder itself is locked, since nothing but wheels belongs in it;
// where a file system locks no folders, there are no turns.
class Turn {
 public:
  explicit Turn(const fs::path& folder) : descriptor_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    while (descriptor_ >= 0 && flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) continue;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (descriptor_ >= 0) close(descriptor_);
  }

 private:
  int descriptor_;
};

void remove_leftovers(const fs::path& output) {
  for (const fs::directory_entry& entry : fs::directory_iterator(output)) {
    std::error_code ignored;
    if (entry.path().filename().string().starts_with(kScratch)) fs::remove_all(entry.path(), ignored);
  }
}

// The wheel that the backend says it made (PEP 517: the basename of a file in the folder it was given).
fs::path checked_wheel(const std::vector<std::string>& answer, const HookCall& call, const std::string& hook) {
  const std::string name = answer.size() == 1 ? answer.front() : "";
  const bool plausible = name.ends_with(".whl") && name.find('/') == std::string::npos;
  const fs::path wheel = call.scratch / "wheel" / name;
  std::error_code error;
  if (plausible && fs::is_regular_file(wheel, error)) return wheel;
  throw Error(call.project.string() + ": " + call.build_system->backend + " made no wheel; " + hook + " returned " +
                  quote(join(answer, "\n")),
              hook + " must return the name of a .whl file in the folder it was given (PEP 517)");
}

fs::path keep_only(const fs::path& wheel, const fs::path& output) {
  const fs::path kept = output / wheel.filename();
  std::error_code error;
  fs::rename(wheel, kept, error);
  if (error) throw_system_error("writing", kept, error.value());
  for (const fs::directory_entry& entry : fs::directory_iterator(output)) {
    if (entry.path().extension() == ".whl" && entry.path() != kept) fs::remove(entry.path(), error);
  }
  return kept;
}

// `hook`: build_wheel or build_editable.
fs::path build_by(const std::string& hook, const fs::path& source, const BuildSystem& build_system,
                  const fs::path& output, const BuildOptions& options) {
  const fs::path project = fs::absolute(source).lexically_normal();
  const BuildSystem complete = completed(build_system);
  EnvironmentRequest request = request_for(project, complete, options);

  std::error_code error;
  fs::create_directories(output, error);
  if (error) throw_system_error("making the folder", output, error.value());
  const Turn turn(output);
  remove_leftovers(output);
  const TemporaryFolder scratch(fs::canonical(output), kScratch);

  HookCall call{environment_for(request), project, scratch.path() / "requires", &complete, &options.variables};
  const std::vector<std::string> extra = extra_requirements(call, hook);
  if (!extra.empty()) {
    request.requirements.insert(request.requirements.end(), extra.begin(), extra.end());
    call.environment = environment_for(request);
  }
  call.scratch = scratch.path() / "build";
  return keep_only(checked_wheel(call_hook(hook, call), call, hook), fs::absolute(output));
}

}  // namespace

BuildSystem legacy_build_system() { return {{"setuptools>=40.8.0"}, std::string(kLegacyBackend), {}}; }

fs::path build_wheel(const fs::path& source, const BuildSystem& build_system, const fs::path& output,
                     const BuildOptions& options) {
  return build_by("build_wheel", source, build_system, output, options);
}

fs::path build_editable(const fs::path& source, const BuildSystem& build_system, const fs::path& output,
                        const BuildOptions& options) {
  return build_by("build_editable", source, build_system, output, options);
}

std::string environment_key(const BuildSystem& build_system, const BuildOptions& options, const fs::path& source) {
  const fs::path folder = source.empty() ? fs::current_path() : fs::absolute(source);
  const BuildSystem complete = completed(build_system);
  return key_of(request_for(folder, complete, options)) + ' ' + complete.backend + ' ' +
         join(complete.backend_path, ":");
}

}  // namespace lambda_pack
