#include "store/store.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "archive/wheel.hpp"
#include "archive/zip_reader.hpp"
#include "base/text.hpp"
#include "store/wheel_facts.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kStoreHint =
    "another store can be chosen with --store or LAMBDA_PYTHON_STORE";

// Calls `action`; an Error that comes out of it says in its hint how to choose another store.
template <typename Action>
auto with_store_hint(Action&& action) {
  try {
    return action();
  } catch (const Error& error) {
    const std::string separator = error.hint().empty() ? "" : "\n";
    throw Error(error.what(), error.hint() + separator + std::string(kStoreHint));
  }
}

void make_folder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) throw_system_error("making the folder", folder, failure.value());
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// A lock is input: its file names must not lead out of the folder of their digest.
void require_plain_name(std::string_view name) {
  const bool plain = !name.empty() && name != "." && name != ".." && name.size() <= 240 &&
                     std::none_of(name.begin(), name.end(), [](unsigned char byte) {
                       return byte == '/' || byte == '\\' || byte < 0x20 || byte == 0x7f;
                     });
  if (!plain) {
    throw Error(fmt::format("{} is no file name of a distribution", quote(name)),
                "the lock is damaged; make it again");
  }
}

void require_hexadecimal(std::string_view key) {
  const bool good = key.size() >= 2 && std::all_of(key.begin(), key.end(), [](unsigned char digit) {
                      return std::isxdigit(digit) != 0;
                    });
  if (!good) throw Error(fmt::format("{} is no hexadecimal key", quote(key)));
}

bool is_wheel(std::string_view file_name) { return file_name.ends_with(".whl"); }

std::string digest_text(std::span<const std::byte> bytes, const FileHash& wanted, const Sha256& digest) {
  return wanted.algorithm == "sha256" ? digest.hex() : digest_hex(wanted.algorithm, bytes);
}

// Any one of the lock's hashes must match (as pip's --require-hashes has it).
void require_hash(std::span<const std::byte> bytes, const Sha256& digest, const LockedFile& file,
                  std::string_view origin) {
  std::vector<std::string> wanted;
  std::string found;
  for (const FileHash& hash : file.hashes) {
    const std::string actual = digest_text(bytes, hash, digest);
    if (actual == hash.hex) return;
    wanted.push_back(hash.str());
    if (found.empty()) found = hash.algorithm + ":" + actual;
  }
  if (wanted.empty()) {
    throw Error(fmt::format("the lock has no hash for {}", quote(file.name)), "make the lock again");
  }
  throw HashMismatch(
      fmt::format("{} from {} is not the file of the lock: it has {}, the lock says {}", file.name, origin, found,
                  join(wanted, " or ")),
      "something between here and the index altered the file, or the index replaced it: compare with the hash on "
      "the index's page, and lock again only if the new file is the right one");
}

void verify_wheel(std::span<const std::byte> bytes, const std::string& file_name, const fs::path& facts_for) {
  const ZipArchive archive = ZipArchive::parse(bytes, file_name);
  const Wheel wheel = read_wheel(archive, file_name);
  verify_wheel_contents(archive, wheel);
  write_wheel_facts(facts_for, archive);
}

// rename(2), or a copy that appears whole when the two are on different file systems.
void move_file(const fs::path& from, const fs::path& to) {
  // Readable by all, whatever the umask: a store may be shared.
  if (chmod(from.c_str(), 0644) != 0) throw_system_error("moving into the store", from, errno);
  if (std::rename(from.c_str(), to.c_str()) == 0) return;
  if (errno != EXDEV) throw_system_error("moving into the store", to, errno);
  const MappedFile content(from);
  NewFile copy(to);
  copy.write(content.bytes());
  copy.commit();
  std::error_code ignored;
  fs::remove(from, ignored);
}

}  // namespace

fs::path Store::path(const Sha256& digest, std::string_view file_name) const {
  require_plain_name(file_name);
  const std::string hex = digest.hex();
  return root_ / "files" / hex.substr(0, 2) / hex / std::string(file_name);
}

