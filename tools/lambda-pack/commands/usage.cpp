#include "commands/usage.hpp"

#include <string>
#include <vector>

#include "base/text.hpp"

namespace lambda_pack {
namespace {

std::string close_ones(const std::string& wanted, const std::vector<std::string>& known, const std::string& hint) {
  const std::vector<std::string> close = close_names(wanted, known);
  return close.empty() ? hint : "did you mean " + join(close, " or ") + "?\n" + hint;
}

bool is_flag(const std::string& argument) { return argument.size() > 1 && argument.front() == '-'; }

// `--flag` of `--flag=value`.
std::string flag_of(const std::string& argument) { return argument.substr(0, argument.find('=')); }

Error flag_before_subcommand(const std::string& argument, const CLI::App& command) {
  const std::string flag = quote(flag_of(argument));
  return Error(flag + " stands before the subcommand", "flags come after it: lambda-pack " + command.get_name() + " …");
}

Error wrong_subcommand(const CLI::App& app, const std::vector<std::string>& rest) {
  std::vector<std::string> names;
  for (const CLI::App* subcommand : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(subcommand->get_name());
  }
  const std::string hint = "the subcommands are " + join(names) + "; see lambda-pack --help";
  if (rest.empty()) return Error("no subcommand is given", hint);
  if (is_flag(rest.front())) return Error("no subcommand is given before " + quote(flag_of(rest.front())), hint);
  return Error("there is no subcommand " + quote(rest.front()), close_ones(rest.front(), names, hint));
}

std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

// CLI11 begins its text with the flag, and has one type for too few values and too many.
Error wrong_number_of_values(const CLI::App& command, const std::string& text, const std::string& help) {
  const std::string flag = text.substr(0, text.find_first_of(": "));
  const CLI::Option* option = is_flag(flag) ? command.get_option_no_throw(flag) : nullptr;
  if (option == nullptr) return Error(text, help);
  return Error(flag + (option->results().size() > 1 ? " is given more than once" : " needs a value"), help);
}

}  // namespace

Error usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  const std::vector<std::string> rest = app.remaining(true);
  if (chosen.empty()) return wrong_subcommand(app, rest);
  const CLI::App& command = *chosen.front();
  if (const std::vector<std::string> early = app.remaining(); !early.empty() && is_flag(early.front())) {
    return flag_before_subcommand(early.front(), command);
  }
  const std::string help = "see lambda-pack " + command.get_name() + " --help";
  if (!rest.empty() && is_flag(rest.front())) {
    const std::string flag = flag_of(rest.front());
    return Error(command.get_name() + " has no flag " + quote(flag), close_ones(flag, flags_of(command), help));
  }
  if (!rest.empty()) return Error(command.get_name() + " takes no argument " + quote(rest.front()), help);
  const bool is_about_values = dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr;
  return is_about_values ? wrong_number_of_values(command, error.what(), help) : Error(error.what(), help);
}

}  // namespace lambda_pack
