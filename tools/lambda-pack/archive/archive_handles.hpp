// RAII around libarchive's readers and writers; private to lambda_pack_unpack.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace lambda_pack {

struct FreeReader {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
struct FreeWriter {
  void operator()(archive* writer) const { archive_write_free(writer); }
};
using ArchiveReader = std::unique_ptr<archive, FreeReader>;
using ArchiveWriter = std::unique_ptr<archive, FreeWriter>;

// libarchive passes names through the thread's locale, and drops what that cannot spell: a UTF-8 one for as long
// as the object lives, whatever LANG says.
class Utf8Locale {
 public:
  Utf8Locale();
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  ~Utf8Locale();

 private:
  locale_t ours_{};
  locale_t before_{};
};

// A reader of the file. `set_up` names the formats and filters to try. Throws Error naming the file.
ArchiveReader open_archive(const std::filesystem::path& path, void (*set_up)(archive*));

// Steps to the next entry; null at the end. Throws Error naming the file.
archive_entry* next_entry(archive* reader, const std::filesystem::path& path);

// The entry's name in UTF-8. Throws Error when it has none that is.
std::string entry_name(archive_entry* entry, const std::filesystem::path& path);

// What libarchive says went wrong with `entry`, as an Error.
[[noreturn]] void throw_archive_error(archive* handle, const std::filesystem::path& path, std::string_view entry);

}  // namespace lambda_pack
