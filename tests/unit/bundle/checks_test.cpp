#include "bundle/checks.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bundle/import_roots.hpp"
#include "runtime/limits.hpp"
#include "wheels.hpp"

namespace lambda_pack {
namespace {

class Checks : public testing::Test {
 protected:
  Bundle project(const std::map<std::string, std::string>& files) {
    BundleWheel own = write_wheel(folder_.path(), "own", files);
    own.is_project = true;
    return make_bundle({{own}, {}, {}});
  }

  // What check_handler says: the error and its hint, or the warnings.
  static std::string verdict(const Bundle& bundle, std::string_view handler) {
    std::vector<std::string> warnings;
    try {
      check_handler(bundle, handler, warnings);
    } catch (const Error& error) {
      return std::string(error.what()) + " | " + error.hint();
    }
    return warnings.empty() ? "fine" : "warning: " + warnings[0];
  }

  TemporaryFolder folder_{std::filesystem::temp_directory_path(), "checks test "};
};

TEST_F(Checks, FindTheHandlersModuleAsPythonWould) {
  const Bundle bundle = project({{"my/handler.py", "def handler(event, context): ..."},
                                 {"my/pkg/__init__.py", "def main(e, c): ..."},
                                 {"my/native.cpython-312-x86_64-linux-gnu.so", "x"}});
  EXPECT_EQ(verdict(bundle, "my.handler.handler"), "fine");
  EXPECT_EQ(verdict(bundle, "my/handler.handler"), "fine");
  EXPECT_EQ(verdict(bundle, "my.pkg.main"), "fine");
  EXPECT_EQ(verdict(bundle, "my.native.main"),
            "warning: handler \"my.native.main\": my/native.cpython-312-x86_64-linux-gnu.so is compiled, so it was not "
            "checked for main");
}

TEST_F(Checks, RefuseAHandlerThatIsNotThere) {
  const Bundle bundle = project({{"my/handler.py", "def handler(event, context): ..."}});
  EXPECT_EQ(
      verdict(bundle, "handler"),
      "handler \"handler\" has no module and function (module.function) | HANDLER my_package.my_module.my_function");
  EXPECT_EQ(
      verdict(bundle, "my.handlr.handler"),
      "handler \"my.handlr.handler\": the package has no module my.handlr | did you mean HANDLER my.handler.handler?");
  EXPECT_EQ(verdict(bundle, "src.my.handler.handler"),
            "handler \"src.my.handler.handler\": the package has no module src.my.handler | did you mean HANDLER "
            "my.handler.handler?");
  EXPECT_EQ(verdict(bundle, "zzz.handler"),
            "handler \"zzz.handler\": the package has no module zzz | the package has the modules my.handler");
  EXPECT_EQ(
      verdict(bundle, "my.handler.handle"),
      "handler \"my.handler.handle\": my/handler.py does not define handle | did you mean HANDLER my.handler.handler?");
  EXPECT_EQ(
      verdict(bundle, "sys.exit"),
      "handler \"sys.exit\": sys is a module built into Python, so Lambda refuses it (Runtime.BuiltInModuleConflict) | "
      "rename the module");
}

TEST_F(Checks, WarnAboutAHandlerThatCannotBeSeen) {
  EXPECT_EQ(verdict(project({{"m.py", "from x import *"}}), "m.handler"),
            "warning: handler \"m.handler\": m.py does not show whether it defines handler");
}

std::string native_verdict(const Bundle& bundle, const char* runtime, std::vector<std::string>* warnings = nullptr) {
  std::vector<std::string> unused;
  try {
    check_native_files(native_files(bundle), {&runtime_named(runtime), Architecture::x86_64},
                       warnings != nullptr ? *warnings : unused);
  } catch (const Error& error) {
    return error.what();
  }
  return "fine";
}

TEST_F(Checks, RefuseNativeFilesOfAnotherMachine) {
  EXPECT_EQ(native_verdict(project({{"own/a.so", tiny_elf(62)}}), "python3.12"), "fine");
  EXPECT_EQ(native_verdict(project({{"own/a.so", tiny_elf(183)}}), "python3.12"),
            "cannot run on python3.12 on x86_64: own/a.so (own 1.0) is for arm64");
}

TEST_F(Checks, OnlyWarnAboutFilesThatNothingNeedEverLoad) {
  std::vector<std::string> warnings;
  const Bundle any = make_bundle({{write_wheel(folder_.path(), "dep", {{"dep/a.so", tiny_elf(183)}})}, {}, {}});
  EXPECT_EQ(native_verdict(any, "python3.12", &warnings), "fine");
  EXPECT_EQ(warnings,
            std::vector<std::string>{"dep/a.so (dep 1.0) is for arm64, and will not load on python3.12 on x86_64"});

  const std::string tag = "cp312-cp312-manylinux_2_17_x86_64";
  const Bundle mixed = make_bundle(
      {{write_wheel(folder_.path(), "mix", {{"mix/a.so", tiny_elf(3)}, {"mix/b.so", tiny_elf(62)}}, tag)}, {}, {}});
  EXPECT_EQ(native_verdict(mixed, "python3.12"), "fine");
  const Bundle wrong = make_bundle({{write_wheel(folder_.path(), "bad", {{"bad/a.so", tiny_elf(3)}}, tag)}, {}, {}});
  EXPECT_EQ(native_verdict(wrong, "python3.12"),
            "cannot run on python3.12 on x86_64: bad/a.so (bad 1.0) is for x86 (32 bit)");
}

// What a check says of the bundle's native files when each needs what `needs` gives it: the error, or the warnings.
template <typename Check>
std::string verdict_on_needs(const Bundle& bundle, const char* runtime, const Check& check,
                             const std::function<void(ElfFacts&)>& needs) {
  std::vector<NativeFile> files = native_files(bundle);
  for (NativeFile& file : files) needs(file.elf);
  std::vector<std::string> warnings;
  try {
    check(files, Target{&runtime_named(runtime), Architecture::x86_64}, warnings);
  } catch (const Error& error) {
    return error.what();
  }
  return warnings.empty() ? "fine" : "warning: " + join(warnings, "; ");
}

// Of a function that has layers, or none.
struct NeedsCheck {
  Layers layers = {};
  void operator()(const std::vector<NativeFile>& files, const Target& target,
                  std::vector<std::string>& warnings) const {
    check_needed_libraries(files, target, warnings, layers);
  }
};
const NeedsCheck check_needs;

TEST_F(Checks, RefuseANewerLibstdcxxUnlessThePackageBringsItsOwn) {
  const auto needs = [](ElfFacts& elf) { elf.glibcxx_patch = 29; };
  const Bundle alone = project({{"own/a.so", tiny_elf(62)}});
  EXPECT_EQ(verdict_on_needs(alone, "python3.12", check_native_files, needs), "fine");
  EXPECT_EQ(
      verdict_on_needs(alone, "python3.11", check_native_files, needs),
      "cannot run on python3.11 on x86_64: own/a.so (own 1.0) needs GLIBCXX_3.4.29 of libstdc++; python3.11 has 3.4.24");
  const Bundle with_library = project({{"own/a.so", tiny_elf(62)}, {"lib/libstdc++.so.6", tiny_elf(62)}});
  EXPECT_EQ(verdict_on_needs(with_library, "python3.11", check_native_files, needs), "fine");
}

TEST_F(Checks, RefuseLibrariesThatNeitherRuntimeNorPackageHas) {
  const auto needs = [](std::vector<std::string> libraries) {
    return [libraries](ElfFacts& elf) { elf.needed = libraries; };
  };
  const Bundle own = project({{"own/a.so", tiny_elf(62)}, {"own/libs/libown.so.1", tiny_elf(62)}});
  EXPECT_EQ(verdict_on_needs(own, "python3.12", check_needs,
                             needs({"libc.so.6", "libstdc++.so.6", "ld-linux-x86-64.so.2", "libown.so.1"})),
            "fine");
  EXPECT_EQ(verdict_on_needs(own, "python3.12", check_needs, needs({"libpq.so.5"})),
            "own/a.so (own 1.0) and 1 more need libpq.so.5, which neither the package nor python3.12 has");
  EXPECT_EQ(verdict_on_needs(own, "python3.12", check_needs, needs({"libcrypto.so.3"})), "fine");
  EXPECT_EQ(
      verdict_on_needs(project({{"own/a.so", tiny_elf(62)}}), "python3.11", check_needs, needs({"libcrypto.so.3"})),
      "own/a.so (own 1.0) needs libcrypto.so.3, which neither the package nor python3.11 has");
}

TEST_F(Checks, OnlyWarnAboutLibrariesThatWheelsFromAnIndexLack) {
  const std::string tag = "cp312-cp312-manylinux_2_17_x86_64";
  const Bundle bundle =
      make_bundle({{write_wheel(folder_.path(), "cv", {{"cv/cv.abi3.so", tiny_elf(62)}}, tag)}, {}, {}});
  EXPECT_EQ(verdict_on_needs(bundle, "python3.12", check_needs, [](ElfFacts& elf) { elf.needed = {"libGL.so.1"}; }),
            "warning: cv/cv.abi3.so (cv 1.0) needs libGL.so.1, which neither the package nor python3.12 has");
  EXPECT_EQ(verdict_on_needs(bundle, "python3.12", check_needs,
                             [](ElfFacts& elf) {
                               elf.needed = {"libGL.so.1"};
                               elf.machine = 183;
                             }),
            "fine");
}

TEST_F(Checks, FindLibrariesInLayersAndLeaveToExternalOnesWhatTheyMayHave) {
  const Bundle own = project({{"own/a.so", tiny_elf(62)}});
  const auto needs = [](ElfFacts& elf) { elf.needed = {"libpq.so.5"}; };
  NeedsCheck check;
  check.layers.own.emplace_back().native_files = {"libpq.so.5"};
  EXPECT_EQ(verdict_on_needs(own, "python3.12", check, needs), "fine");
  check.layers = {{}, {{"arn:aws:lambda:eu-central-1:123456789012:layer:postgres:7", 1}}};
  EXPECT_EQ(verdict_on_needs(own, "python3.12", check, needs),
            "warning: own/a.so (own 1.0) needs libpq.so.5, which neither the package nor python3.12 has");
}

TEST_F(Checks, WarnOfAPackageThatIsSplitBetweenPackageAndLayer) {
  const Bundle bundle = make_bundle({{write_wheel(folder_.path(), "dep",
                                                  {{"regular/__init__.py", ""},
                                                   {"space/part.py", ""},
                                                   {"old/__init__.py", "extend_path(__path__, __name__)"},
                                                   {"data/x.txt", ""},
                                                   {"alone/__init__.py", ""}})},
                                     {},
                                     {}});
  EXPECT_EQ(import_roots(bundle, {""}),
            (std::map<std::string, bool>{
                {"alone", true}, {"data", false}, {"old", false}, {"regular", true}, {"space", false}}));
  const auto warnings_of = [&](std::map<std::string, bool> packages) {
    Layers layers;
    layers.own.emplace_back().name = "base";
    layers.own.back().packages = std::move(packages);
    std::vector<std::string> warnings;
    check_split_packages(bundle, layers, warnings);
    return warnings;
  };
  EXPECT_TRUE(warnings_of({{"space", false}, {"old", false}, {"other", true}}).empty());
  const std::string end =
      " is both in the package and in the layer base, and Python takes a package with an __init__.py from "
      "one of them alone";
  EXPECT_EQ(warnings_of({{"regular", false}, {"space", true}}),
            (std::vector<std::string>{"regular" + end, "space" + end}));
}

TEST_F(Checks, RefuseWhatUnzipsToTheLimitAndNameTheLargest) {
  const std::string half(kUnzippedLimit / 2, '\0');
  const Bundle bundle = make_bundle({{write_wheel(folder_.path(), "one", {{"one.bin", half}}),
                                      write_wheel(folder_.path(), "two", {{"two.bin", half}})},
                                     {},
                                     {}});
  try {
    check_unzipped_size(bundle);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(
        std::string(error.what()).find("Lambda takes less than 262144000. Largest: one 1.0 131.1 MB, two 1.0 131.1 MB"),
        std::string::npos)
        << error.what();
  }
}

TEST_F(Checks, WarnWhenAZipIsTooLargeForADirectUpload) {
  std::vector<std::string> warnings;
  check_layer_zip_size(kDirectUploadLimit, warnings);
  EXPECT_TRUE(warnings.empty());
  check_layer_zip_size(66'300'000, warnings);
  EXPECT_EQ(warnings, std::vector<std::string>{"the zip has 66.3 MB; above 52.4 MB it must be uploaded through S3"});
}

TEST_F(Checks, NameTheLayerThatWouldMakeADirectUploadPossible) {
  const Bundle bundle = make_bundle({{write_wheel(folder_.path(), "one", {{"one.py", std::string(1000, 'x')}}),
                                      write_wheel(folder_.path(), "two", {{"two.py", ""}})},
                                     {},
                                     {}});
  std::vector<std::string> warnings;
  check_zip_size(kDirectUploadLimit, bundle, warnings);
  EXPECT_TRUE(warnings.empty());
  check_zip_size(kDirectUploadLimit + 100, bundle, warnings);
  EXPECT_EQ(warnings,
            std::vector<std::string>{
                "the zip has 52.4 MB; above 52.4 MB it must be uploaded through S3, or be split: "
                "lambda_python_layer(… DISTRIBUTIONS one) and LAYERS leave 52.4 MB to upload when the code changes"});
  warnings.clear();
  check_zip_size(2 * kDirectUploadLimit, bundle, warnings);  // which no layer would bring below
  EXPECT_EQ(warnings, std::vector<std::string>{"the zip has 104.9 MB; above 52.4 MB it must be uploaded through S3"});
}

}  // namespace
}  // namespace lambda_pack
