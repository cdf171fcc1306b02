// Wheels made for tests.
#pragma once

#include <map>
#include <string>

namespace lambda_pack::testing {

// The bytes of a wheel `<name>-1.0-py3-none-any.whl` with the given files and an honest .dist-info.
std::string wheel_bytes(const std::string& name, std::map<std::string, std::string> files);

// The least that is an ELF file of the machine.
std::string tiny_elf(unsigned machine);

}  // namespace lambda_pack::testing
