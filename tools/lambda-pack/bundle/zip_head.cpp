#include "bundle/zip_head.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "bundle/zip_order.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

constexpr const char* kFile = "zip-head";
constexpr const char* kRecord = "zip-head.json";
constexpr int kFormat = 1;

// Small, since who has waited for the backend must not wait for long for us.
constexpr std::size_t kHeadBatch = 2 << 20;

// What was verified counts for the build that verified it.
constexpr std::int64_t kLongestBuild = 600;  // seconds

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string text_of(const ZipHead& head) {
  const std::vector<std::uint8_t> rest(head.hashed.rest.begin(), head.hashed.rest.end());
  return nlohmann::json{{"format", kFormat},
                        {"time", now()},
                        {"identity", head.identity},
                        {"count", head.count},
                        {"key", head.key.hex()},
                        {"words", head.hashed.words},
                        {"length", head.hashed.length},
                        {"rest", rest},
                        {"verified", head.verified}}
      .dump();
}

// Nothing for a record of another program, or of another build.
std::optional<ZipHead> head_of(const std::string& text) {
  const nlohmann::json record = nlohmann::json::parse(text, nullptr, false);
  if (!record.is_object()) return std::nullopt;
  try {
    const std::int64_t age = now() - record.at("time").get<std::int64_t>();
    if (record.at("format") != kFormat || age < 0 || age > kLongestBuild) return std::nullopt;
    ZipHead head;
    record.at("identity").get_to(head.identity);
    record.at("count").get_to(head.count);
    head.key = Sha256::from_hex(record.at("key").get<std::string>()).value();
    record.at("words").get_to(head.hashed.words);
    record.at("length").get_to(head.hashed.length);
    const auto rest = record.at("rest").get<std::vector<std::uint8_t>>();
    head.hashed.rest.assign(rest.begin(), rest.end());
    record.at("verified").get_to(head.verified);
    return head;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

ZipHead::ZipHead(ZipHead&& other) noexcept
    : file(std::exchange(other.file, {})), identity(std::move(other.identity)), count(other.count), key(other.key),
      hashed(std::move(other.hashed)), verified(std::move(other.verified)) {}

ZipHead::~ZipHead() {
  std::error_code ignored;
  if (!file.empty()) fs::remove(file, ignored);
}

void write_zip_head(const Bundle& bundle, const VerifiedFiles& verified, ZipTime time, const fs::path& folder,
                    const std::function<bool()>& enough) {
  ZipHead head;
  head.verified = verified;
  const ZipOrder order = zip_order(bundle);
  const ZipLayout layout(order.parts(order.head), time, order.head);
  NewFile file(folder / kFile);
  file.reserve(layout.size());
  Sha256Hasher hasher;
  auto pieces = layout.pieces();
  while (head.count < order.head && !enough()) {
    const std::size_t begin = head.count;
    for (std::size_t bytes = 0; head.count < order.head && bytes < kHeadBatch; ++head.count)
      bytes += order.files[head.count]->part.data.size();
    const auto batch = pieces.first(order.pieces(begin, head.count));
    for (const auto piece : batch) hasher.update(piece);
    file.write_pieces(batch);
    bundle.release_pages();
    pieces = pieces.subspan(batch.size());
  }
  file.commit();
  head.identity = file_identity(folder / kFile);
  head.key = order.key(head.count, time);
  head.hashed = hasher.progress();
  write_if_different(folder / kRecord, text_of(head));
}

std::optional<ZipHead> take_zip_head(const fs::path& folder) {
  const std::optional<std::string> text = read_file_if_there(folder / kRecord);
  if (!text) return std::nullopt;
  std::error_code ignored;
  fs::remove(folder / kRecord, ignored);
  std::optional<ZipHead> head = head_of(*text);
  const fs::path file = folder / kFile;
  if (head && head->identity == file_identity(file)) {
    head->file = file;
    return head;
  }
  fs::remove(file, ignored);
  return std::nullopt;
}

bool is_zip_head_waiting(const fs::path& folder) { return fs::exists(folder / kRecord); }

void drop_zip_head(const fs::path& folder) {
  std::error_code ignored;
  fs::remove(folder / kFile, ignored);
}

void forget_zip_head(const fs::path& folder) {
  drop_zip_head(folder);
  std::error_code ignored;
  fs::remove(folder / kRecord, ignored);
}

}  // namespace lambda_pack
