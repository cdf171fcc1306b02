#include "bundle/zip_order.hpp"

#include <algorithm>
#include <string>

#include "system/hashing.hpp"

namespace lambda_pack {
namespace {

bool is_of_the_store(const BundleFile& file) { return !file.source->is_project && file.source->archive.has_value(); }

void describe(const BundleSource& source, std::string& text) {
  text += source.path.string() + '\0' + (source.digest ? source.digest->hex() : "") + '\0';
}

// Everything that goes into the file's entry. Bytes that are spliced are named by where they are in the source.
void describe(const BundleFile& file, std::string& text) {
  const ZipPart& part = file.part;
  const auto add = [&text](const auto& value) { (text += value) += '\0'; };
  const auto add_number = [&](std::uint64_t value) { add(std::to_string(value)); };
  add(part.path->str());
  add_number(static_cast<std::uint64_t>(part.method));
  add_number(part.crc32);
  add_number(part.size);
  add_number(part.executable ? 1 : 0);
  add_number(part.data.size());
  if (file.entry == nullptr) {
    text.append(reinterpret_cast<const char*>(part.data.data()), part.data.size());
    return;
  }
  add_number(static_cast<std::uint64_t>(part.data.data() - file.source->bytes->bytes().data()));
}

}  // namespace

ZipOrder zip_order(const Bundle& bundle) {
  ZipOrder order;
  for (const BundleFile& file : bundle.files()) order.files.push_back(&file);
  const auto rest =
      std::ranges::stable_partition(order.files, [](const BundleFile* file) { return is_of_the_store(*file); });
  order.head = order.files.size() - rest.size();
  return order;
}

std::vector<ZipPart> ZipOrder::parts(std::size_t count) const {
  std::vector<ZipPart> parts;
  parts.reserve(count);
  for (std::size_t i = 0; i < count; ++i) parts.push_back(files[i]->part);
  return parts;
}

std::size_t ZipOrder::pieces(std::size_t begin, std::size_t end) const {
  std::size_t pieces = 0;
  for (; begin < end; ++begin) pieces += files[begin]->part.data.empty() ? 1 : 2;
  return pieces;
}

Sha256 ZipOrder::key(std::size_t count, ZipTime time) const {
  std::string text = std::to_string(time.date) + ' ' + std::to_string(time.time) + '\n';
  const BundleSource* source = nullptr;
  for (std::size_t i = 0; i < count; ++i) {
    if (files[i]->source != source) describe(*(source = files[i]->source), text);
    describe(*files[i], text);
  }
  return sha256_of(text);
}

}  // namespace lambda_pack
