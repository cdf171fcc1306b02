// In which order a zip holds a bundle's files: what comes from the store's wheels first, since it is known first.
#pragma once

#include <cstddef>
#include <vector>

#include "archive/zip_writer.hpp"
#include "base/sha256.hpp"
#include "bundle/bundle.hpp"

namespace lambda_pack {

// First the head, sorted by path, then the rest, sorted by path.
struct ZipOrder {
  std::vector<const BundleFile*> files;
  std::size_t head = 0;  // how many of them

  // Of the first `count` files.
  std::vector<ZipPart> parts(std::size_t count) const;
  // How many pieces of a ZipLayout the files from `begin` to before `end` are.
  std::size_t pieces(std::size_t begin, std::size_t end) const;
  // Differs when any byte of the first `count` files does, given that wheels are what their digests say.
  Sha256 key(std::size_t count, ZipTime time) const;
};
ZipOrder zip_order(const Bundle& bundle);

}  // namespace lambda_pack
