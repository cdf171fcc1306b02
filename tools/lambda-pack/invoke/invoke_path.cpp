#include "invoke/invoke_path.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/text.hpp"

namespace lambda_pack {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// The patterns of FunctionName and Qualifier in the API's reference.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), is_name_character);
}

bool is_qualifier(std::string_view text) {
  return !text.empty() && text.size() <= 128 &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_name_character(c) || c == '$'; });
}

bool is_account(std::string_view text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<FunctionReference> parse_function_reference(std::string_view text) {
  std::vector<std::string_view> parts = split(text, ':');
  FunctionReference reference;
  // arn:aws:lambda:<region>:<account>:function:<name>; partitions are aws, aws-cn, aws-us-gov.
  if (parts.front() == "arn") {
    if (parts.size() < 7 || !parts[1].starts_with("aws") || parts[2] != "lambda" || parts[3].empty())
      return std::nullopt;
    std::vector<std::string> whole;
    for (std::size_t i = 0; i < 7; ++i) whole.emplace_back(parts[i]);
    reference.arn = join(whole, ":");
    parts.erase(parts.begin(), parts.begin() + 4);
  }
  if (parts.size() >= 3) {
    if (!is_account(parts[0]) || parts[1] != "function") return std::nullopt;
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  if (parts.size() > 2 || !is_name(parts[0])) return std::nullopt;
  if (parts.size() == 2) {
    if (!is_qualifier(parts[1])) return std::nullopt;
    reference.qualifier = parts[1];
  }
  reference.name = parts[0];
  return reference;
}

Address parse_invoke_path(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::vector<std::string_view> parts = split(path, '/');
  if (parts.size() != 5 || !parts[0].empty() || parts[2] != "functions") return {};
  if (parts[1] == "2015-03-31" && parts[4] == "invocations") {
    return {Operation::invoke, percent_decoded(parts[3])};
  }
  if (parts[1] == "2021-11-15" && parts[4] == "response-streaming-invocations") {
    return {Operation::invoke_with_response_stream, percent_decoded(parts[3])};
  }
  return {};
}

}  // namespace lambda_pack
