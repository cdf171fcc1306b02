#include "system/hashing.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

TEST(Hashing, AgreesWithThePublishedVectors) {
  EXPECT_EQ(sha256_of(std::string_view("abc")).hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_hex("sha384", std::as_bytes(std::span("abc", 3))),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            "8086072ba1e7cc2358baeca134c825a7");
}

TEST(Hashing, InPiecesGivesTheSame) {
  Sha256Hasher hasher;
  hasher.update(std::string_view("a"));
  hasher.update(std::string_view());
  hasher.update(std::string_view("bc"));
  EXPECT_EQ(hasher.finish(), sha256_of(std::string_view("abc")));
}

}  // namespace
}  // namespace lambda_pack