fs::path Store::alias_path(const FileHash& hash) const { return root_ / "aliases" / hash.algorithm / hash.hex; }

std::optional<fs::path> Store::find(const LockedFile& file) const {
  for (const FileHash& hash : file.hashes) {
    std::optional<Sha256> digest = hash.sha256();
    if (!digest) {
      const auto alias = read_file_if_there(alias_path(hash));
      if (alias) digest = Sha256::from_hex(trimmed(*alias));
    }
    if (!digest) continue;
    fs::path candidate = path(*digest, file.name);
    if (is_file(candidate)) return candidate;
  }
  return std::nullopt;
}

fs::path Store::adopt(const fs::path& incoming, const LockedFile& file, std::string_view origin) const {
  const MappedFile content(incoming);
  const Sha256 digest = sha256_of(content.bytes());
  require_hash(content.bytes(), digest, file, origin);
  const fs::path stored = path(digest, file.name);
  return with_store_hint([&] {
    make_folder(stored.parent_path());
    if (is_wheel(file.name)) verify_wheel(content.bytes(), file.name, stored);
    // The alias is the last thing to be seen by a process that knows the file by another algorithm.
    move_in(incoming, digest, file.name);
    write_aliases(file, digest);
    return stored;
  });
}

fs::path Store::adopt_built(const fs::path& incoming) const {
  const std::string file_name = incoming.filename().string();
  const MappedFile content(incoming);
  const Sha256 digest = sha256_of(content.bytes());
  const fs::path stored = path(digest, file_name);
  return with_store_hint([&] {
    make_folder(stored.parent_path());
    verify_wheel(content.bytes(), file_name, stored);
    return move_in(incoming, digest, file_name);
  });
}

fs::path Store::move_in(const fs::path& incoming, const Sha256& digest, const std::string& file_name) const {
  fs::path stored = path(digest, file_name);
  move_file(incoming, stored);
  return stored;
}

void Store::write_aliases(const LockedFile& file, const Sha256& digest) const {
  for (const FileHash& hash : file.hashes) {
    if (hash.algorithm == "sha256") continue;
    make_folder(alias_path(hash).parent_path());
    write_if_different(alias_path(hash), digest.hex() + "\n");
  }
}

fs::path Store::built_path(std::string_view key) const {
  require_hexadecimal(key);
  return root_ / "built" / std::string(key.substr(0, 2)) / (std::string(key) + ".json");
}

std::optional<fs::path> Store::built(std::string_view key) const {
  const auto text = read_file_if_there(built_path(key));
  if (!text) return std::nullopt;
  const auto record = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!record.is_object() || !record.contains("sha256") || !record.contains("file")) return std::nullopt;
  if (!record["sha256"].is_string() || !record["file"].is_string()) return std::nullopt;
  const auto digest = Sha256::from_hex(record["sha256"].get<std::string>());
  if (!digest) return std::nullopt;
  fs::path stored = path(*digest, record["file"].get<std::string>());
  return is_file(stored) ? std::optional(stored) : std::nullopt;
}

void Store::remember_built(std::string_view key, const fs::path& stored) const {
  const nlohmann::json record = {{"sha256", stored.parent_path().filename().string()},
                                 {"file", stored.filename().string()}};
  with_store_hint([&] {
    make_folder(built_path(key).parent_path());
    write_if_different(built_path(key), record.dump() + "\n");
  });
}

fs::path Store::partial_path(const LockedFile& file) const {
  if (file.hashes.empty()) {
    throw Error(fmt::format("the lock has no hash for {}", quote(file.name)), "make the lock again");
  }
  const FileHash& hash = file.hashes.front();
  return with_store_hint([&] {
    make_folder(root_ / "partial");
    return root_ / "partial" / (hash.algorithm + "-" + hash.hex);
  });
}

}  // namespace lambda_pack
