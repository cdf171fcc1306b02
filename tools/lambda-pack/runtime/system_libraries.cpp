#include "runtime/system_libraries.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace lambda_pack {
namespace {

constexpr std::string_view kReadOn = "2026-11-24";

// glibc 2.26 and 2.34 themselves, and what comes with GCC; zlib, which Python's own module loads. Sources: the policies
// of PEP 513 and PEP 600 less the libraries of desktops, none of which Lambda has (libX11, libGL, libglib).
constexpr std::array<std::string_view, 14> kEverywhere = {
    "libBrokenLocale.so.1", "libanl.so.1", "libc.so.6",       "libdl.so.2",     "libgcc_s.so.1", "libm.so.6",
    "libmvec.so.1",         "libnsl.so.1", "libpthread.so.0", "libresolv.so.2", "librt.so.1",    "libstdc++.so.6",
    "libutil.so.1",         "libz.so.1"};

// Amazon Linux 2: OpenSSL 1.0.2, as a function that lists /lib64 reports it
// (https://github.com/awslabs/aws-media-replay-engine/issues/13), and glibc's own libcrypt.
constexpr std::array<std::string_view, 3> kAmazonLinux2 = {"libcrypt.so.1", "libcrypto.so.10", "libssl.so.10"};

// Amazon Linux 2023: OpenSSL 3, which the runtime's own _ssl loads, and libxcrypt. No libexpat
// (https://github.com/developmentseed/eoapi-cdk/issues/181).
constexpr std::array<std::string_view, 3> kAmazonLinux2023 = {"libcrypt.so.2", "libcrypto.so.3", "libssl.so.3"};

template <std::size_t Size>
bool has(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool runtime_has_library(const Target& target, std::string_view name) {
  const bool is_x86 = target.architecture == Architecture::x86_64;
  if (name == (is_x86 ? "ld-linux-x86-64.so.2" : "ld-linux-aarch64.so.1")) return true;
  if (name == "libmvec.so.1" && !is_x86) return false;                                         // from glibc 2.38
  if (name == "libpython3." + std::to_string(target.runtime->minor) + ".so.1.0") return true;  // in /var/lang/lib
  if (has(kEverywhere, name)) return true;
  return target.runtime->system == "Amazon Linux 2" ? has(kAmazonLinux2, name) : has(kAmazonLinux2023, name);
}

std::string_view system_libraries_read_on() { return kReadOn; }

}  // namespace lambda_pack
