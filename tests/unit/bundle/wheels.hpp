// Wheels made for tests.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "bundle/bundle.hpp"

namespace lambda_pack {

// Writes `<name>-<version>-<tag>.whl` with the given files and a proper .dist-info below `folder`; its bundle entry.
BundleWheel write_wheel(const std::filesystem::path& folder, const std::string& name,
                        const std::map<std::string, std::string>& files, const std::string& tag = "py3-none-any",
                        const std::string& version = "1.0");

// The least of an ELF file: a 64-bit header of the machine, with nothing in it.
std::string tiny_elf(std::uint16_t machine);

}  // namespace lambda_pack
