#include "lock/requirements_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "lock/requirement_location.hpp"

namespace lambda_pack {
namespace {

struct Line {
  std::string text;
  std::string place;
};

bool is_comment(std::string_view line) { return trimmed(line).substr(0, 1) == "#"; }

// A comment begins with a `#` at the start or after a blank: URLs have others.
std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) return line.substr(0, i);
  }
  return line;
}

// Lines that end in a backslash continue; a comment ends a requirement that it interrupts.
std::vector<Line> logical_lines(const NamedText& file) {
  std::vector<Line> lines;
  std::string joined;
  std::size_t number = 0, first = 0;
  const auto finish = [&] {
    const auto text = trimmed(without_comment(joined));
    if (!text.empty()) lines.push_back({std::string(text), fmt::format("{}:{}", file.file, first)});
    joined.clear();
  };
  for (auto line : split(file.text, '\n')) {
    ++number;
    if (joined.empty()) first = number;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const bool continues = !line.empty() && line.back() == '\\' && !is_comment(line);
    joined +=
        is_comment(line) ? " " + std::string(line) : std::string(line.substr(0, line.size() - (continues ? 1 : 0)));
    if (!continues) finish();
  }
  finish();
  return lines;
}

// `${NAME}` of upper-case names only, as pip; an unset one stays as it is.
std::string expanded(std::string_view text, const LockSurroundings& around) {
  constexpr std::string_view kNameCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  std::string result;
  while (!text.empty()) {
    const auto start = std::min(text.size(), text.find("${"));
    result += text.substr(0, start);
    text.remove_prefix(start);
    if (text.empty()) break;
    const auto end = std::min(text.size(), text.find_first_not_of(kNameCharacters, 2));
    const bool is_reference = end > 2 && end < text.size() && text[end] == '}';
    const auto value =
        is_reference && around.variable ? around.variable(std::string(text.substr(2, end - 2))) : std::nullopt;
    const auto taken = is_reference ? end + 1 : 2;
    result += value ? *value : std::string(text.substr(0, taken));
    text.remove_prefix(taken);
  }
  return result;
}

std::string folder_of(const std::string& file) {
  const auto slash = file.rfind('/');
  return slash == std::string::npos ? "" : file.substr(0, slash + 1);
}

// A requirement's text and the options behind it, which begin at the first word with a dash.
struct Words {
  std::string requirement;
  std::vector<std::string> options;
};

Words words_of(const std::string& line) {
  Words words;
  for (const auto word : split(line, ' ')) {
    if (word.empty()) continue;
    if (words.options.empty() && word.front() != '-') {
      words.requirement += (words.requirement.empty() ? "" : " ") + std::string(word);
    } else {
      words.options.emplace_back(word);
    }
  }
  return words;
}

// An option and its value, however they are joined: `-r file`, `--index-url=x`, `-rfile`.
struct Option {
  std::string name, value;
};

Option option_of(const std::vector<std::string>& words) {
  Option option;
  const auto& first = words.front();
  const bool is_long = first.substr(0, 2) == "--";
  const auto end = is_long ? std::min(first.size(), first.find('=')) : std::min<std::size_t>(2, first.size());
  option.name = first.substr(0, end);
  option.value = end < first.size() ? first.substr(end + (first[end] == '=' ? 1 : 0)) : "";
  for (std::size_t i = 1; i < words.size(); ++i) option.value += (option.value.empty() ? "" : " ") + words[i];
  return option;
}

class RequirementsReader {
 public:
  RequirementsReader(const LockSurroundings& around, const std::string& lock)
      : around_(around), lock_folder_(folder_of(lock)) {}

  void read(const NamedText& text, bool as_constraints) {
    if (!open_.insert(text.file).second) throw Error(text.file + " includes itself");
    for (const auto& line : logical_lines(text)) {
      const auto words = words_of(expanded(line.text, around_));
      if (words.requirement.empty()) {
        global_option(option_of(words.options), line.place, text.file, as_constraints);
      } else {
        requirement(words, line.place, text.file, as_constraints);
      }
    }
    open_.erase(text.file);
  }

  RequirementsFile take() {
    if (!index_.empty()) result_.indexes.insert(result_.indexes.begin(), index_);
    return std::move(result_);
  }

