#include "lock/select.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/poetry_project.hpp"
#include "lock/poetry_select.hpp"
#include "lock/pylock_select.hpp"
#include "lock/pylock_text.hpp"
#include "lock/requirements_select.hpp"
#include "lock/toml.hpp"
#include "lock/uv_select.hpp"

namespace lambda_pack {
namespace {

bool is_named(std::string_view name, std::string_view start, std::string_view end) {
  return name.size() >= start.size() + end.size() && name.substr(0, start.size()) == start &&
         name.substr(name.size() - end.size()) == end;
}

// Locks of other tools, each with the command by which that tool writes one that can be read.
void refuse_by_name(std::string_view name) {
  if (name == "Pipfile.lock") {
    throw Error("Pipfile.lock cannot be read",
                "`pipenv requirements --hash > requirements.txt` makes a lock of it that can");
  }
  if (name == "pdm.lock") {
    throw Error("pdm.lock cannot be read",
                "`pdm export --format requirements -o requirements.txt` makes a lock of it that can");
  }
}

}  // namespace

LockFormat lock_format(std::string_view file_name) {
  if (file_name == "poetry.lock") return LockFormat::poetry;
  if (file_name == "uv.lock") return LockFormat::uv;
  if (is_pylock_name(file_name)) return LockFormat::pylock;
  if (is_named(file_name, "requirements", ".txt")) return LockFormat::requirements;
  refuse_by_name(file_name);
  throw Error(quote(file_name) + " has no name that a lock has",
              "known are poetry.lock, uv.lock, pylock.toml, pylock.<name>.toml and requirements*.txt");
}

std::vector<std::string> dependency_groups(const NamedText& pyproject) {
  const auto project = read_poetry_project(parse_toml(pyproject.text, pyproject.file), pyproject.file);
  std::vector<std::string> names;
  for (const auto& [name, dependencies] : project.groups) {
    if (name != kMainGroup) names.push_back(name);
  }
  return names;
}

Selection select(const NamedText& pyproject, const NamedText& lock, const SelectionRequest& request,
                 const LockSurroundings& around) {
  const auto format = lock_format(std::string_view(lock.file).substr(lock.file.rfind('/') + 1));
  if (!request.member.empty() && format != LockFormat::uv) {
    throw Error(lock.file + " is no lock of a uv workspace, which alone has members",
                "name the folder of " + request.member + " instead: --project");
  }
  switch (format) {
    case LockFormat::poetry: return select_from_poetry(pyproject, lock, request);
    case LockFormat::uv: return select_from_uv(pyproject, lock, request);
    case LockFormat::pylock: return select_from_pylock(pyproject, lock, request);
    case LockFormat::requirements: break;
  }
  return select_from_requirements(lock, request, around);
}

}  // namespace lambda_pack
