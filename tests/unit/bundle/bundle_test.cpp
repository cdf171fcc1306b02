#include "bundle/bundle.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "wheels.hpp"

namespace lambda_pack {
namespace {

class BundleTest : public testing::Test {
 protected:
  BundleWheel wheel(const std::string& name, const std::map<std::string, std::string>& files) {
    return write_wheel(folder_.path(), name, files);
  }
  static std::string refusal(const BundleRequest& request) {
    try {
      make_bundle(request);
      return "no error";
    } catch (const Error& error) {
      return error.what();
    }
  }
  TemporaryFolder folder_{std::filesystem::temp_directory_path(), "bundle test "};
};

std::vector<std::string> paths(const Bundle& bundle) {
  std::vector<std::string> all;
  for (const BundleFile& file : bundle.files()) all.push_back(file.part.path->str());
  return all;
}

TEST_F(BundleTest, MergesWheelsInTheOrderOfTheirPaths) {
  const Bundle bundle = make_bundle({{wheel("b", {{"b/x.py", "x"}}), wheel("a", {{"z.py", "z"}})}, {}, {}});
  EXPECT_EQ(paths(bundle),
            (std::vector<std::string>{"a-1.0.dist-info/METADATA", "a-1.0.dist-info/RECORD", "a-1.0.dist-info/WHEEL",
                                      "b-1.0.dist-info/METADATA", "b-1.0.dist-info/RECORD", "b-1.0.dist-info/WHEEL",
                                      "b/x.py", "z.py"}));
  EXPECT_EQ(bundle.content(*bundle.find("b/x.py")), "x");
  EXPECT_EQ(bundle.find("nothing"), nullptr);
}

TEST_F(BundleTest, KeepsOneOfTwoEqualFiles) {
  const Bundle bundle = make_bundle({{wheel("a", {{"same.py", "1"}}), wheel("b", {{"same.py", "1"}})}, {}, {}});
  EXPECT_EQ(bundle.find("same.py")->source->label, "a 1.0");
  EXPECT_TRUE(bundle.warnings().empty());
}

TEST_F(BundleTest, RefusesTwoDifferentFilesOfOnePath) {
  EXPECT_EQ(refusal({{wheel("a", {{"p/same.py", "1"}}), wheel("b", {{"p/same.py", "2"}})}, {}, {}}),
            "a 1.0 and b 1.0 both bring p/same.py, with different content");
}

TEST_F(BundleTest, WarnsWhereANamespaceIsSpelledInTwoWays) {
  const Bundle bundle =
      make_bundle({{wheel("a", {{"n/__init__.py", "__path__ = __import__('pkgutil').extend_path(__path__, __name__)"}}),
                    wheel("b", {{"n/__init__.py", "# nothing\n"}})},
                   {},
                   {}});
  ASSERT_EQ(bundle.warnings().size(), 1U);
  EXPECT_EQ(bundle.warnings()[0],
            "a 1.0 and b 1.0 spell the namespace n/__init__.py differently; the first one's is packaged");
}

TEST_F(BundleTest, RefusesDifferentInitFilesThatHoldCode) {
  EXPECT_EQ(refusal({{wheel("a", {{"n/__init__.py", "x = 1"}}), wheel("b", {{"n/__init__.py", ""}})}, {}, {}}),
            "a 1.0 and b 1.0 both bring n/__init__.py, with different content");
}

TEST_F(BundleTest, RefusesAFileWhereAFolderIsNeeded) {
  EXPECT_EQ(refusal({{wheel("a", {{"p", "1"}}), wheel("b", {{"p.py", ""}, {"p/q/x.py", "2"}})}, {}, {}}),
            "b 1.0 brings p/q/x.py, but p is a file of a 1.0");
}

TEST_F(BundleTest, LeavesOutExcludedFilesAndTheirLinesOfRecord) {
  const Bundle bundle =
      make_bundle({{wheel("a", {{"a/tests/t.py", "t"}, {"a/x.py", "x"}})}, {}, {Glob("**/tests"), Glob("no/such")}});
  EXPECT_EQ(bundle.find("a/tests/t.py"), nullptr);
  const std::string record = bundle.content(*bundle.find("a-1.0.dist-info/RECORD"));
  EXPECT_EQ(record.find("a/tests/t.py"), std::string::npos);
  EXPECT_NE(record.find("a/x.py,sha256="), std::string::npos);
  EXPECT_EQ(bundle.warnings(), std::vector<std::string>{"EXCLUDE no/such matches no file"});
}

TEST_F(BundleTest, PutsExtraFilesInPlaceAndKeepsTheirXBit) {
  write_if_different(folder_.path() / "tool", "#!/bin/sh\n");
  const Bundle bundle =
      make_bundle({{wheel("a", {})}, {{folder_.path() / "tool", ArchivePath("bin/tool"), true}}, {Glob("bin")}});
  EXPECT_EQ(bundle.content(*bundle.find("bin/tool")), "#!/bin/sh\n");
  EXPECT_TRUE(bundle.find("bin/tool")->part.executable);
}

TEST_F(BundleTest, CompressesTheProjectsOwnFilesAfresh) {
  BundleWheel own = wheel("own", {{"own/data.txt", std::string(10'000, 'a')}});
  own.is_project = true;
  const Bundle bundle = make_bundle({{own}, {}, {}});
  EXPECT_EQ(bundle.find("own/data.txt")->part.method, ZipMethod::deflated);
  EXPECT_LT(bundle.find("own/data.txt")->part.data.size(), 100U);
  EXPECT_EQ(bundle.content(*bundle.find("own/data.txt")), std::string(10'000, 'a'));
}

}  // namespace
}  // namespace lambda_pack
