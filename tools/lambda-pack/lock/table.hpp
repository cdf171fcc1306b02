// Typed reading of TOML tables, with errors that name the file and the key. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace lambda_pack {

// A table somewhere in a document that parse_toml read; the document outlives it. Getters return nothing (or the
// default) for a missing key and throw Error, `pyproject.toml: [tool.poetry] name must be a string`, for a value
// of another type.
class Table {
 public:
  // The document's root. Throws nothing; `file` names it in errors.
  static Table root(const nlohmann::json& document, std::string_view file);
  // A table that is no root: `path` is how errors name it, such as `package "numpy"`.
  Table(const nlohmann::json& table, std::string_view file, std::string_view path);

  const nlohmann::json* find(std::string_view key) const;
  std::optional<std::string> text(std::string_view key) const;
  std::string required_text(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;  // an array of strings, empty when missing
  bool flag(std::string_view key, bool missing) const;
  std::optional<Table> table(std::string_view key) const;
  std::vector<Table> tables(std::string_view key) const;  // an array of tables, empty when missing
  const nlohmann::json& json() const { return *table_; }
  const std::string& file() const { return file_; }
  std::string place(std::string_view key) const;  // `pyproject.toml: [tool.poetry] name`

 private:
  const nlohmann::json* table_;
  std::string file_, path_;
};

}  // namespace lambda_pack
