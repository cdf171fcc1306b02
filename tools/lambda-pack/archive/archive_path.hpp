// The name of a file inside an archive, known to be safe. Pure.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace lambda_pack {

// A relative, `/`-separated UTF-8 path without empty, `.` or `..` parts, backslash, drive letter, NUL or other
// control characters, at most 4096 bytes with parts of at most 255. Compared bytewise, the order of every output.
class ArchivePath {
 public:
  ArchivePath() = default;
  // Throws Error that quotes the name and says which rule it breaks.
  explicit ArchivePath(std::string_view text);

  const std::string& str() const noexcept { return text_; }
  std::string_view file_name() const noexcept;   // the part after the last `/`
  std::string_view first_part() const noexcept;  // the part before the first `/`
  auto operator<=>(const ArchivePath&) const = default;

 private:
  std::string text_;
};

}  // namespace lambda_pack
