// A wheel's RECORD (packaging.python.org "Recording installed projects", "The RECORD file"): CSV lines of path,
// hash and size. Pure.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lambda_pack {

struct RecordRow {
  std::string_view path;
  std::string_view hash;  // `sha256=<base64url without padding>`; empty for none
  std::string_view size;  // decimal; empty for none
};

// A RECORD taken apart.
class Record {
 public:
  // Throws Error (no label) with the line that is no CSV (RFC 4180, as Python's csv module reads it).
  explicit Record(std::string text);
  Record(const Record&) = delete;  // the rows point inside
  Record& operator=(const Record&) = delete;

  const std::string& text() const noexcept { return text_; }
  std::span<const RecordRow> rows() const noexcept { return rows_; }  // sorted by path
  const RecordRow* find(std::string_view path) const;                 // null when there is none

 private:
  std::string text_;
  std::deque<std::string> unescaped_;  // fields whose text differs from what stands in text_
  std::vector<RecordRow> rows_;
};

// The lines of a RECORD with the rows as they come.
std::string record_text(std::span<const RecordRow> rows);

}  // namespace lambda_pack
