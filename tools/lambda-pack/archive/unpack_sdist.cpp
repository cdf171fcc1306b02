// The second half of unpack.hpp: whole source archives.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>

#include "archive/archive_handles.hpp"
#include "archive/refusal.hpp"
#include "archive/unpack.hpp"
#include "base/text.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMostContent = 4ull << 30;  // bytes; ends archives that unpack without end
constexpr std::uint64_t kCostOfEntry = 4096;        // an empty file takes room too

void sdist_formats(archive* reader) {
  archive_read_support_format_tar(reader);
  archive_read_support_format_zip(reader);
  archive_read_support_filter_gzip(reader);
  archive_read_support_filter_bzip2(reader);
  archive_read_support_filter_xz(reader);
}

// Unpacks one sdist. Files and links are written below canonical, absolute paths, so that libarchive's
// SECURE_SYMLINKS minds only links that the archive made; absolute names are refused here, since
// SECURE_NOABSOLUTEPATHS would refuse our own folder too.
class SdistUnpacker {
 public:
  SdistUnpacker(const fs::path& archive, const fs::path& folder)
      : archive_(archive), folder_(fs::canonical(folder)), reader_(open_archive(archive, sdist_formats)),
        disk_(archive_write_disk_new()) {
    if (!disk_) throw std::bad_alloc();
    archive_write_disk_set_options(
        disk_.get(), ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NODOTDOT | ARCHIVE_EXTRACT_PERM);
  }

  fs::path unpack() {
    while (archive_entry* entry = next_entry(reader_.get(), archive_)) unpack_entry(entry);
    if (top_.empty()) throw refusal(archive_.string(), "is empty");
    if (archive_write_close(disk_.get()) != ARCHIVE_OK) throw_archive_error(disk_.get(), archive_, top_);
    return folder_ / top_;
  }

 private:
  [[noreturn]] void refuse(std::string_view name, std::string_view rule) const {
    throw refusal(archive_.string(), name, rule);
  }

  void unpack_entry(archive_entry* entry) {
    const std::string name = entry_name(entry, archive_);
    std::string_view path = name;
    while (path.starts_with("./")) path.remove_prefix(2);  // as `tar c .` writes them
    while (path.ends_with('/')) path.remove_suffix(1);
    const bool is_folder = archive_entry_filetype(entry) == AE_IFDIR && archive_entry_hardlink(entry) == nullptr;
    if (is_folder && (path.empty() || path == ".")) return;
    const ArchivePath safe = checked(path);
    take_top_folder(safe, is_folder);
    count(kCostOfEntry);
    prepare(entry, safe, is_folder);
    write(entry, name);
  }

  ArchivePath checked(std::string_view path) const {
    try {
      return ArchivePath(path);
    } catch (const Error& error) {
      throw Error(refusal(archive_.string(), error.what()));
    }
  }

  // PEP 517 and 625: an sdist has one folder at its top, `{name}-{version}`.
  void take_top_folder(const ArchivePath& path, bool is_folder) {
    const std::string_view first = path.first_part();
    if (first.size() == path.str().size() && !is_folder) {
      refuse(path.str(), "is not in a folder, as an sdist's files are");
    }
    if (top_.empty()) top_ = first;
    if (first != top_) refuse(path.str(), "is outside the archive's first folder, " + quote(top_));
  }

  void count(std::uint64_t bytes) {
    content_ += bytes;
    if (content_ > kMostContent) throw refusal(archive_.string(), "unpacks to more than 4 GiB");
  }

  // Points the entry below our folder, with links that stay there and modes of ours.
  void prepare(archive_entry* entry, const ArchivePath& path, bool is_folder) const {
    const auto type = archive_entry_filetype(entry);
    if (archive_entry_hardlink(entry) != nullptr) {
      point_hard_link(entry, path);
    } else if (type == AE_IFLNK) {
      check_symbolic_link(entry, path);
    } else if (type != AE_IFREG && !is_folder) {
      refuse(path.str(), "is neither a file nor a folder nor a link");
    }
    const bool executable = is_folder || (archive_entry_perm(entry) & 0111) != 0;
    archive_entry_set_perm(entry, executable ? 0755 : 0644);
    archive_entry_copy_pathname(entry, (folder_ / path.str()).c_str());
  }

  void point_hard_link(archive_entry* entry, const ArchivePath& path) const {
    std::string_view target = archive_entry_hardlink(entry);
    while (target.starts_with("./")) target.remove_prefix(2);
    const ArchivePath safe = checked(target);
    if (safe.first_part() != top_) {
      refuse(path.str(), "is a hard link out of the archive's folder: " + quote(target));
    }
    archive_entry_copy_hardlink(entry, (folder_ / safe.str()).c_str());
  }

  // A link may climb with `..` at its beginning, as far as the top folder: the folders above it are real ones.
  // Behind another part, `..` could climb from wherever that part links to.
  void check_symbolic_link(archive_entry* entry, const ArchivePath& path) const {
    const char* text = archive_entry_symlink_utf8(entry);
    if (text == nullptr) text = archive_entry_symlink(entry);
    const std::string target = text == nullptr ? "" : text;
    if (target.empty() || target.front() == '/') refuse(path.str(), "is a symbolic link to " + quote(target));
    auto depth = static_cast<std::size_t>(std::ranges::count(path.str(), '/'));  // folders above the link
    bool climbing = true;
    for (const std::string_view part : split(target, '/')) {
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        climbing = false;
      } else if (!climbing || --depth == 0) {
        refuse(path.str(), "is a symbolic link out of the archive's folder: " + quote(target));
      }
    }
  }

  void write(archive_entry* entry, std::string_view name) {
    if (archive_write_header(disk_.get(), entry) != ARCHIVE_OK) throw_archive_error(disk_.get(), archive_, name);
    if (archive_entry_size(entry) > 0 || !archive_entry_size_is_set(entry)) copy_content(name);
    if (archive_write_finish_entry(disk_.get()) != ARCHIVE_OK) throw_archive_error(disk_.get(), archive_, name);
  }

  void copy_content(std::string_view name) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    for (;;) {
      const int result = archive_read_data_block(reader_.get(), &block, &size, &offset);
      if (result == ARCHIVE_EOF) return;
      if (result != ARCHIVE_OK) throw_archive_error(reader_.get(), archive_, name);
      count(size);
      if (archive_write_data_block(disk_.get(), block, size, offset) != ARCHIVE_OK) {
        throw_archive_error(disk_.get(), archive_, name);
      }
    }
  }

  fs::path archive_;
  fs::path folder_;
  ArchiveReader reader_;
  ArchiveWriter disk_;
  std::string top_;
  std::uint64_t content_ = 0;
};

}  // namespace

fs::path unpack_sdist(const fs::path& archive, const fs::path& folder) {
  const Utf8Locale locale;
  return SdistUnpacker(archive, folder).unpack();
}

}  // namespace lambda_pack
