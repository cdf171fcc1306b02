// The objects that a marshal stream describes.
// https://github.com/python/cpython/blob/main/Python/marshal.c is the only specification there is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace lambda_pack {

enum class MarshalKind : char {
  none = 'N',
  false_value = 'F',
  true_value = 'T',
  ellipsis = '.',
  int32 = 'i',
  long_integer = 'l',
  binary_float = 'g',
  binary_complex = 'y',
  bytes = 's',
  unicode = 'u',
  interned = 't',
  ascii = 'a',
  ascii_interned = 'A',
  short_ascii = 'z',
  short_ascii_interned = 'Z',
  tuple = '(',
  small_tuple = ')',
  frozenset = '>',
  slice = ':',  // since 3.14
  code = 'c',
};

// Number of the objects of a code object that stand before `middle`, its first line number.
inline constexpr std::size_t kCodeObjectsBeforeLine = 8;

// One object. In a stream its kind is followed by `head`, the objects that it holds and, among those of a code object,
// `middle`.
struct MarshalObject {
  MarshalKind kind = MarshalKind::none;
  std::string_view head, middle;
  std::vector<std::uint32_t> children;  // numbers of objects
};

// Objects, each after all that it holds. Equal ones are one, except for code objects, which are those of the stream;
// the elements of sets are in the order of their bytes; strings are marked as interned exactly when they could be
// names. The views point into the stream.
struct MarshalGraph {
  std::vector<MarshalObject> objects;
  std::uint32_t root = 0;
};

// Reads what marshal.dumps of CPython 3.<minor> made of a code object, and nothing else: kinds of objects that no
// compiler puts into one are refused. Throws Error for a stream that is damaged, or nested more deeply than CPython
// itself would read it.
MarshalGraph read_marshalled_code(std::string_view stream, int minor);

}  // namespace lambda_pack
