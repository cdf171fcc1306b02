#include "marshal/canonical.hpp"

#include <cstdint>
#include <optional>
#include <vector>

#include "marshal/object_graph.hpp"

namespace lambda_pack {
namespace {

constexpr char kReferable = static_cast<char>(0x80);

// Whether a reference would be longer than the object, which is one and the same in every process anyway: None, True,
// an empty tuple, an empty string.
bool is_single(const MarshalObject& object) {
  constexpr std::string_view kEmpty("\0", 1);
  switch (object.kind) {
    case MarshalKind::none:
    case MarshalKind::false_value:
    case MarshalKind::true_value:
    case MarshalKind::ellipsis: return true;
    case MarshalKind::small_tuple:
    case MarshalKind::short_ascii_interned: return object.head == kEmpty;
    default: return false;
  }
}

class Writer {
 public:
  explicit Writer(MarshalGraph graph)
      : graph_(std::move(graph)), holders_(graph_.objects.size()), numbers_(graph_.objects.size()) {
    for (const MarshalObject& object : graph_.objects) {
      for (const std::uint32_t child : object.children) ++holders_[child];
    }
  }

  std::string write() {
    write_object(graph_.root);
    return std::move(out_);
  }

 private:
  void write_object(std::uint32_t number) {
    if (numbers_[number]) return write_reference(*numbers_[number]);
    const MarshalObject& object = graph_.objects[number];
    char kind = static_cast<char>(object.kind);
    if (holders_[number] > 1 && !is_single(object)) {
      numbers_[number] = next_number_++;
      kind = static_cast<char>(kind | kReferable);
    }
    out_ += kind;
    out_ += object.head;
    for (std::size_t i = 0; i < object.children.size(); ++i) {
      if (i == kCodeObjectsBeforeLine) out_ += object.middle;  // empty but for code
      write_object(object.children[i]);
    }
  }

  void write_reference(std::uint32_t number) {
    out_ += 'r';
    for (int i = 0; i < 4; ++i) out_ += static_cast<char>(number >> (8 * i) & 0xff);
  }

  MarshalGraph graph_;
  std::vector<std::uint32_t> holders_;                 // for each object, how often it is held
  std::vector<std::optional<std::uint32_t>> numbers_;  // of what was written and is referred to
  std::uint32_t next_number_ = 0;
  std::string out_;
};

}  // namespace

std::string canonical_marshal(std::string_view stream, int minor) {
  return Writer(read_marshalled_code(stream, minor)).write();
}

}  // namespace lambda_pack
