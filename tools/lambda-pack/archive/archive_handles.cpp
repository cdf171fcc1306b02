#include "archive/archive_handles.hpp"

#include <new>

#include "archive/refusal.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

constexpr std::size_t kBlock = 1 << 20;  // bytes a read

// One line, without what a terminal would obey: libarchive's messages may hold names from the archive.
std::string message_of(archive* handle) {
  const char* text = archive_error_string(handle);
  if (text == nullptr) return "cannot be read";
  const std::string escaped = quote(text);
  return escaped.substr(1, escaped.size() - 2);
}

}  // namespace

Utf8Locale::Utf8Locale() {
  for (const char* name : {"C.UTF-8", "en_US.UTF-8", "UTF-8"}) {
    ours_ = newlocale(LC_CTYPE_MASK, name, locale_t{});
    if (ours_ != locale_t{}) break;
  }
  if (ours_ != locale_t{}) before_ = uselocale(ours_);
}

Utf8Locale::~Utf8Locale() {
  if (ours_ == locale_t{}) return;
  uselocale(before_);
  freelocale(ours_);
}

ArchiveReader open_archive(const std::filesystem::path& path, void (*set_up)(archive*)) {
  ArchiveReader reader(archive_read_new());
  if (!reader) throw std::bad_alloc();
  set_up(reader.get());
  if (archive_read_open_filename(reader.get(), path.c_str(), kBlock) != ARCHIVE_OK) {
    throw refusal(path.string(), message_of(reader.get()));
  }
  return reader;
}

archive_entry* next_entry(archive* reader, const std::filesystem::path& path) {
  archive_entry* entry = nullptr;
  const int result = archive_read_next_header(reader, &entry);
  if (result == ARCHIVE_EOF) return nullptr;
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) throw refusal(path.string(), message_of(reader));
  return entry;
}

std::string entry_name(archive_entry* entry, const std::filesystem::path& path) {
  const char* name = archive_entry_pathname_utf8(entry);
  if (name == nullptr) name = archive_entry_pathname(entry);
  if (name == nullptr) throw refusal(path.string(), "has an entry whose name is not UTF-8");
  return name;
}

void throw_archive_error(archive* handle, const std::filesystem::path& path, std::string_view entry) {
  throw refusal(path.string(), entry, message_of(handle));
}

}  // namespace lambda_pack
