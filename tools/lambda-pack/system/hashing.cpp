#include "system/hashing.hpp"

#include <openssl/evp.h>

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
  Context context = new_context(EVP_sha256());
};

Sha256Hasher::Sha256Hasher() : state_(std::make_unique<State>()) {}
Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::update(std::span<const std::byte> bytes) { add(state_->context, bytes); }
void Sha256Hasher::update(std::string_view text) { update(std::as_bytes(std::span(text))); }

Sha256 Sha256Hasher::finish() {
  Sha256 digest;
  EVP_DigestFinal_ex(state_->context.get(), digest.bytes.data(), nullptr);
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
