#include "bundle/bytecode_files.hpp"

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "bundle/stored_wheel.hpp"
#include "bytecode/names.hpp"

namespace lambda_pack {
namespace {

constexpr std::string_view kCacheFolder = "__pycache__";

}  // namespace

class BytecodeFiles {
 public:
  BytecodeFiles(Bundle& bundle, const BundleRequest& request,
                const std::function<bool(const ArchivePath&)>& is_excluded)
      : bundle_(bundle), request_(request), is_excluded_(is_excluded) {}

  void add() {
    open_stored();
    any_in_cache_folders_ = std::ranges::any_of(bundle_.files_, [](const BundleFile& file) {
      return file.part.path->str().find(kCacheFolder) != std::string::npos;
    });
    for (const BundleFile& file : bundle_.files_) {
      const auto path = bytecode_path(file.part.path->str(), request_.minor);
      if (path && is_free(*path)) find(file, *path);
    }
    compile(true, of_project_);
    compile(false, of_files_);
    const auto middle = bundle_.files_.insert(bundle_.files_.end(), found_.begin(), found_.end());
    const auto by_path = [](const BundleFile& a, const BundleFile& b) { return *a.part.path < *b.part.path; };
    std::sort(middle, bundle_.files_.end(), by_path);
    std::inplace_merge(bundle_.files_.begin(), middle, bundle_.files_.end(), by_path);
  }

 private:
  struct Wanted {
    const BundleFile* source;
    std::string path;  // of the bytecode
  };

  void open_stored() {
    std::map<std::string, const BundleWheel*> wheels;
    for (const BundleWheel& wheel : request_.wheels) wheels.emplace(wheel.path.string(), &wheel);
    for (const BundleSource& source : bundle_.sources_) {
      const auto wheel = wheels.find(source.path.string());
      if (wheel == wheels.end() || !wheel->second->bytecode) continue;
      BundleSource& stored = bundle_.bytecode_sources_.emplace_back();
      stored.label = "bytecode of " + source.label;
      stored.path = wheel->second->bytecode->path;
      stored.bytes.emplace(stored.path);
      try {
        stored.archive.emplace(ZipArchive::parse(stored.bytes->bytes(), stored.label));
        stored.bytes->release();
      } catch (const Error&) {
        if (const auto damaged = damage_of(*wheel->second->bytecode)) refuse(*damaged);
        throw;
      }
      stored_.emplace(&source, &stored);
    }
  }

  // Whether nothing is there, nor a file where its folder would be.
  bool is_free(const std::string& path) const {
    if (!any_in_cache_folders_) return true;  // as nearly always
    return bundle_.find(path) == nullptr && bundle_.find(path.substr(0, path.rfind('/'))) == nullptr;
  }

  void find(const BundleFile& file, const std::string& path) {
    if (const auto at = stored_.find(file.source); at != stored_.end()) {
      const ZipEntry* entry = at->second->archive->find(path);
      if (entry == nullptr || is_excluded_(entry->path)) return;
      found_.push_back(
          {{&entry->path, entry->method, entry->crc32, entry->size, false, entry->data}, at->second, entry, true});
    } else if (request_.compile && (file.source->is_project || !file.source->wheel)) {
      (file.source->is_project ? of_project_ : of_files_).push_back({&file, path});
    }
  }

  void compile(bool of_project, const std::vector<Wanted>& wanted) {
    if (wanted.empty()) return;
    std::vector<PythonModule> modules;
    for (const Wanted& one : wanted) {
      modules.push_back(
          {one.source->part.path->str(), one.source->part.size, [this, &one] { return bundle_.content(*one.source); }});
    }
    std::vector<std::optional<Packed>> compiled = request_.compile(of_project, modules);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!compiled[i]) continue;
      const ArchivePath path(wanted[i].path);
      if (wanted[i].source->source->is_project && is_excluded_(path)) continue;
      const ArchivePath& kept = bundle_.paths_.emplace_back(path);
      const Packed& packed = bundle_.packed_.emplace_back(std::move(*compiled[i]));
      found_.push_back({packed.part(kept), wanted[i].source->source, nullptr, true});
    }
  }

  Bundle& bundle_;
  const BundleRequest& request_;
  const std::function<bool(const ArchivePath&)>& is_excluded_;
  std::map<const BundleSource*, const BundleSource*> stored_;  // of wheels
  std::vector<Wanted> of_project_, of_files_;
  std::vector<BundleFile> found_;
  bool any_in_cache_folders_ = false;
};

void add_bytecode(Bundle& bundle, const BundleRequest& request,
                  const std::function<bool(const ArchivePath&)>& is_excluded) {
  BytecodeFiles(bundle, request, is_excluded).add();
}

}  // namespace lambda_pack
