#include "lock/selection.hpp"

#include <gtest/gtest.h>

#include "lock_texts.hpp"

namespace lambda_pack {
namespace {

Selection example() {
  Selection selection{"python3.12", "arm64", {}, {"a warning"}};
  const auto hash = *FileHash::parse(test::kHash);
  selection.distributions.push_back(
      {DistributionName("idna"), "3.4", {}, {"idna-3.4-py3-none-any.whl", {hash, hash}, "", 61538u}, false});
  selection.distributions.push_back({DistributionName("one"),
                                     "1",
                                     {SourceKind::url, "https://h/one-1.tar.gz", "", "", "py"},
                                     {"one-1.tar.gz", {hash}, "https://h/one-1.tar.gz", {}},
                                     true});
  selection.distributions.push_back({DistributionName("two"),
                                     "2",
                                     {SourceKind::file, "wheels/two-2-py3-none-any.whl", "", "", ""},
                                     {"two-2-py3-none-any.whl", {hash}, "", {}},
                                     false});
  return selection;
}

TEST(SelectionJson, ReadsWhatItWrote) { EXPECT_EQ(selection_from_json(to_json(example()), "s.json"), example()); }

TEST(SelectionJson, IsTheSameTextEveryTime) { EXPECT_EQ(to_json(example()), to_json(example())); }

TEST(SelectionJson, RefusesSomethingElseNamingTheFile) {
  EXPECT_STREQ(test::error_of([] { selection_from_json("[]", "s.json"); }).what(),
               "s.json is no selection: not a JSON object");
  EXPECT_STREQ(test::error_of([] { selection_from_json("{", "s.json"); }).what(),
               "s.json is no selection: not a JSON object");
  EXPECT_STREQ(test::error_of([] { selection_from_json("{\"format\": 2}", "s.json"); }).what(),
               "s.json: format is not 1");
  const auto error = test::error_of([] { selection_from_json("{\"format\": 1}", "s.json"); });
  EXPECT_STREQ(error.what(), "s.json: runtime is missing");
  EXPECT_EQ(error.hint(), "remove the file and run the export step again");
}

TEST(RequirementsTxt, PinsWithTheChosenFilesHashes) {
  EXPECT_EQ(requirements_txt(example()),
            "idna==3.4 \\\n    --hash=" + test::kHash + " \\\n    --hash=" + test::kHash +
                "\none @ https://h/one-1.tar.gz#subdirectory=py \\\n    --hash=" + test::kHash +
                "\n./wheels/two-2-py3-none-any.whl \\\n    --hash=" + test::kHash + "\n");
}

}  // namespace
}  // namespace lambda_pack
