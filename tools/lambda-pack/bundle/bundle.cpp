#include "bundle/bundle.hpp"

#include <algorithm>
#include <set>

#include "archive/deflate.hpp"
#include "archive/elf.hpp"
#include "archive/elf_strip.hpp"
#include "archive/packed.hpp"
#include "archive/record.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "bundle/bytecode_files.hpp"
#include "bundle/conflicts.hpp"
#include "bundle/stored_wheel.hpp"

namespace lambda_pack {
namespace {

std::string label_of(const Wheel& wheel) { return wheel.name.name.str() + " " + wheel.name.version.str(); }

// Whether the wheel's own RECORD still describes what is installed.
bool record_is_true(const Wheel& wheel) {
  return wheel.dropped.empty() && std::all_of(wheel.files.begin(), wheel.files.end(),
                                              [](const WheelFile& file) { return file.path == file.entry->path; });
}

// RECORD's text without the rows of the excluded paths.
std::string record_without(const std::string& text, const std::set<std::string>& excluded) {
  const Record record(text);
  std::vector<RecordRow> rows;
  for (const RecordRow& row : record.rows()) {
    if (!excluded.contains(std::string(row.path))) rows.push_back(row);
  }
  return record_text(rows);
}

bool by_path(const BundleFile& a, const BundleFile& b) { return *a.part.path < *b.part.path; }

}  // namespace

class BundleBuilder {
 public:
  explicit BundleBuilder(const BundleRequest& request) : request_(request), used_(request.exclude.size()) {}

  Bundle build() {
    for (const BundleWheel& wheel : request_.wheels) add_wheel(wheel);
    add_files("the project", true, request_.project_files);
    add_files("FILES", false, request_.files);
    add_extensions();
    std::stable_sort(bundle_.files_.begin(), bundle_.files_.end(), by_path);
    resolve_conflicts(bundle_, bundle_.files_, bundle_.warnings_);
    if (request_.minor != 0)
      add_bytecode(bundle_, request_, [this](const ArchivePath& path) { return is_excluded(path); });
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (!used_[i]) bundle_.warnings_.push_back("EXCLUDE " + request_.exclude[i].str() + " matches no file");
    }
    return std::move(bundle_);
  }

 private:
  static void open(BundleSource& source) {
    const std::string name = source.path.filename().string();
    source.bytes.emplace(source.path);
    try {
      source.archive.emplace(ZipArchive::parse(source.bytes->bytes(), name));
      source.wheel.emplace(read_wheel(*source.archive, name));
      source.bytes->release();  // every entry was looked at, so all of the wheel by now, which is not read on soon
    } catch (const Error& error) {
      require_undamaged(source);
      if (!source.is_project) throw;
      throw Error(error.what(), "the project's own build backend made this wheel: look at what it puts there");
    }
  }

  void add_wheel(const BundleWheel& wanted) {
    BundleSource& source = bundle_.sources_.emplace_back();
    source.path = wanted.path;
    source.digest = wanted.digest;
    source.is_project = wanted.is_project;
    source.prefix = wanted.prefix;
    open(source);
    source.label = label_of(*source.wheel);
    for (const std::string& warning : source.wheel->warnings)
      bundle_.warnings_.push_back(source.label + ": " + warning);

    std::set<std::string> excluded;
    bundle_.files_.reserve(bundle_.files_.size() + source.wheel->files.size() + 1);
    for (const WheelFile& file : source.wheel->files) {
      if (is_excluded(file.path)) {
        excluded.insert(file.path.str());
      } else {
        add_wheel_file(source, file);
      }
    }
    add_record(source, excluded);
  }

