#include "marshal/object_pool.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"

namespace lambda_pack {
namespace {

// Far above what the sets of any source have; below what a stream made to expand without end would need.
constexpr std::size_t kMostSortingBytes = 16 << 20;

std::string key_of(const MarshalObject& object) {
  std::string key(1, static_cast<char>(object.kind));
  key.append(object.head);
  for (const std::uint32_t child : object.children) {
    for (int i = 0; i < 4; ++i) key += static_cast<char>(child >> (8 * i) & 0xff);
  }
  return key;
}

}  // namespace

std::uint32_t ObjectPool::add(MarshalObject object) {
  if (object.kind == MarshalKind::frozenset) sort(object);
  const auto next = static_cast<std::uint32_t>(objects_.size());
  if (object.kind != MarshalKind::code) {
    const auto [at, is_new] = numbers_.try_emplace(key_of(object), next);
    if (!is_new) return at->second;
  }
  objects_.push_back(std::move(object));
  return next;
}

// By the bytes of the elements as if each stood alone.
void ObjectPool::sort(MarshalObject& set) {
  std::vector<std::pair<std::string, std::uint32_t>> elements;
  for (const std::uint32_t child : set.children) {
    elements.emplace_back(std::string(), child);
    write_alone(child, elements.back().first);
  }
  std::sort(elements.begin(), elements.end());
  for (std::size_t i = 0; i < elements.size(); ++i) set.children[i] = elements[i].second;
}

void ObjectPool::write_alone(std::uint32_t number, std::string& text) {
  const MarshalObject& object = objects_[number];
  sorting_bytes_ += 1 + object.head.size();
  if (sorting_bytes_ > kMostSortingBytes) throw Error("marshalled code is damaged: its sets are too large");
  text += static_cast<char>(object.kind);
  text += object.head;
  for (const std::uint32_t child : object.children) write_alone(child, text);
  text += object.middle;
}

}  // namespace lambda_pack
