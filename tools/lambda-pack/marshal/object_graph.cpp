#include "marshal/object_graph.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "marshal/object_pool.hpp"

namespace lambda_pack {
namespace {

// MAX_MARSHAL_STACK_DEPTH of most systems.
constexpr std::size_t kGreatestDepth = 2000;
constexpr unsigned kReferenceFlag = 0x80;
constexpr char kReference = 'r';

[[noreturn]] void refuse(std::string_view what) { throw Error("marshalled code is damaged: " + std::string(what)); }

// Four bytes, the lowest first.
std::uint32_t number_at(std::string_view bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = 4; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

// What CPython's compiler interns of constants: all that could be a name of ASCII characters.
bool could_be_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Strings of one character are the same object in a whole process, so that somebody else may have interned it.
MarshalKind normalized(MarshalKind kind, std::string_view sized) {
  switch (kind) {
    case MarshalKind::short_ascii:
    case MarshalKind::short_ascii_interned:
      return could_be_name(sized.substr(1)) ? MarshalKind::short_ascii_interned : MarshalKind::short_ascii;
    case MarshalKind::ascii:
    case MarshalKind::ascii_interned:
      return could_be_name(sized.substr(4)) ? MarshalKind::ascii_interned : MarshalKind::ascii;
    case MarshalKind::interned: return MarshalKind::unicode;
    default: return kind;
  }
}

class Reader {
 public:
  Reader(std::string_view stream, int minor) : rest_(stream), minor_(minor) {}

  MarshalGraph read() {
    const std::uint32_t root = read_object();
    if (pool_[root].kind != MarshalKind::code) refuse("it is no code object");
    if (!rest_.empty()) refuse("something follows it");
    return {pool_.take(), root};
  }

 private:
  std::string_view take(std::size_t size) {
    if (rest_.size() < size) refuse("it ends too early");
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  // A size of four bytes, which must be no more than what is there: every object needs a byte at least.
  std::size_t size_at(std::string_view bytes) const {
    const std::uint32_t size = number_at(bytes);
    if (size > rest_.size()) refuse("a size is larger than what follows");
    return size;
  }

  // A size of `width` bytes and what has that size, as one view.
  std::string_view take_sized(std::size_t width) {
    const std::string_view from = rest_;
    const std::string_view size = take(width);
    const std::size_t length = width == 1 ? static_cast<unsigned char>(size[0]) : size_at(size);
    take(length);
    return from.substr(0, width + length);
  }

  // A number of 15-bit digits, negative for a negative integer, and the digits.
  std::string_view take_long() {
    const std::string_view from = rest_;
    std::uint32_t count = number_at(take(4));
    if ((count & 0x80000000u) != 0) count = 0 - count;
    if (count > rest_.size() / 2) refuse("an integer is longer than what follows");
    take(std::size_t{2} * count);
    return from.substr(0, 4 + std::size_t{2} * count);
  }

  std::uint32_t read_reference() {
    const std::uint32_t number = number_at(take(4));
    if (number >= referable_.size()) refuse("it refers to what is not there");
    if (!referable_[number]) refuse("an object holds itself");
    return *referable_[number];
  }

  // An object that waits for those it holds.
  struct Open {
    MarshalObject object;
    std::size_t missing = 0;               // how many of them are still to be read
    std::optional<std::size_t> reference;  // its place in referable_
  };

  // Without recursion, since what a stream may nest would take more stack than some threads have.
  std::uint32_t read_object() {
    std::vector<Open> open;
    while (true) {
      std::optional<std::uint32_t> whole = begin_object(open);
      while (whole && !open.empty()) {
        add_child(open.back(), *whole);
        if (open.back().missing > 0) {
          whole.reset();
        } else {
          whole = finish(open.back());
          open.pop_back();
        }
      }
      if (whole) return *whole;
    }
  }

  // The number of an object that holds no others; one that does is opened.
  std::optional<std::uint32_t> begin_object(std::vector<Open>& open) {
    if (open.size() > kGreatestDepth) refuse("it is nested too deeply");
    const auto type = static_cast<unsigned char>(take(1)[0]);
    const char kind = static_cast<char>(type & ~kReferenceFlag);
    const bool flagged = (type & kReferenceFlag) != 0;
    if (kind == kReference && !flagged) return read_reference();

    Open begun;
    begun.object.kind = static_cast<MarshalKind>(kind);
    if (flagged) {  // objects are numbered by their first bytes
      begun.reference = referable_.size();
      referable_.emplace_back();
    }
    begun.missing = read_head(begun.object, flagged);
    if (begun.missing == 0) return finish(begun);
    open.push_back(std::move(begun));
    return std::nullopt;
  }

  void add_child(Open& holder, std::uint32_t child) {
    holder.object.children.push_back(child);
    --holder.missing;
    const bool line_follows = holder.object.children.size() == kCodeObjectsBeforeLine;
    if (holder.object.kind == MarshalKind::code && line_follows) holder.object.middle = take(4);
  }

  std::uint32_t finish(Open& whole) {
    whole.object.kind = normalized(whole.object.kind, whole.object.head);
    const std::uint32_t added = pool_.add(std::move(whole.object));
    if (whole.reference) referable_[*whole.reference] = added;
    return added;
  }

  // Returns how many objects follow that it holds.
  std::size_t read_head(MarshalObject& object, bool flagged) {
    switch (object.kind) {
      case MarshalKind::none:
      case MarshalKind::false_value:
      case MarshalKind::true_value:
      case MarshalKind::ellipsis:
        if (flagged) refuse("a constant that is its own reference is referred to");
        return 0;
      case MarshalKind::int32: object.head = take(4); return 0;
      case MarshalKind::long_integer: object.head = take_long(); return 0;
      case MarshalKind::binary_float: object.head = take(8); return 0;
      case MarshalKind::binary_complex: object.head = take(16); return 0;
      case MarshalKind::short_ascii:
      case MarshalKind::short_ascii_interned: object.head = take_sized(1); return 0;
      case MarshalKind::bytes:
      case MarshalKind::unicode:
      case MarshalKind::interned:
      case MarshalKind::ascii:
      case MarshalKind::ascii_interned: object.head = take_sized(4); return 0;
      case MarshalKind::small_tuple: object.head = take(1); return static_cast<unsigned char>(object.head[0]);
      case MarshalKind::tuple:
      case MarshalKind::frozenset: object.head = take(4); return size_at(object.head);
      case MarshalKind::slice:
        if (minor_ < 14) break;
        return 3;
      // 3.8 to 3.10: six numbers, eight objects, the first line, the line table. From 3.11: five numbers, eight other
      // objects, the first line, the line table and the exception table. A number has four bytes.
      case MarshalKind::code:
        object.head = take(minor_ < 11 ? 24 : 20);
        return kCodeObjectsBeforeLine + (minor_ < 11 ? 1 : 2);
    }
    refuse("there is an object of a kind that code does not hold");
  }

  std::string_view rest_;
  int minor_;
  ObjectPool pool_;
  std::vector<std::optional<std::uint32_t>> referable_;  // what has a flag; nothing while it is being read
};

}  // namespace

MarshalGraph read_marshalled_code(std::string_view stream, int minor) { return Reader(stream, minor).read(); }

}  // namespace lambda_pack