  bool is_excluded(const ArchivePath& path) {
    bool excluded = false;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (!request_.exclude[i].matches(path.str())) continue;
      used_[i] = excluded = true;
    }
    return excluded;
  }

  void add_wheel_file(const BundleSource& source, const WheelFile& file) {
    const ZipEntry& entry = *file.entry;
    const ArchivePath& path = placed(source, file.path);
    if (source.is_project) {
      add_content(source, path, source.archive->content(entry), entry.executable, &entry);
      return;
    }
    bundle_.files_.push_back(
        {{&path, entry.method, entry.crc32, entry.size, entry.executable, entry.data}, &source, &entry});
  }

  // Where the source puts a file. What it returns lives as long as the bundle.
  const ArchivePath& placed(const BundleSource& source, const ArchivePath& path) {
    return source.prefix.empty() ? path : bundle_.paths_.emplace_back(source.prefix + path.str());
  }

  // The wheel's own RECORD is spliced like any other entry while it still tells the truth.
  void add_record(const BundleSource& source, const std::set<std::string>& excluded) {
    const Wheel& wheel = *source.wheel;
    const ArchivePath own_path = wheel.record_path();
    if (is_excluded(own_path)) return;
    const ArchivePath& path = bundle_.paths_.emplace_back(source.prefix + own_path.str());
    const ZipEntry* own = source.archive->find(own_path.str());
    if (!excluded.empty()) {
      add_content(source, path, record_without(wheel.record, excluded), false, nullptr);
    } else if (source.is_project || own == nullptr || !record_is_true(wheel)) {
      add_content(source, path, wheel.record, false, nullptr);
    } else {
      bundle_.files_.push_back({{&path, own->method, own->crc32, own->size, false, own->data}, &source, own});
    }
  }

  void add_files(const char* label, bool is_project, const std::vector<ExtraFile>& files) {
    if (files.empty()) return;
    BundleSource& source = bundle_.sources_.emplace_back();
    source.label = label;
    source.is_project = is_project;
    for (const ExtraFile& file : files) {
      if (is_project && is_excluded(file.destination)) continue;
      const ArchivePath& path = bundle_.paths_.emplace_back(file.destination);
      add_content(source, path, read_file(file.source), file.executable, nullptr);
    }
  }

  void add_extensions() {
    if (request_.extensions.empty()) return;
    BundleSource& source = bundle_.sources_.emplace_back();
    source.label = "EXTENSIONS";
    source.is_extensions = true;
    for (const ExtraFile& file : request_.extensions) {
      std::string content = read_file(file.source);
      require_elf(file, content);
      if (request_.strip_extensions) content = stripped_elf(content);
      add_content(source, bundle_.paths_.emplace_back(file.destination), std::move(content), false, nullptr);
    }
  }

  static void require_elf(const ExtraFile& file, const std::string& content) {
    if (elf_facts(std::as_bytes(std::span(content)))) return;
    throw Error("EXTENSIONS: " + file.source.string() + " is no shared library for Linux",
                "Lambda runs on Linux: compile it for the package's RUNTIME and ARCHITECTURE, as "
                "lambda_python_add_extension() and the toolchain file do on any machine");
  }

  void add_content(const BundleSource& source, const ArchivePath& path, std::string content, bool executable,
                   const ZipEntry* entry) {
    if (content.size() > UINT32_MAX) throw Error(source.label + ": " + path.str() + " is larger than 4 GiB");
    const Packed& packed = bundle_.packed_.emplace_back(pack(std::move(content)));
    bundle_.files_.push_back({packed.part(path, executable), &source, entry});
  }

  const BundleRequest& request_;
  std::vector<bool> used_;  // for each pattern, whether it matched anything
  Bundle bundle_;
};

void Bundle::drop_bytecode() {
  std::erase_if(files_, [](const BundleFile& file) { return file.is_bytecode; });
  bytecode_sources_.clear();
}

void Bundle::release_pages() const {
  for (const auto* sources : {&sources_, &bytecode_sources_}) {
    for (const BundleSource& source : *sources) {
      if (source.bytes) source.bytes->release();
    }
  }
}

Bundle make_bundle(const BundleRequest& request) { return BundleBuilder(request).build(); }

const BundleFile* Bundle::find(std::string_view path) const {
  const auto at = std::lower_bound(files_.begin(), files_.end(), path, [](const BundleFile& file, std::string_view p) {
    return file.part.path->str() < p;
  });
  return at != files_.end() && at->part.path->str() == path ? &*at : nullptr;
}

std::string Bundle::content(const BundleFile& file) const {
  if (file.entry != nullptr) return file.source->archive->content(*file.entry);
  if (file.part.method == ZipMethod::deflated) return inflated(file.part.data, file.part.size);
  return {reinterpret_cast<const char*>(file.part.data.data()), file.part.data.size()};
}

std::uint64_t Bundle::unzipped_size() const {
  std::uint64_t sum = 0;
  for (const BundleFile& file : files_) sum += file.part.size;
  return sum;
}

}  // namespace lambda_pack
