#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bundle/checks.hpp"
#include "bundle/python_names.hpp"

namespace lambda_pack {
namespace {

// sys.builtin_module_names of CPython 3.8 to 3.14 as Lambda builds it (shared extension modules), without those that
// begin with an underscore. Lambda refuses a handler module of such a name (Runtime.BuiltInModuleConflict).
constexpr std::array<std::string_view, 11> kBuiltinModules{
    "atexit", "builtins", "errno", "faulthandler", "gc", "itertools", "marshal", "posix", "pwd", "sys", "time"};

struct Handler {
  std::string module;  // with dots
  std::string function;
};

Handler parse_handler(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == text.size()) {
    throw Error("handler " + quote(text) + " has no module and function (module.function)",
                "HANDLER my_package.my_module.my_function");
  }
  Handler handler{std::string(text.substr(0, dot)), std::string(text.substr(dot + 1))};
  std::replace(handler.module.begin(), handler.module.end(), '/', '.');
  for (const std::string_view part : split(handler.module, '.')) {
    if (part.empty())
      throw Error("handler " + quote(text) + " has an empty part", "HANDLER my_package.my_module.my_function");
  }
  return handler;
}

std::string_view first_part(std::string_view module) { return module.substr(0, module.find('.')); }

// The file that `import module` loads from the bundle, in CPython's order: package, extension module, source.
const BundleFile* module_file(const Bundle& bundle, const std::string& module) {
  std::string base = module;
  std::replace(base.begin(), base.end(), '.', '/');
  if (const BundleFile* package = bundle.find(base + "/__init__.py")) return package;
  const std::string prefix = base + ".";
  const auto& files = bundle.files();
  auto at = std::lower_bound(files.begin(), files.end(), prefix,
                             [](const BundleFile& file, const std::string& p) { return file.part.path->str() < p; });
  for (; at != files.end() && at->part.path->str().starts_with(prefix); ++at) {
    const std::string_view rest = std::string_view(at->part.path->str()).substr(prefix.size());
    if (rest.ends_with("so") && (rest == "so" || rest == "abi3.so" || rest.starts_with("cpython-3"))) return &*at;
  }
  if (const BundleFile* source = bundle.find(base + ".py")) return source;
  return bundle.find(base + ".pyc");
}

// Modules that a handler may have meant: the project's own and the extra files', else everybody's at the root.
std::vector<std::string> candidate_modules(const Bundle& bundle) {
  std::set<std::string> own, all;
  for (const BundleFile& file : bundle.files()) {
    std::string_view path = file.part.path->str();
    if (!path.ends_with(".py")) continue;
    path.remove_suffix(path.ends_with("/__init__.py") ? 12 : 3);
    std::string module(path);
    std::replace(module.begin(), module.end(), '/', '.');
    if (file.source->is_project || !file.source->wheel) {
      own.insert(module);
    } else if (std::count(module.begin(), module.end(), '.') < 2) {
      all.insert(module);
    }
  }
  const std::set<std::string>& chosen = own.empty() ? all : own;
  return {chosen.begin(), chosen.end()};
}

// Whether the module's source is in the bundle and defines the function.
bool defines(const Bundle& bundle, const std::string& module, const std::string& function) {
  const BundleFile* file = module_file(bundle, module);
  return file != nullptr && file->part.path->str().ends_with(".py") &&
         module_names(bundle.content(*file)).names.contains(function);
}

// Modules that may have been meant, close by spelling or by place (`src.my_lambda.handler`, `handler`); those that have
// the function, when there are such.
std::vector<std::string> close_modules(const Bundle& bundle, const Handler& handler,
                                       const std::vector<std::string>& candidates) {
  std::vector<std::string> close = close_names(handler.module, candidates);
  for (const std::string& candidate : candidates) {
    if (close.size() < 3 && (handler.module.ends_with("." + candidate) || candidate.ends_with("." + handler.module)) &&
        std::find(close.begin(), close.end(), candidate) == close.end()) {
      close.push_back(candidate);
    }
  }
  std::vector<std::string> fitting;
  std::copy_if(close.begin(), close.end(), std::back_inserter(fitting),
               [&](const std::string& module) { return defines(bundle, module, handler.function); });
  return fitting.empty() ? close : fitting;
}

[[noreturn]] void refuse_module(const Bundle& bundle, std::string_view text, const Handler& handler) {
  const std::vector<std::string> candidates = candidate_modules(bundle);
  std::vector<std::string> close = close_modules(bundle, handler, candidates);
  std::string hint;
  if (!close.empty()) {
    for (std::string& name : close) name += "." + handler.function;
    hint = "did you mean HANDLER " + join(close, " or ") + "?";
  } else if (!candidates.empty()) {
    const std::size_t shown = std::min<std::size_t>(candidates.size(), 8);
    hint = "the package has the modules " + join({candidates.begin(), candidates.begin() + static_cast<long>(shown)}) +
           (candidates.size() > shown ? ", …" : "");
  }
  throw Error("handler " + quote(text) + ": the package has no module " + handler.module, hint);
}

[[noreturn]] void refuse_function(const Bundle& bundle, std::string_view text, const Handler& handler,
                                  const std::string& path, const std::set<std::string>& names) {
  std::vector<std::string> close = close_names(handler.function, {names.begin(), names.end()});
  for (std::string& name : close) name = handler.module + "." + name;
  std::string hint = close.empty() ? "define it there, or name another function: HANDLER " + handler.module + ".…"
                                   : "did you mean HANDLER " + join(close, " or ") + "?";
  const std::string submodule = handler.module + "." + handler.function;
  if (module_file(bundle, submodule) != nullptr) {
    hint = submodule + " is a module: name a function of it, HANDLER " + submodule + "." +
           (defines(bundle, submodule, handler.function) ? handler.function : "…");
  }
  throw Error("handler " + quote(text) + ": " + path + " does not define " + handler.function, hint);
}

}  // namespace

void check_handler_form(std::string_view handler) { parse_handler(handler); }

void check_handler(const Bundle& bundle, std::string_view text, std::vector<std::string>& warnings) {
  const Handler handler = parse_handler(text);
  for (const std::string_view builtin : kBuiltinModules) {
    if (first_part(handler.module) == builtin) {
      throw Error("handler " + quote(text) + ": " + std::string(builtin) +
                      " is a module built into Python, so Lambda "
                      "refuses it (Runtime.BuiltInModuleConflict)",
                  "rename the module");
    }
  }
  const BundleFile* file = module_file(bundle, handler.module);
  if (file == nullptr) refuse_module(bundle, text, handler);
  const std::string& path = file->part.path->str();
  if (!path.ends_with(".py")) {
    warnings.push_back("handler " + quote(text) + ": " + path + " is compiled, so it was not checked for " +
                       handler.function);
    return;
  }
  const ModuleNames known = module_names(bundle.content(*file));
  if (known.names.contains(handler.function)) return;
  if (known.dynamic) {
    warnings.push_back("handler " + quote(text) + ": " + path + " does not show whether it defines " +
                       handler.function);
    return;
  }
  refuse_function(bundle, text, handler, path, known.names);
}

}  // namespace lambda_pack
