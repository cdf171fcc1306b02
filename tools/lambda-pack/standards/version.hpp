// Versions of distributions (PEP 440, packaging.python.org "Version specifiers").
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lambda_pack {

// A version that compares by PEP 440's order. Numbers of any length are kept exactly. The usual version needs no
// memory beyond the object, and comparing allocates nothing.
class Version {
 public:
  Version() = default;  // "0"

  // The version that `text` spells (case, `v` prefix, separators, surrounding space as PEP 440 allows); nothing
  // when it is none.
  static std::optional<Version> parse(std::string_view text);
  // The same; throws Error with the text.
  static Version require(std::string_view text);

  std::string str() const { return text_; }                                // normalised form
  std::string public_str() const { return text_.substr(0, public_end_); }  // without the local part
  // 0 where the release has no such component, the largest value where it doesn't fit.
  std::uint64_t release(std::size_t index) const;
  std::size_t release_size() const;
  bool is_prerelease() const;  // a, b, rc or dev
  bool is_postrelease() const { return post_end_ != pre_end_; }
  bool has_local() const { return public_end_ != text_.size(); }

  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const { return (*this <=> other) == 0; }

  // The order of the two versions without their local parts.
  std::strong_ordering compare_public(const Version& other) const;
  // Whether epoch and release are the same, but for zeros at the release's end.
  bool same_release(const Version& other) const;
  // Whether the epochs are equal and the first `count` components of both releases, absent ones being 0.
  bool same_release_prefix(const Version& other, std::size_t count) const;

  // The pieces of the normalised form, as views that live as long as this version. Numbers have no leading zeros.
  struct Parts {
    std::string_view epoch;      // "1" of `1!2.0`, empty when it is 0
    std::string_view release;    // "1.2.0"
    std::string_view pre;        // "a1", "b2", "rc3", or empty
    std::string_view post, dev;  // digits, or empty
    std::string_view local;      // "ubuntu.1", or empty
  };
  Parts parts() const;

 private:
  std::string text_ = "0";  // the normalised form, cut into its parts by the places below
  std::size_t release_begin_ = 0, release_end_ = 1, pre_end_ = 1, post_end_ = 1, public_end_ = 1;
};

}  // namespace lambda_pack
