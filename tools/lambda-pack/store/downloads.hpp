// Bringing what is missing into the store: the only code that talks to the network (libcurl), in the library
// lambda_pack_network, which only the full program links.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "lock/project.hpp"
#include "lock/selection.hpp"
#include "store/store.hpp"

namespace lambda_pack {

// Where and how to download.
struct DownloadOptions {
  std::vector<ProjectIndex> indexes;  // pyproject's, for names and credentials of sources
  std::filesystem::path lock_folder;  // file sources are relative to it
  std::string python;                 // interpreter whose pip is asked for the user's index; empty: python3
  // Called, between two reads of the network, for each file that has been verified and moved into the store.
  std::function<void(const SelectedDistribution&, const std::filesystem::path& stored)> arrived = {};
  unsigned connections = 12;
  int attempts = 5;        // of one request, before the file fails; a megabyte of progress starts anew
  int stall_seconds = 30;  // a transfer below 200 bytes/s for so long is cut and tried again
  std::chrono::milliseconds first_pause{500};      // before the second attempt; doubled after each, with jitter
  std::chrono::milliseconds longest_pause{60000};  // between attempts, also when Retry-After asks for more
};

// Downloads the given distributions' files, many at once, resuming what an earlier run left, verifies each and
// moves it into the store. Those already there are passed over; those that another process is downloading are
// waited for. Says one line of progress on a terminal (count, bytes, rate), plain lines elsewhere; nothing when
// all are there. Throws, after every transfer has ended, the Error of the first distribution (in the given order)
// that failed: hash mismatch (both hashes, where it came from), index unreachable, 401/403 (which variables carry
// credentials), 404, stalled, cut. What arrived whole stays in the store, what arrived in part is kept for the
// next run.
void download(const std::vector<SelectedDistribution>& wanted, const Store& store, const DownloadOptions& options);

}  // namespace lambda_pack
