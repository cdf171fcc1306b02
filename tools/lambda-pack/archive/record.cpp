#include "archive/record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

bool before(const RecordRow& a, const RecordRow& b) { return a.path < b.path; }

// Reads fields off the front of a text; those with escaped quotes in them are kept in `unescaped`.
class FieldReader {
 public:
  FieldReader(std::string_view text, std::deque<std::string>& unescaped) : rest_(text), unescaped_(unescaped) {}

  bool at_end() const { return rest_.empty(); }
  std::size_t line() const { return line_; }

  // The next line's first three fields; all empty for a blank line.
  RecordRow next_row() {
    ++line_;
    std::array<std::string_view, 3> fields;
    for (std::size_t i = 0;; ++i) {
      const std::string_view field = next_field();
      if (i < fields.size()) {
        fields[i] = field;
      } else {
        throw Error(fmt::format("has more than three fields in line {}", line_));
      }
      if (take(',')) continue;
      end_line();
      return {fields[0], fields[1], fields[2]};
    }
  }

 private:
  bool take(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void end_line() {
    const bool ended = rest_.empty() || take('\n') || (take('\r') && (take('\n') || rest_.empty()));
    if (!ended) throw Error(fmt::format("has a quote or an end of line in the wrong place in line {}", line_));
  }

  std::string_view next_field() {
    if (rest_.starts_with('"')) return next_quoted_field();
    const auto ends_field = [](char c) { return c == ',' || c == '\n' || c == '\r'; };
    const auto end = std::ranges::find_if(rest_, ends_field);  // find_first_of calls memchr for every byte
    const std::string_view field = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(field.size());
    return field;
  }

  std::string_view next_quoted_field() {
    rest_.remove_prefix(1);
    const std::size_t quote = rest_.find('"');
    if (quote == std::string_view::npos) throw Error(fmt::format("has an open quote in line {}", line_));
    const std::string_view plain = rest_.substr(0, quote);
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) return plain;
    return next_field_with_quotes(plain);
  }

  // A quote within a quoted field is doubled.
  std::string_view next_field_with_quotes(std::string_view begin) {
    std::string& field = unescaped_.emplace_back(begin);
    while (take('"')) {
      const std::size_t quote = rest_.find('"');
      if (quote == std::string_view::npos) throw Error(fmt::format("has an open quote in line {}", line_));
      field += '"';
      field += rest_.substr(0, quote);
      rest_.remove_prefix(quote + 1);
    }
    return field;
  }

  std::string_view rest_;
  std::deque<std::string>& unescaped_;
  std::size_t line_ = 0;
};

void append_field(std::string& out, std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += field;
    return;
  }
  out += '"';
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

Record::Record(std::string text) : text_(std::move(text)) {
  rows_.reserve(static_cast<std::size_t>(std::ranges::count(text_, '\n')) + 1);
  FieldReader reader(text_, unescaped_);
  while (!reader.at_end()) {
    const RecordRow row = reader.next_row();
    if (!row.path.empty()) rows_.push_back(row);
  }
  if (!std::ranges::is_sorted(rows_, before)) std::ranges::stable_sort(rows_, before);
}

const RecordRow* Record::find(std::string_view path) const {
  const auto found = std::lower_bound(rows_.begin(), rows_.end(), RecordRow{path, {}, {}}, before);
  return found != rows_.end() && found->path == path ? &*found : nullptr;
}

std::string record_text(std::span<const RecordRow> rows) {
  std::string out;
  for (const RecordRow& row : rows) {
    append_field(out, row.path);
    out += ',';
    append_field(out, row.hash);
    out += ',';
    append_field(out, row.size);
    out += '\n';
  }
  return out;
}

}  // namespace lambda_pack
