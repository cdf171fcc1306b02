#include "archive/unpack.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <span>

#include "archive/archive_handles.hpp"
#include "archive/refusal.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace {

void only_zip(archive* reader) {
  archive_read_support_format_zip_seekable(reader);  // by the central directory, as our own reader
}

// Writes the entry's content to the item's destination, whole or not at all.
void unpack_item(archive* reader, const std::filesystem::path& archive, const UnpackItem& item) {
  NewFile file(item.destination);
  const void* block = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  la_int64_t written = 0;
  for (;;) {
    const int result = archive_read_data_block(reader, &block, &size, &offset);
    if (result == ARCHIVE_EOF) break;
    if (result != ARCHIVE_OK) throw_archive_error(reader, archive, item.entry);
    if (offset != written) throw refusal(archive.string(), item.entry, "has a hole in its content");
    file.write(std::span(static_cast<const std::byte*>(block), size));
    written += static_cast<la_int64_t>(size);
  }
  if (fchmod(file.descriptor(), item.executable ? 0755 : 0644) != 0) {  // whatever the umask
    throw_system_error("writing", item.destination, errno);
  }
  file.commit();
}

}  // namespace

void unpack_items(const std::filesystem::path& archive, std::vector<UnpackItem> items) {
  if (items.empty()) return;
  std::ranges::sort(items, {}, &UnpackItem::entry);
  const auto twice = std::ranges::adjacent_find(items, {}, &UnpackItem::entry);
  if (twice != items.end()) throw refusal(archive.string(), twice->entry, "is wanted at two places");
  const Utf8Locale locale;
  const ArchiveReader reader = open_archive(archive, only_zip);
  std::vector<bool> done(items.size(), false);
  std::size_t left = items.size();
  while (left > 0) {
    archive_entry* entry = next_entry(reader.get(), archive);
    if (entry == nullptr) break;
    const std::string name = entry_name(entry, archive);
    const auto item = std::ranges::lower_bound(items, name, {}, &UnpackItem::entry);
    if (item == items.end() || item->entry != name) continue;
    const auto index = static_cast<std::size_t>(item - items.begin());
    if (done[index]) throw refusal(archive.string(), name, "is there twice");
    unpack_item(reader.get(), archive, *item);
    done[index] = true;
    --left;
  }
  if (left == 0) return;
  const auto missing = std::ranges::find(done, false) - done.begin();
  throw refusal(archive.string(), items[static_cast<std::size_t>(missing)].entry, "is not in the archive");
}

}  // namespace lambda_pack
