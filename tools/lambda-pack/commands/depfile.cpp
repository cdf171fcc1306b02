#include "commands/depfile.hpp"

#include <algorithm>
#include <string_view>
#include <system_error>

#include "base/sha256.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

// A space is the one character that make, ninja and CMake agree to escape, with a backslash. The other two are written
// as compilers write them, and stand only in paths of a build folder that has them in its own.
std::string escaped(const fs::path& path) {
  std::string text;
  for (const char c : path.string()) {
    if (c == ' ' || c == '#') text += '\\';
    if (c == '$') text += '$';
    text += c;
  }
  return text;
}

// Whether `path` is in `folder` or below.
bool is_within(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

}  // namespace

bool can_stand_in_depfile(const fs::path& path) {
  const std::string text = path.string();
  for (const char c : text) {
    const bool letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool beyond_ascii = static_cast<unsigned char>(c) >= 0x80;
    if (!letter_or_digit && !beyond_ascii && std::string_view(" _./+,@=~!()[]{}-").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return !text.ends_with(' ');
}

std::string depfile_text(const fs::path& target, const std::set<fs::path>& inputs) {
  std::string text = escaped(target) + ":";
  for (const fs::path& input : inputs) text += " \\\n  " + escaped(input);
  return text + "\n";
}

fs::path depfile_name(const fs::path& input, const fs::path& links) {
  if (can_stand_in_depfile(input)) return input;
  if (!can_stand_in_depfile(links) && is_within(input, links.parent_path())) return input;
  // Named by the path's hash, so that the same file has the same link in every build.
  const fs::path link = links / sha256_of(input.string()).hex().substr(0, 16);
  std::error_code error;
  if (fs::read_symlink(link, error) == input) return link;
  fs::create_directories(links, error);
  fs::remove(link, error);
  fs::create_symlink(input, link, error);
  if (error == std::errc::file_exists) error.clear();  // another step of this build has just made the same one
  if (error) throw_system_error("making the link", link, error.value());
  return link;
}

}  // namespace lambda_pack
