#include "commands/settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;
using Setter = std::function<void(Settings&, const Json&)>;

Setter text(std::string Settings::* member) {
  return [member](Settings& settings, const Json& value) { settings.*member = value.get<std::string>(); };
}

Setter path(fs::path Settings::* member) {
  return [member](Settings& settings, const Json& value) { settings.*member = value.get<std::string>(); };
}

Setter list(std::vector<std::string> Settings::* member) {
  return [member](Settings& settings, const Json& value) { settings.*member = value.get<std::vector<std::string>>(); };
}

Setter number(std::optional<int> Settings::* member) {
  return [member](Settings& settings, const Json& value) { settings.*member = value.get<int>(); };
}

Setter optional_text(std::optional<std::string> Settings::* member) {
  return [member](Settings& settings, const Json& value) { settings.*member = value.get<std::string>(); };
}

Setter flag(bool Settings::* member) {
  return [member](Settings& settings, const Json& value) { settings.*member = value.get<bool>(); };
}

const std::map<std::string, Setter>& setters() {
  static const std::map<std::string, Setter> all{
      {"name", text(&Settings::name)},
      {"project", path(&Settings::project)},
      {"lock", path(&Settings::lock)},
      {"runtime", text(&Settings::runtime)},
      {"architecture", text(&Settings::architecture)},
      {"handler", text(&Settings::handler)},
      {"group", list(&Settings::groups)},
      {"extra", list(&Settings::extras)},
      {"provided", list(&Settings::provided)},
      {"source-build", list(&Settings::source_builds)},
      {"kind", text(&Settings::kind)},
      {"layer-name", text(&Settings::layer_name)},
      {"compatible-runtime", list(&Settings::compatible_runtimes)},
      {"compatible-architecture", list(&Settings::compatible_architectures)},
      {"distribution", list(&Settings::distributions)},
      {"layer-manifest", list(&Settings::layer_manifests)},
      {"external-layer", list(&Settings::external_layers)},
      {"file", list(&Settings::files)},
      {"extension", list(&Settings::extensions)},
      {"strip-extensions", flag(&Settings::strip_extensions)},
      {"build-env", list(&Settings::build_environment)},
      {"zig", text(&Settings::zig)},
      {"with", list(&Settings::with)},
      {"exclude", list(&Settings::exclude)},
      {"bytecode", text(&Settings::bytecode)},
      {"depends", list(&Settings::depends)},
      {"output", path(&Settings::output)},
      {"requirements", path(&Settings::requirements)},
      {"pylock", path(&Settings::pylock)},
      {"manifest", path(&Settings::manifest)},
      {"work", path(&Settings::work)},
      {"store", path(&Settings::store)},
      {"python", text(&Settings::python)},
      {"interpreter", text(&Settings::interpreter)},
      {"function-name", text(&Settings::function_name)},
      {"memory", number(&Settings::memory)},
      {"timeout", number(&Settings::timeout)},
      {"env", list(&Settings::environment)},
      {"layer", list(&Settings::layers)},
      {"build-command", list(&Settings::build_command)},
      {"event", path(&Settings::event)},
      {"venv", path(&Settings::venv)},
      {"test-group", list(&Settings::test_groups)},
      {"pytest-argument", list(&Settings::pytest_arguments)},
      {"role", text(&Settings::role)},
      {"create-role", flag(&Settings::create_role)},
      {"description", optional_text(&Settings::description)},
      {"tag", list(&Settings::tags)},
      {"layer-arn", list(&Settings::layer_arns)},
      {"alias", text(&Settings::alias)},
      {"s3-bucket", text(&Settings::s3_bucket)},
      {"profile", text(&Settings::profile)},
      {"region", text(&Settings::region)},
      {"format", text(&Settings::format)},
      {"include", path(&Settings::include)},
      {"offline", flag(&Settings::offline)},
      {"makefiles", flag(&Settings::makefiles)},
  };
  return all;
}

Json parse_json(const std::string& text, const fs::path& file) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
    throw Error(file.string() + ":" + std::to_string(1 + std::count(text.begin(), end, '\n')) + ": malformed JSON",
                "configure the build again");
  }
}

// Paths end up in JSON, and in names of zip entries.
void require_utf8(const fs::path& path) {
  if (!is_utf8(path.string())) throw Error("the path " + quote(path.string()) + " is not UTF-8", "rename it");
}

void apply(const fs::path& file, Settings& settings, bool is_included) {
  const Json document = parse_json(read_file(file), file);
  if (!document.is_object()) throw Error(file.string() + " is not a JSON object", "configure the build again");
  const auto include = document.find("include");
  if (include != document.end() && include->is_string()) {
    if (is_included) throw Error(file.string() + ", which is included, includes a file", "configure the build again");
    apply(file.parent_path() / fs::path(include->get<std::string>()), settings, true);
  }
  for (const auto& [key, value] : document.items()) {
    const auto setter = setters().find(key);
    if (setter == setters().end()) {
      throw Error(file.string() + " has a key " + quote(key) + " that lambda-pack does not know",
                  "configure the build again with the CMake module of this lambda-pack");
    }
    try {
      setter->second(settings, value);
    } catch (const Json::exception&) {
      throw Error(file.string() + ": the value of " + quote(key) + " has the wrong type: " + value.dump(),
                  "configure the build again");
    }
  }
}

}  // namespace

bool is_on(const char* value) {
  if (value == nullptr) return false;
  const std::string low = lowered(value);
  return low == "1" || low == "on" || low == "true" || low == "yes" || low == "y";
}

void apply_settings_file(const fs::path& file, Settings& settings) { apply(file, settings, false); }

void complete(Settings& settings) {
  if (settings.store.empty()) {
    const char* store = std::getenv("LAMBDA_PYTHON_STORE");
    settings.store = store != nullptr && *store != '\0' ? fs::path(store) : user_cache_folder();
  }
  if (is_on(std::getenv("LAMBDA_PYTHON_OFFLINE"))) settings.offline = true;
  if (is_on(std::getenv("LAMBDA_PYTHON_DRY_RUN"))) settings.dry_run = true;  // a target of a build has no flags
  for (fs::path* one :
       {&settings.project, &settings.lock, &settings.output, &settings.requirements, &settings.pylock,
        &settings.manifest, &settings.work, &settings.store, &settings.event, &settings.include, &settings.venv}) {
    if (*one == "-") continue;
    if (!one->empty()) *one = fs::absolute(*one).lexically_normal();
    require_utf8(*one);
  }
  for (std::string& manifest : settings.layer_manifests) {
    manifest = fs::absolute(manifest).lexically_normal().string();
    require_utf8(manifest);
  }
  if (!settings.project.empty() && settings.project.filename().empty())
    settings.project = settings.project.parent_path();
  // What there is a manifest of has its name there.
  if (settings.name.empty() && settings.manifest.empty()) {
    settings.name = (settings.output.empty() ? settings.project : settings.output).stem().string();
  }
  if (settings.layer_name.empty()) settings.layer_name = settings.name;
  if (settings.function_name.empty()) settings.function_name = settings.name;
}

}  // namespace lambda_pack