 private:
  void global_option(const Option& option, const std::string& place, const std::string& file, bool as_constraints) {
    const auto is = [&option](std::string_view brief, std::string_view full) {
      return option.name == brief || option.name == full;
    };
    if (is("-r", "--requirement")) {
      include(option.value, place, file, as_constraints);
    } else if (is("-c", "--constraint")) {
      include(option.value, place, file, true);
    } else if (is("-i", "--index-url") || option.name == "--pypi-url") {
      index_ = option.value;
    } else if (option.name == "--extra-index-url") {
      result_.indexes.push_back(option.value);
    } else if (is("-f", "--find-links")) {
      result_.find_links.push_back(option.value);
    } else if (is("-e", "--editable")) {
      requirement({option.value, {}}, place, file, as_constraints, true);
    } else {
      require_harmless(option, place);
    }
  }

  // Options that change which files pip looks at; the hashes have decided about that already.
  static void require_harmless(const Option& option, const std::string& place) {
    constexpr std::array kHarmless = {"--no-index", "--no-binary",    "--only-binary", "--prefer-binary",
                                      "--pre",      "--trusted-host", "--use-feature", "--require-hashes"};
    const bool harmless =
        std::any_of(kHarmless.begin(), kHarmless.end(), [&option](const char* known) { return option.name == known; });
    if (!harmless) throw Error(fmt::format("{}: {} is no option of requirements files", place, quote(option.name)));
  }

  void include(const std::string& path, const std::string& place, const std::string& file, bool as_constraints) {
    const auto whole = path.substr(0, 1) == "/" ? path : folder_of(file) + path;
    const auto text = around_.read_file ? around_.read_file(whole) : std::nullopt;
    if (!text) throw Error(fmt::format("{}: there is no {}", place, whole), "correct the line, or bring the file");
    read({*text, whole}, as_constraints);
  }

  void requirement(const Words& words, const std::string& place, const std::string& file, bool as_constraint,
                   bool editable = false) {
    const auto folder = folder_for(file);
    const auto& text = words.requirement;
    const bool by_place = is_location(text);
    if (by_place && is_folder_itself(text, folder)) return;
    RequirementLine line;
    line.place = place;
    try {
      auto read = by_place ? read_location(text, folder, around_, place) : named_requirement(text, folder);
      line.requirement = std::move(read.requirement);
      line.source = std::move(read.source);
      line.source.editable = editable && line.source.kind == SourceKind::directory;
    } catch (const Error& error) {
      const std::string_view what = error.what();
      throw Error(what.starts_with(place) ? std::string(what) : fmt::format("{}: {}", place, what), error.hint());
    }
    read_hashes(words.options, line);
    if (as_constraint) {
      const auto name = line.requirement.name;
      result_.constraints.emplace(name, std::move(line));
    } else {
      result_.requirements.push_back(std::move(line));
    }
  }

  static LocatedRequirement named_requirement(const std::string& text, const RequirementsFolder& folder) {
    LocatedRequirement result{Requirement::parse(text), {}};
    const auto& url = result.requirement.url;
    if (!url.empty()) result.source = source_at(url, folder);
    return result;
  }

  // Files that the lock includes are named by their paths from its folder.
  RequirementsFolder folder_for(const std::string& file) const {
    auto folder = folder_of(file);
    auto relative = folder.starts_with(lock_folder_) ? folder.substr(lock_folder_.size()) : folder;
    return {std::move(folder), std::move(relative)};
  }

  static void read_hashes(const std::vector<std::string>& options, RequirementLine& line) {
    for (std::size_t i = 0; i < options.size(); ++i) {
      if (options[i].substr(0, 6) != "--hash") continue;  // --config-settings and the like are for builds
      const bool joined = options[i].substr(6, 1) == "=";
      if (!joined && i + 1 == options.size()) throw Error(line.place + ": --hash has no value");
      const auto text = joined ? options[i].substr(7) : options[++i];
      // Weaker ones are passed over: what has no other counts as having none.
      if (const auto hash = FileHash::parse(text)) {
        line.hashes.push_back(*hash);
      } else if (text.find(':') == std::string::npos) {
        throw Error(fmt::format("{}: {} is no hash", line.place, quote(text)), "hashes look like sha256:...");
      }
    }
    std::sort(line.hashes.begin(), line.hashes.end());
  }

  const LockSurroundings& around_;
  const std::string lock_folder_;
  RequirementsFile result_;
  std::string index_;
  std::set<std::string> open_;
};

}  // namespace

RequirementsFile read_requirements_file(const NamedText& text, const LockSurroundings& around) {
  RequirementsReader reader(around, text.file);
  reader.read(text, false);
  return reader.take();
}

}  // namespace lambda_pack
