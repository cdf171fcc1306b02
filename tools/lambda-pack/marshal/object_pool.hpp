// Objects of a marshal stream, equal ones once. Private to this room.
#pragma once

#include <string>
#include <unordered_map>

#include "marshal/object_graph.hpp"

namespace lambda_pack {

class ObjectPool {
 public:
  // The number of the object that equals this one; for a code object always a new one. The children are in the pool.
  // Throws Error for sets too large to be sorted.
  std::uint32_t add(MarshalObject object);

  const MarshalObject& operator[](std::uint32_t number) const { return objects_[number]; }
  std::vector<MarshalObject> take() { return std::move(objects_); }

 private:
  void sort(MarshalObject& set);
  void write_alone(std::uint32_t number, std::string& text);

  std::vector<MarshalObject> objects_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::size_t sorting_bytes_ = 0;
};

}  // namespace lambda_pack
