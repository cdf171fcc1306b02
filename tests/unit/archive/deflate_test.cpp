#include "archive/deflate.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>

#include "refusals.hpp"
#include "zip_builder.hpp"

namespace lambda_pack {
namespace {

using namespace testing;

std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

TEST(Deflate, KnowsTheCheckValueOfCrc32) {
  EXPECT_EQ(crc32_of(bytes_of("123456789")), 0xcbf43926u);
  EXPECT_EQ(crc32_of({}), 0u);
}

TEST(Deflate, InflatesWhatItDeflatedAtEveryLevel) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += std::to_string(i * i) + " ";
  for (int level = 1; level <= 12; ++level) {
    const std::string packed = deflated(bytes_of(text), level);
    EXPECT_LT(packed.size(), text.size());
    EXPECT_EQ(inflated(bytes_of(packed), text.size()), text);
  }
}

TEST(Deflate, LeavesWhatWouldNotShrink) {
  EXPECT_EQ(deflated({}), "");
  EXPECT_EQ(deflated(bytes_of("x")), "");
  EXPECT_EQ(deflated(bytes_of("xyz")), "");
  EXPECT_EQ(deflated(bytes_of(noise(10000))), "");
}

TEST(Deflate, GivesTheSameBytesInEveryThread) {
  const std::string text(100000, 'a');
  std::string other;
  std::thread thread([&] { other = deflated(bytes_of(text)); });
  thread.join();
  EXPECT_EQ(deflated(bytes_of(text)), other);
  EXPECT_EQ(deflated(bytes_of(text)), other);
}

TEST(Deflate, RefusesStreamsOfAnotherLength) {
  const std::string packed = deflated(bytes_of(std::string(1000, 'a')));
  EXPECT_EQ(refusal_of([&] { inflated(bytes_of(packed), 999); }),
            "its deflate stream holds more than the 999 bytes it should");
  EXPECT_EQ(refusal_of([&] { inflated(bytes_of(packed), 1001); }), "its deflate stream holds 1000 bytes, not 1001");
  EXPECT_EQ(refusal_of([&] { inflated(bytes_of(packed + "x"), 1000); }), "its deflate stream ends 1 bytes early");
  EXPECT_EQ(refusal_of([&] { inflated({}, 0); }), "its deflate stream is damaged");
}

TEST(Deflate, RefusesLevelsThatDoNotExist) {
  EXPECT_EQ(refusal_of([] { deflated(bytes_of("aaaaaaaa"), 13); }), "there is no compression level 13");
  EXPECT_EQ(refusal_of([] { deflated(bytes_of("aaaaaaaa"), 0); }), "there is no compression level 0");
}

TEST(Deflate, NamesItsLibraryAndVersion) { EXPECT_TRUE(compressor_name().starts_with("libdeflate 1.")); }

}  // namespace
}  // namespace lambda_pack
