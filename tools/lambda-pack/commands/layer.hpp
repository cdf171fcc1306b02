// The way of the data for a layer: as commands/pipeline.hpp, for several runtimes and architectures at once.
#pragma once

#include <deque>
#include <set>
#include <vector>

#include "bundle/layer_layout.hpp"
#include "commands/pipeline.hpp"

namespace lambda_pack {

// Whether the settings describe a layer. Throws Error for a kind that there is none of.
bool is_layer(const Settings& settings);

class LayerPipeline {
 public:
  // `settings` must be completed and outlive the pipeline. Throws Error for runtimes and architectures that there are
  // none of, or none at all.
  explicit LayerPipeline(const Settings& settings);

  const std::vector<std::string>& runtimes() const { return runtimes_; }
  const std::vector<std::string>& architectures() const { return architectures_; }
  std::filesystem::path lock_file() const { return pipelines_.front().lock_file(); }

  // A selection for each runtime, from project and lock; what was read beside them is added to `read`.
  std::vector<Selection> select(std::set<std::filesystem::path>* read = nullptr) const;
  // The selection step's artifact, or select().
  std::vector<Selection> selections() const;

  // Brings every wheel of the selections into the store.
  std::vector<RuntimeWheels> fetch() const;
  // The fetch step's artifact, or fetch().
  std::vector<RuntimeWheels> wheels() const;

  // What the backends of the folders that the lock names may read.
  Inputs folder_inputs() const;

  // Wheels and FILES merged and checked, and meanwhile verified.
  CheckedBundle checked_bundle(Verification* verification = nullptr) const;

  // What a step that packs reads.
  Inputs packing_inputs() const;

 private:
  const Pipeline& pipeline_of(std::size_t runtime) const { return pipelines_[runtime * architectures_.size()]; }
  void require_known_distributions(const std::vector<Selection>& selections) const;
  void check_native(CheckedBundle& checked) const;

  const Settings& settings_;
  std::vector<std::string> runtimes_, architectures_;
  std::deque<Settings> each_;       // of a runtime and an architecture, runtime by runtime
  std::deque<Pipeline> pipelines_;  // of each_
};

// The steps of a layer: what run_export and the others do for one.
void export_layer(const Settings& settings);
void fetch_layer(const Settings& settings);
void stage_layer(const Settings& settings);
void zip_layer(const Settings& settings);
void check_layer(const Settings& settings);

}  // namespace lambda_pack
