#include "store/index_settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "system/process.hpp"

namespace lambda_pack {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

const char* no_installer_hint =
    "name the index: set UV_DEFAULT_INDEX or PIP_INDEX_URL to the address of its simple API";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : std::string(trimmed(value));
}

bool is_on(const std::string& value) {
  const std::string text = lowered(value);
  return text == "1" || text == "true" || text == "yes" || text == "on";
}

std::vector<std::string> words(std::string_view text, std::string_view separators = kBlanks) {
  std::vector<std::string> result;
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
    if (text.empty()) return result;
    const auto end = std::min(text.find_first_of(separators), text.size());
    result.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

// uv's form of an index: `<name>=<url>` or a URL, which may hold `=` itself, but not before its `:`.
NamedIndex named_index(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || text.find_first_of(":/") < equals) return {text, ""};
  return {text.substr(equals + 1), text.substr(0, equals)};
}

template <typename T>
void append_new(std::vector<T>& list, T item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(std::move(item));
}

void append_indexes(IndexSettings& settings, const std::string& text) {
  for (const std::string& word : words(text)) append_new(settings.indexes, named_index(word));
}

void append_find_links(IndexSettings& settings, const std::string& text, std::string_view separators = kBlanks) {
  for (std::string& word : words(text, separators)) append_new(settings.find_links, std::move(word));
}

// The text of a Python string literal as repr() writes it; nothing for another text.
std::optional<std::string> python_string(std::string_view text) {
  if (text.size() < 2 || (text.front() != '\'' && text.front() != '"') || text.back() != text.front()) {
    return std::nullopt;
  }
  std::string result;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] != '\\' || i + 2 >= text.size()) {
      result += text[i];
      continue;
    }
    const char escaped = text[++i];
    result += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : escaped;
  }
  return result;
}

std::optional<IndexSettings> ask_uv(const std::filesystem::path& folder) {
  const auto uv = find_program("uv");
  if (!uv) return std::nullopt;
  Command command;
  command.arguments = {uv->string(),        "pip", "compile", "--quiet", "--no-header", "--offline", "--emit-index-url",
                       "--emit-find-links", "-"};
  command.folder = folder;
  // Read here already; uv would stop at a folder that is not there.
  command.environment["UV_FIND_LINKS"] = std::nullopt;
  const Outcome outcome = run(command);
  if (!outcome.succeeded()) return std::nullopt;
  IndexSettings settings = parse_requirements_options(outcome.output);
  if (settings.indexes.empty() && settings.find_links.empty()) return std::nullopt;
  return settings;
}

std::optional<IndexSettings> ask_pip(const std::string& python) {
  const auto pip = [&python](std::vector<std::string> arguments) {
    Command command;
    command.arguments = {python.empty() ? "python3" : python, "-m", "pip"};
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    command.environment["COLUMNS"] = "500";  // the help text is wrapped to the terminal's width
    return run(command);
  };
  const Outcome configuration = pip({"config", "list"});
  if (!configuration.succeeded()) return std::nullopt;
  IndexSettings settings = parse_pip_configuration(configuration.output);
  if (settings.has_default || settings.no_index) return settings;
  // Without a default of the user's, pip's own is in force.
  const auto builtin = parse_pip_help(pip({"install", "--help"}).output);
  if (!builtin) return std::nullopt;
  settings.indexes.insert(settings.indexes.begin(), {*builtin, ""});
  settings.has_default = true;
  return settings;
}

}  // namespace

IndexSettings environment_indexes() {
  IndexSettings settings;
  settings.no_index = is_on(variable("UV_NO_INDEX")) || is_on(variable("PIP_NO_INDEX"));
  if (!settings.no_index) {
    for (const char* name : {"UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"}) {
      const std::string value = variable(name);
      if (value.empty()) continue;
      settings.indexes.push_back(named_index(value));
      settings.has_default = true;
      break;
    }
    for (const char* name : {"UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL"}) {
      append_indexes(settings, variable(name));
    }
  }
  append_find_links(settings, variable("UV_FIND_LINKS"), ",");
  append_find_links(settings, variable("PIP_FIND_LINKS"));
  return settings;
}

IndexSettings parse_requirements_options(std::string_view text) {
  IndexSettings settings;
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view option = trimmed(line);
    const auto value_of = [&option](std::string_view name) -> std::string {
      if (!option.starts_with(name)) return {};
      return std::string(trimmed(option.substr(name.size())));
    };
    if (std::string url = value_of("--index-url "); !url.empty()) {
      settings.indexes.insert(settings.indexes.begin(), {std::move(url), ""});
      settings.has_default = true;
    }
    if (std::string url = value_of("--extra-index-url "); !url.empty()) {
      append_new(settings.indexes, NamedIndex{std::move(url), ""});
    }
    if (std::string place = value_of("--find-links "); !place.empty()) {
      append_new(settings.find_links, std::move(place));
    }
  }
  return settings;
}

IndexSettings parse_pip_configuration(std::string_view text) {
  std::map<std::string, std::string, std::less<>> values;  // `install.index-url` → value
  for (const std::string_view line : split(text, '\n')) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    if (auto value = python_string(trimmed(line.substr(equals + 1)))) {
      values[std::string(trimmed(line.substr(0, equals)))] = std::move(*value);
    }
  }
  const auto value_of = [&values](const std::string& key) -> std::string {
    for (const char* section : {":env:.", "install.", "global."}) {
      if (const auto found = values.find(section + key); found != values.end()) return found->second;
    }
    return {};
  };
  IndexSettings settings;
  settings.no_index = is_on(value_of("no-index"));
  if (!settings.no_index) {
    append_indexes(settings, value_of("index-url"));
    settings.has_default = !settings.indexes.empty();
    append_indexes(settings, value_of("extra-index-url"));
  }
  append_find_links(settings, value_of("find-links"));
  return settings;
}

std::optional<std::string> parse_pip_help(std::string_view text) {
  const auto option = text.find("--index-url");
  if (option == std::string_view::npos) return std::nullopt;
  // `(default https://…).` with line breaks and blanks anywhere between words.
  const auto begin = text.find("(default", option);
  if (begin == std::string_view::npos) return std::nullopt;
  const auto found = words(text.substr(begin + 8, 1000), " \t\r\n)");
  if (found.empty() || found.front().find("://") == std::string::npos) return std::nullopt;
  return found.front();
}

IndexSettings installer_indexes(const std::string& python, const std::filesystem::path& folder) {
  if (auto settings = ask_uv(folder)) return std::move(*settings);
  std::string why;
  try {
    if (auto settings = ask_pip(python)) return std::move(*settings);
    why = "pip does not run there";
  } catch (const Error& error) {
    why = error.what();
  }
  throw Error("no package index is known: uv is not on the PATH, and " + (python.empty() ? "python3" : python) +
                  "'s pip could not be asked (" + why + ")",
              no_installer_hint);
}

}  // namespace lambda_pack
