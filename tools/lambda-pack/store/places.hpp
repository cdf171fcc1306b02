// Where a distribution's file may be found, and the pages that say so.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lock/selection.hpp"
#include "store/credentials.hpp"
#include "store/downloads.hpp"
#include "store/event_loop.hpp"
#include "store/index_page.hpp"
#include "store/index_settings.hpp"
#include "store/transfer.hpp"

namespace lambda_pack {

// One place to look for a file.
struct Place {
  enum class Kind {
    file,   // `url` is the file itself
    index,  // `url` is the distribution's page of a simple API
    links,  // `url` is a folder or a page of links, to any distribution
  };
  Kind kind;
  Url url;
  bool operator==(const Place&) const = default;
};

// The places for each distribution, in the order to try them: the lock's own URL, the source the lock names, then
// the indexes and links of the user's installer. The installer is asked at most once, and not before a file needs
// it.
class Places {
 public:
  Places(const DownloadOptions& options, CredentialBook& credentials);

  // The place with that number for the distribution; nothing when there are no more. Throws Error when the next
  // place would be the installer's index and the installer cannot be asked.
  std::optional<Place> place(const SelectedDistribution& wanted, std::size_t number);

 private:
  std::vector<Place> locked_places(const SelectedDistribution& wanted) const;
  const std::vector<Place>& users_places();
  void add_users_indexes(const std::vector<NamedIndex>& indexes);
  void add_users_links(const std::vector<std::string>& locations);

  const DownloadOptions& options_;
  CredentialBook& credentials_;
  std::optional<std::vector<Place>> users_;  // Kind::index places are the indexes' roots here
};

// The URL of a distribution's page below the root of a simple API (PEP 503: normalised name and a trailing `/`).
Url distribution_page(const Url& index_root, const DistributionName& name);

using PageOrFailure = std::variant<std::shared_ptr<const IndexPage>, Failure>;

// Fetches pages, each once however many ask for it at a time (pages of links: ever); from the network, or from a
// local folder or file.
class Pages {
 public:
  Pages(Transfers& transfers, Workers& workers) : transfers_(transfers), workers_(workers) {}

  // `done` may be called before this returns.
  void get(const Place& place, std::function<void(const PageOrFailure&)> done);

 private:
  struct Page {
    bool kept = false;
    std::optional<PageOrFailure> outcome;
    std::vector<std::function<void(const PageOrFailure&)>> waiting;
  };
  void settle(const std::string& key, PageOrFailure outcome);
  void fetched(const std::string& key, TransferResult result);

  Transfers& transfers_;
  Workers& workers_;
  std::map<std::string, Page> pages_;
};

}  // namespace lambda_pack
