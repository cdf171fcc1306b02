#include "bytecode/names.hpp"

namespace lambda_pack {

std::optional<std::string> bytecode_path(std::string_view source, int minor) {
  const std::size_t slash = source.rfind('/');
  const std::string_view folder = source.substr(0, slash == source.npos ? 0 : slash + 1);
  const std::string_view name = source.substr(folder.size());
  if (name.size() <= 3 || !name.ends_with(".py")) return std::nullopt;
  return std::string(folder) + "__pycache__/" + std::string(name.substr(0, name.size() - 3)) + ".cpython-3" +
         std::to_string(minor) + ".pyc";
}

}  // namespace lambda_pack
