#include "commands/settings.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "system/files.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;

class SettingsTest : public testing::Test {
 protected:
  std::string refusal(std::string_view text) {
    write_if_different(file_, text);
    Settings settings;
    try {
      apply_settings_file(file_, settings);
      return "no error";
    } catch (const Error& error) {
      return std::string(error.what()).substr(file_.string().size());
    }
  }
  TemporaryFolder folder_{fs::temp_directory_path(), "settings test "};
  fs::path file_ = folder_.path() / "settings.json";
};

TEST_F(SettingsTest, AreReadFromTheirFile) {
  write_if_different(file_, R"({"name": "n", "group": ["a", "b"], "offline": true, "project": "/p q"})");
  Settings settings;
  apply_settings_file(file_, settings);
  EXPECT_EQ(settings.name, "n");
  EXPECT_EQ(settings.groups, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(settings.offline);
  EXPECT_EQ(settings.project, "/p q");
  EXPECT_EQ(settings.architecture, "x86_64");
}

TEST_F(SettingsTest, RefuseWhatTheyDoNotKnow) {
  EXPECT_EQ(refusal("{\"layers\": []}"), " has a key \"layers\" that lambda-pack does not know");
  EXPECT_EQ(refusal("{\"group\": \"a\"}"), ": the value of \"group\" has the wrong type: \"a\"");
  EXPECT_EQ(refusal("[1]"), " is not a JSON object");
  EXPECT_EQ(refusal("{\n"), ":2: malformed JSON");
}

TEST_F(SettingsTest, TakeTheStoreFromTheEnvironmentAndTheNameFromTheOutput) {
  setenv("LAMBDA_PYTHON_STORE", "/the store", 1);
  setenv("LAMBDA_PYTHON_OFFLINE", "ON", 1);
  Settings settings;
  settings.project = "/projects/one/";
  complete(settings);
  EXPECT_EQ(settings.store, "/the store");
  EXPECT_TRUE(settings.offline);
  EXPECT_EQ(settings.name, "one");
  settings.name.clear();
  settings.output = "out/two.zip";
  complete(settings);
  EXPECT_EQ(settings.name, "two");
  EXPECT_EQ(settings.output, fs::current_path() / "out" / "two.zip");
}

}  // namespace
}  // namespace lambda_pack
