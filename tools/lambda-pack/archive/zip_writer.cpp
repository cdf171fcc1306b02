#include "archive/zip_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <functional>
#include <iterator>
#include <string_view>

#include "archive/little_endian.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace lambda_pack {
namespace {

constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::uint64_t kLargestZip = 0xfffffffe;  // all ones would announce zip64
constexpr std::uint16_t kVersionNeeded = 20;       // deflate
constexpr std::uint16_t kMadeByUnix = 3 << 8 | kVersionNeeded;
constexpr std::uint16_t kUtf8Name = 0x0800;  // bit 11

// Where the next header goes.
class Cursor {
 public:
  explicit Cursor(std::byte* at) : at_(at) {}

  std::byte* at() const { return at_; }
  void u16(std::uint16_t value) { store_u16(advance(2), value); }
  void u32(std::uint32_t value) { store_u32(advance(4), value); }
  void text(std::string_view value) { std::memcpy(advance(value.size()), value.data(), value.size()); }

 private:
  std::byte* advance(std::size_t size) {
    std::byte* here = at_;
    at_ += size;
    return here;
  }

  std::byte* at_;
};

// What local and central header have in common, in the same order (4.3.7, 4.3.12).
void write_common(Cursor& out, const ZipPart& part, ZipTime time) {
  const std::string& name = part.path->str();
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  out.u16(kVersionNeeded);
  out.u16(std::ranges::all_of(name, is_ascii) ? 0 : kUtf8Name);
  out.u16(static_cast<std::uint16_t>(part.method));
  out.u16(time.time);
  out.u16(time.date);
  out.u32(part.crc32);
  out.u32(static_cast<std::uint32_t>(part.data.size()));
  out.u32(part.size);
  out.u16(static_cast<std::uint16_t>(name.size()));
  out.u16(0);  // extra field
}

void write_local(Cursor& out, const ZipPart& part, ZipTime time) {
  out.u32(0x04034b50);
  write_common(out, part, time);
  out.text(part.path->str());
}

void write_central(Cursor& out, const ZipPart& part, ZipTime time, std::uint32_t offset) {
  out.u32(0x02014b50);
  out.u16(kMadeByUnix);
  write_common(out, part, time);
  out.u16(0);  // comment
  out.u16(0);  // disk
  out.u16(0);  // internal attributes
  out.u32((part.executable ? 0100755u : 0100644u) << 16);
  out.u32(offset);
  out.text(part.path->str());
}

void write_end(Cursor& out, std::uint16_t entries, std::uint32_t size, std::uint32_t offset) {
  out.u32(0x06054b50);
  out.u16(0);  // this disk
  out.u16(0);  // the directory's
  out.u16(entries);
  out.u16(entries);
  out.u32(size);
  out.u32(offset);
  out.u16(0);  // comment
}

bool is_before(const ZipPart& a, const ZipPart& b) { return *a.path < *b.path; }

[[noreturn]] void refuse_order(const ZipPart& part) {
  throw Error(fmt::format("the zip would hold {} twice or out of order", quote(part.path->str())));
}

void check_order(std::span<const ZipPart> parts) {
  const auto found = std::ranges::adjacent_find(parts, std::not_fn(is_before));
  if (found != parts.end()) refuse_order(found[1]);
}

void check_distinct(std::span<const ZipPart> head, std::span<const ZipPart> rest) {
  std::vector<ZipPart> both;
  std::ranges::set_intersection(head, rest, std::back_inserter(both), is_before);
  if (!both.empty()) refuse_order(both.front());
}

struct Sizes {
  std::size_t local_headers = 0;
  std::size_t directory = 0;
  std::uint64_t data = 0;
};

Sizes sizes_of(std::span<const ZipPart> parts) {
  Sizes sizes;
  for (const ZipPart& part : parts) {
    sizes.local_headers += kLocalSize + part.path->str().size();
    sizes.directory += kCentralSize + part.path->str().size();
    sizes.data += part.data.size();
  }
  return sizes;
}

}  // namespace

std::uint64_t zip_size_of(const ZipPart& part) {
  return kLocalSize + kCentralSize + 2 * part.path->str().size() + part.data.size();
}

ZipTime ZipTime::from_source_date_epoch(const char* text) {
  if (text == nullptr || *text == '\0') return {};
  const std::string_view digits(text);
  std::uint64_t seconds = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) {
    throw Error(fmt::format("SOURCE_DATE_EPOCH is {}, not a number of seconds since 1970", quote(digits)),
                "set it to such a number, as `git log -1 --format=%ct` prints, or unset it");
  }
  using namespace std::chrono;
  constexpr std::uint64_t earliest = 315532800;  // 1980-01-01
  constexpr std::uint64_t latest = 4354819198;   // 2107-12-31 23:59:58
  const sys_seconds point{std::chrono::seconds(std::clamp(seconds, earliest, latest))};
  const sys_days day = floor<days>(point);
  const year_month_day date(day);
  const hh_mm_ss clock(point - day);
  ZipTime time;
  time.date = static_cast<std::uint16_t>((static_cast<int>(date.year()) - 1980) << 9 |
                                         static_cast<unsigned>(date.month()) << 5 | static_cast<unsigned>(date.day()));
  time.time = static_cast<std::uint16_t>(clock.hours().count() << 11 | clock.minutes().count() << 5 |
                                         clock.seconds().count() / 2);
  return time;
}

ZipLayout::ZipLayout(std::span<const ZipPart> parts, ZipTime time, std::size_t head) {
  check_order(parts.first(head));
  check_order(parts.subspan(head));
  check_distinct(parts.first(head), parts.subspan(head));
  const Sizes sizes = sizes_of(parts);
  size_ = sizes.local_headers + sizes.data + sizes.directory + kEndSize;
  if (parts.size() > kMostZipEntries) {
    throw Error(
        fmt::format("the zip would have {} entries; without zip64, which AWS Lambda does not take, it can "
                    "have {}",
                    parts.size(), kMostZipEntries));
  }
  if (size_ > kLargestZip) {
    throw Error(fmt::format("the zip would have {}; it can have 4 GiB", human_bytes(size_)));
  }

  headers_.resize(sizes.local_headers + sizes.directory + kEndSize);
  pieces_.reserve(2 * parts.size() + 1);
  Cursor local(headers_.data());
  Cursor central(headers_.data() + sizes.local_headers);
  std::uint32_t offset = 0;
  for (const ZipPart& part : parts) {
    const std::byte* begin = local.at();
    write_central(central, part, time, offset);
    write_local(local, part, time);
    const std::span<const std::byte> header(begin, local.at());
    pieces_.push_back(header);
    if (!part.data.empty()) pieces_.push_back(part.data);
    offset += static_cast<std::uint32_t>(header.size() + part.data.size());
  }
  write_end(central, static_cast<std::uint16_t>(parts.size()), static_cast<std::uint32_t>(sizes.directory), offset);
  pieces_.emplace_back(headers_.data() + sizes.local_headers, sizes.directory + kEndSize);
}

}  // namespace lambda_pack
