// Commits of git repositories, brought here by the user's own git.
#pragma once

#include <filesystem>
#include <string>

namespace lambda_pack {

struct GitCheckoutRequest {
  std::string repository;        // an address as git takes it, or an absolute path
  std::string commit;            // whole, in hexadecimal
  std::string reference;         // branch, tag or other reference that led to it; may be empty
  std::string wanted_for;        // "common": for messages
  std::filesystem::path parent;  // the folder that holds all checkouts
  bool offline = false;
};

// The folder that has the repository's files at the commit, submodules included, with its `.git`, from which backends
// take versions; made on first use. Any number of processes may ask at once: one makes it, the others wait. Nobody may
// write there. Git runs with the user's configuration and credentials, and asks for nothing: no prompt of its own, none
// of ssh. Throws Error, with git's own words and without credentials, when there is no git, when the repository cannot
// be reached, when it has no such commit, and offline when there is no checkout yet.
std::filesystem::path git_checkout(const GitCheckoutRequest& request);

// The address without user and password, to be printed.
std::string without_credentials(const std::string& repository);

}  // namespace lambda_pack
