// AWS Lambda's limits (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). Bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lambda_pack {

// Function plus layers, unzipped, must stay below this.
inline constexpr std::uint64_t kUnzippedLimit = 262'144'000;
// Layers of a function.
inline constexpr std::size_t kMostLayers = 5;
// A larger zip cannot be uploaded through the API and goes through S3: "50 MB" there is 50 MiB, since the raw
// request may have 69905067 bytes of base64.
inline constexpr std::uint64_t kDirectUploadLimit = 52'428'800;

// A function that says nothing else has these.
inline constexpr int kDefaultMemory = 128;  // MB
inline constexpr int kDefaultTimeout = 3;   // seconds

}  // namespace lambda_pack
