// Versions of distributions (PEP 440, packaging.python.org "Version specifiers").
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lambda_pack {

// A version that compares by PEP 440's order. Numbers of any length are kept exactly.
class Version {
 public:
  // The version that `text` spells (case, `v` prefix, separators, surrounding space as PEP 440 allows); nothing
  // when it is none.
  static std::optional<Version> parse(std::string_view text);
  // The same; throws Error with the text.
  static Version require(std::string_view text);

  std::string str() const;     // normalised form
  std::string public_str() const;  // without the local part
  std::uint64_t release(std::size_t index) const;  // 0 where the release has no such component
  std::size_t release_size() const;
  bool is_prerelease() const;  // a, b, rc or dev
  bool is_postrelease() const;
  bool has_local() const;

  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const { return (*this <=> other) == 0; }

  struct Parts;  // for specifier.cpp
  const Parts& parts() const;

 private:
  // The implementer of this room chooses the representation.
};

}  // namespace lambda_pack
