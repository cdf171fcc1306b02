#include "store/store.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <vector>

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

// Calls `action`; an Error that comes out of it says in its hint how to choose another store.
template <typename Action>
auto writing_into_the_store(Action&& action) {
  try {
    return action();
  } catch (const Error& error) {
    throw with_store_hint(error);
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
    throw Error(fmt::format("{} is no file name of a distribution", quote(name)), "the lock is damaged; make it again");
  }
}

void require_hexadecimal(std::string_view key) {
  const bool good = key.size() >= 2 &&
                    std::all_of(key.begin(), key.end(), [](unsigned char digit) { return std::isxdigit(digit) != 0; });
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

// Throws Error unless the bytes are a sound wheel of that name.
ZipArchive verified_wheel(std::span<const std::byte> bytes, const std::string& file_name) {
  ZipArchive archive = ZipArchive::parse(bytes, file_name);
  verify_wheel_contents(archive, read_wheel(archive, file_name));
  return archive;
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

Error with_store_hint(const Error& error) {
  const std::string separator = error.hint().empty() ? "" : "\n";
  return Error(error.what(),
               error.hint() + separator + "another store can be chosen with --store or LAMBDA_PYTHON_STORE");
}

fs::path Store::path(const Sha256& digest, std::string_view file_name) const {
  require_plain_name(file_name);
  const std::string hex = digest.hex();
  return root_ / "files" / hex.substr(0, 2) / hex / std::string(file_name);
}

Sha256 Store::digest_of(const fs::path& stored) {
  return Sha256::from_hex(stored.parent_path().filename().string()).value();
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
  content.release();
  fs::path stored = move_in(incoming, content.bytes(), digest, file.name);
  write_aliases(file, digest);
  return stored;
}

fs::path Store::adopt_built(const fs::path& incoming) const {
  const MappedFile content(incoming);
  return move_in(incoming, content.bytes(), sha256_of(content.bytes()), incoming.filename().string());
}

fs::path Store::move_in(const fs::path& incoming, std::span<const std::byte> content, const Sha256& digest,
                        const std::string& file_name) const {
  fs::path stored = path(digest, file_name);
  std::optional<WheelFacts> facts;
  if (is_wheel(file_name)) facts = make_wheel_facts(verified_wheel(content, file_name));
  return writing_into_the_store([&] {
    make_folder(stored.parent_path());
    if (facts) write_wheel_facts(stored, *facts);  // first, so that they are there when the wheel is
    move_file(incoming, stored);
    return stored;
  });
}

void Store::write_aliases(const LockedFile& file, const Sha256& digest) const {
  writing_into_the_store([&] {
    for (const FileHash& hash : file.hashes) {
      if (hash.algorithm != "sha256") write_if_different(alias_path(hash), digest.hex() + "\n");
    }
  });
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
  const nlohmann::json record = {{"sha256", digest_of(stored).hex()}, {"file", stored.filename().string()}};
  writing_into_the_store([&] { write_if_different(built_path(key), record.dump() + "\n"); });
}

fs::path Store::partial_path(const LockedFile& file) const {
  if (file.hashes.empty()) {
    throw Error(fmt::format("the lock has no hash for {}", quote(file.name)), "make the lock again");
  }
  const FileHash& hash = file.hashes.front();
  return writing_into_the_store([&] {
    make_folder(root_ / "partial");
    return root_ / "partial" / (hash.algorithm + "-" + hash.hex);
  });
}

}  // namespace lambda_pack
