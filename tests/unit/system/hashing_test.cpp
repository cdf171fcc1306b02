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

TEST(Hashing, GoesOnFromWhatAnotherHasherCameTo) {
  const std::string text(200, 'x');
  for (std::size_t middle = 0; middle <= text.size(); ++middle) {
    Sha256Hasher first;
    first.update(text.substr(0, middle));
    const Sha256Progress progress = first.progress();
    EXPECT_EQ(progress.length, middle);
    EXPECT_EQ(progress.rest.size(), middle % 64);
    Sha256Hasher second(progress);
    second.update(text.substr(middle));
    EXPECT_EQ(second.finish(), sha256_of(text)) << middle;
  }
}

TEST(Hashing, GoesOnAfterMoreBytesThan32BitsCount) {
  Sha256Progress progress;
  progress.words = {1, 2, 3, 4, 5, 6, 7, 8};
  progress.length = (std::uint64_t{5} << 32) + 64 * 7 + 3;
  progress.rest = "abc";
  const Sha256Progress again = Sha256Hasher(progress).progress();
  EXPECT_EQ(again.words, progress.words);
  EXPECT_EQ(again.length, progress.length);
  EXPECT_EQ(again.rest, "abc");
}

}  // namespace
}  // namespace lambda_pack
