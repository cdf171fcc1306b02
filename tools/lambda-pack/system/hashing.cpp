#include "system/hashing.hpp"

// Only the functions of SHA-256 itself let one out of a computation with what it has come to; OpenSSL 3 calls them
// deprecated. They are the same code, and start without the search for providers.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>

#include "base/error.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace {

const EVP_MD* algorithm_named(std::string_view name) {
  if (name == "sha256") return EVP_sha256();
  if (name == "sha384") return EVP_sha384();
  if (name == "sha512") return EVP_sha512();
  throw Error("unknown digest algorithm " + std::string(name));
}

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

Context new_context(const EVP_MD* algorithm) {
  Context context(EVP_MD_CTX_new());
  if (!context || EVP_DigestInit_ex(context.get(), algorithm, nullptr) != 1) {
    throw Error("OpenSSL cannot compute digests");
  }
  return context;
}

void add(const Context& context, std::span<const std::byte> bytes) {
  if (EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1) throw Error("OpenSSL cannot compute digests");
}

}  // namespace

struct Sha256Hasher::State {
  State() { SHA256_Init(&context); }
  SHA256_CTX context;
};

Sha256Hasher::Sha256Hasher() : state_(std::make_unique<State>()) {}

Sha256Hasher::Sha256Hasher(const Sha256Progress& progress) : Sha256Hasher() {
  SHA256_CTX& context = state_->context;
  std::ranges::copy(progress.words, context.h);
  const std::uint64_t bits = 8 * (progress.length - progress.rest.size());
  context.Nl = static_cast<std::uint32_t>(bits);
  context.Nh = static_cast<std::uint32_t>(bits >> 32);
  update(progress.rest);
}

Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;
Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::update(std::span<const std::byte> bytes) {
  SHA256_Update(&state_->context, bytes.data(), bytes.size());
}
void Sha256Hasher::update(std::string_view text) { update(std::as_bytes(std::span(text))); }

Sha256Progress Sha256Hasher::progress() const {
  const SHA256_CTX& context = state_->context;
  Sha256Progress progress;
  std::ranges::copy(context.h, progress.words.begin());
  progress.length = (std::uint64_t{context.Nh} << 32 | context.Nl) / 8;
  progress.rest.assign(reinterpret_cast<const char*>(context.data), context.num);
  return progress;
}

Sha256 Sha256Hasher::finish() {
  Sha256 digest;
  SHA256_Final(digest.bytes.data(), &state_->context);
  return digest;
}

Sha256 sha256_of(std::span<const std::byte> bytes) {
  Sha256Hasher hasher;
  hasher.update(bytes);
  return hasher.finish();
}

Sha256 sha256_of(std::string_view text) { return sha256_of(std::as_bytes(std::span(text))); }

Sha256 sha256_of_file(const std::filesystem::path& path) {
  Sha256Hasher hasher;
  read_in_pieces(path, [&](std::span<const std::byte> piece) {
    hasher.update(piece);
    return true;
  });
  return hasher.finish();
}

std::string digest_hex(std::string_view algorithm, std::span<const std::byte> bytes) {
  const Context context = new_context(algorithm_named(algorithm));
  add(context, bytes);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += digits[digest[i] >> 4];
    text += digits[digest[i] & 15];
  }
  return text;
}

}  // namespace lambda_pack
