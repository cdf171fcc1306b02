#include "build/git_checkout.hpp"

#include <cstdlib>
#include <system_error>

#include "base/error.hpp"
#include "base/text.hpp"
#include "build/tools.hpp"
#include "system/files.hpp"
#include "system/hashing.hpp"
#include "system/process.hpp"
#include "system/report.hpp"

namespace lambda_pack {
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;

// Where user and password stand in an address: `https://<user>:<password>@host/…`.
std::string_view credentials_in(std::string_view repository) {
  const std::size_t scheme = repository.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::string_view rest = repository.substr(scheme + 3);
  const std::size_t at = rest.substr(0, rest.find('/')).rfind('@');
  return at == std::string_view::npos ? std::string_view() : rest.substr(0, at + 1);
}

std::string without(std::string text, std::string_view part) {
  for (std::size_t at = text.find(part); !part.empty() && at != std::string::npos; at = text.find(part)) {
    text.erase(at, part.size());
  }
  return text;
}

// What a git that calls us (a hook, a rebase) tells those below it about its own repository.
constexpr const char* kOfAnotherRepository[] = {
    "GIT_DIR",        "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX",     "GIT_SHALLOW_FILE",     "GIT_CEILING_DIRECTORIES"};

// Credentials come from helpers, netrc and keys: nothing may wait for an answer in the middle of a build.
EnvironmentChanges git_settings() {
  EnvironmentChanges changes{{"GIT_TERMINAL_PROMPT", "0"}};
  for (const char* name : kOfAnotherRepository) changes[name] = std::nullopt;
  if (std::getenv("GIT_SSH_COMMAND") == nullptr && std::getenv("GIT_SSH") == nullptr) {
    const Outcome configured = run({{"git", "config", "--get", "core.sshCommand"}, {}, changes, {}});
    if (!configured.succeeded()) changes["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes";
  }
  return changes;
}

// A repository that is being filled.
class Clone {
 public:
  Clone(const GitCheckoutRequest& request, fs::path folder)
      : request_(request), folder_(std::move(folder)), settings_(git_settings()) {}

  void fill() const {
    require({"init", "--quiet"}, "cannot make a repository for ");
    require({"remote", "add", "origin", request_.repository}, "cannot use ");
    fetch();
    require({"checkout", "--quiet", "--detach", request_.commit}, "cannot check out ");
    require({"submodule", "update", "--init", "--recursive", "--quiet"}, "cannot fetch the submodules of ");
    require({"remote", "set-url", "origin", shown()}, "cannot use ");  // the store is no place for a password
  }

 private:
  // All branches and tags, since versions are taken from them, but files only of the commit, where the server can do
  // that; then the commit itself, which may be on no branch any more.
  void fetch() const {
    const Outcome all =
        git({"fetch", "--quiet", "--tags", "--filter=blob:none", "origin", "+refs/heads/*:refs/remotes/origin/*"});
    if (has_commit()) return;
    const Outcome one = git({"fetch", "--quiet", "--filter=blob:none", "origin", request_.commit});
    if (has_commit()) return;
    const bool by_reference = !request_.reference.empty() && !request_.reference.starts_with('-');
    if (by_reference) git({"fetch", "--quiet", "--filter=blob:none", "origin", request_.reference});
    if (has_commit()) return;
    if (!all.succeeded()) refuse("cannot fetch ", all);
    throw Error("the repository " + shown() + " has no commit " + request_.commit + ", which the lock takes " +
                    request_.wanted_for + " from",
                "a branch was rewritten, or the repository was replaced: lock " + request_.wanted_for + " again");
  }

  bool has_commit() const { return git({"cat-file", "-e", request_.commit + "^{commit}"}).succeeded(); }

  Outcome git(const Words& arguments) const {
    Words words{"git", "-c", "core.autocrlf=false"};  // the same bytes for everybody
    words.insert(words.end(), arguments.begin(), arguments.end());
    return run({words, folder_, settings_, {}});
  }

  void require(const Words& arguments, const char* failure) const {
    const Outcome outcome = git(arguments);
    if (!outcome.succeeded()) refuse(failure, outcome);
  }

  std::string shown() const { return without_credentials(request_.repository); }

  [[noreturn]] void refuse(const char* failure, Outcome outcome) const {
    const std::string_view credentials = credentials_in(request_.repository);
    outcome.output = without(outcome.output, credentials);
    outcome.diagnostics = without(outcome.diagnostics, credentials);
    throw Error(with_output(failure + shown() + " at " + request_.commit + ", which the lock takes " +
                                request_.wanted_for + " from",
                            outcome),
                "`git ls-remote " + shown() +
                    "` must work here without a question: with a credential helper, a token "
                    "in ~/.netrc, or a key in the ssh agent");
  }

  const GitCheckoutRequest& request_;
  fs::path folder_;
  EnvironmentChanges settings_;
};

void require_plain(const GitCheckoutRequest& request) {
  // `-` would begin an option, and `ext::` and its like run programs.
  const bool plain = !request.repository.empty() && request.repository.front() != '-' &&
                     request.repository.find("::") == std::string::npos;
  if (!plain) {
    throw Error(quote(request.repository) + ", from which the lock takes " + request.wanted_for +
                    ", is no address of a "
                    "git repository",
                "https://…, ssh://… or git@host:…");
  }
  if (!find_program("git")) {
    throw Error(
        "there is no git, which brings " + request.wanted_for + " from " + without_credentials(request.repository),
        "install git, or depend on a wheel of it");
  }
}

}  // namespace

std::string without_credentials(const std::string& repository) {
  return without(repository, credentials_in(repository));
}

fs::path git_checkout(const GitCheckoutRequest& request) {
  // The same commit is the same content, wherever it comes from; only its submodules' addresses and its tags may
  // differ.
  const std::string key = sha256_of(without_credentials(request.repository) + "\n" + lowered(request.commit)).hex();
  const fs::path folder = request.parent / key.substr(0, 24);
  std::error_code error;
  if (fs::exists(folder, error)) return folder;
  require_plain(request);
  if (request.offline) {
    throw Error("offline, and not in the store: " + request.wanted_for + ", which the lock takes from " +
                    without_credentials(request.repository) + " at " + request.commit,
                "build once with the network (LAMBDA_PYTHON_OFFLINE off), or copy a filled store there");
  }
  fs::create_directories(request.parent, error);
  if (error) throw_system_error("making the folder", request.parent, error.value());
  const FileLock lock(folder.string() + ".lock");
  if (fs::exists(folder, error)) return folder;  // another process made it meanwhile
  say("fetching " + request.wanted_for + " from " + without_credentials(request.repository));
  const TemporaryFolder scratch(request.parent, ".fetching-");
  const fs::path clone = scratch.path() / "clone";
  fs::create_directory(clone);
  Clone(request, clone).fill();
  fs::rename(clone, folder, error);
  if (error) throw_system_error("moving into the store", folder, error.value());
  return folder;
}

}  // namespace lambda_pack
