// canonical_marshal for whole libraries: <minor>; on stdin any number of streams, each after its size (four bytes, the
// lowest first); on stdout their canonical forms in the same way.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "marshal/canonical.hpp"

int main(int, char** argv) {
  const int minor = std::atoi(argv[1]);
  unsigned char size[4];
  while (std::fread(size, 1, 4, stdin) == 4) {
    std::string stream(size[0] | size[1] << 8 | size[2] << 16 | std::size_t{size[3]} << 24, '\0');
    if (std::fread(stream.data(), 1, stream.size(), stdin) != stream.size()) return 1;
    const std::string canonical = lambda_pack::canonical_marshal(stream, minor);
    for (int i = 0; i < 4; ++i) size[i] = static_cast<unsigned char>(canonical.size() >> (8 * i) & 0xff);
    std::fwrite(size, 1, 4, stdout);
    std::fwrite(canonical.data(), 1, canonical.size(), stdout);
  }
}
