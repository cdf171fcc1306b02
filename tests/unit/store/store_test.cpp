#include "store/store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "system/files.hpp"
#include "system/hashing.hpp"
#include "test_wheel.hpp"

namespace lambda_pack {
namespace {

namespace fs = std::filesystem;

class Stores : public ::testing::Test {
 protected:
  fs::path incoming(const std::string& bytes, const std::string& name = "download") const {
    const fs::path path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  static LockedFile locked(const std::string& name, const std::string& bytes, const std::string& algorithm = "sha256") {
    LockedFile file;
    file.name = name;
    file.hashes = {{algorithm, digest_hex(algorithm, std::as_bytes(std::span(bytes)))}};
    return file;
  }
  Error adoption_error(const std::string& bytes, const LockedFile& file) const {
    try {
      store_.adopt(incoming(bytes), file, "http://index.example/foo");
    } catch (const Error& error) {
      return error;
    }
    return Error("no error");
  }
  std::size_t files_in_store() const {
    std::size_t count = 0;
    if (!fs::exists(store_.root())) return 0;
    for (const auto& entry : fs::recursive_directory_iterator(store_.root())) count += entry.is_regular_file();
    return count;
  }

  TemporaryFolder folder_{fs::temp_directory_path(), "store test "};
  Store store_{folder_.path() / "the store"};
  const std::string wheel_ = testing::wheel_bytes("foo", {{"foo/__init__.py", "x = 1\n"}});
  const LockedFile locked_wheel_ = locked("foo-1.0-py3-none-any.whl", wheel_);
};

TEST_F(Stores, AreNotTouchedByLooking) {
  EXPECT_FALSE(store_.find(locked_wheel_));
  EXPECT_FALSE(fs::exists(store_.root()));
}

TEST_F(Stores, KeepAWheelUnderItsDigestTogetherWithItsFacts) {
  const fs::path from = incoming(wheel_);
  const fs::path stored = store_.adopt(from, locked_wheel_, "http://index.example/foo");
  EXPECT_EQ(stored, store_.find(locked_wheel_));
  EXPECT_EQ(stored, store_.path(sha256_of(wheel_), "foo-1.0-py3-none-any.whl"));
  EXPECT_EQ(Store::digest_of(stored), sha256_of(wheel_));
  EXPECT_EQ(read_file(stored), wheel_);
  EXPECT_TRUE(fs::exists(stored.string() + ".facts.json"));
  EXPECT_FALSE(fs::exists(from));
  EXPECT_EQ(files_in_store(), 2U);
}

TEST_F(Stores, MakeTheirFilesReadableByAll) {
  const mode_t old = umask(0077);
  const fs::path stored = store_.adopt(incoming(wheel_), locked_wheel_, "origin");
  umask(old);
  EXPECT_EQ(fs::status(stored).permissions(), fs::perms{0644});
}

TEST_F(Stores, AdoptTheSameFileAgain) {
  const fs::path first = store_.adopt(incoming(wheel_), locked_wheel_, "origin");
  EXPECT_EQ(store_.adopt(incoming(wheel_), locked_wheel_, "origin"), first);
  EXPECT_EQ(files_in_store(), 2U);
}

TEST_F(Stores, RefuseOtherBytesAndNameBothHashes) {
  const Error error = adoption_error("other bytes", locked_wheel_);
  EXPECT_EQ(error.what(),
            "foo-1.0-py3-none-any.whl from http://index.example/foo is not the file of the lock: it has "
            "sha256:" +
                sha256_of("other bytes").hex() + ", the lock says " + locked_wheel_.hashes[0].str());
  EXPECT_NE(error.hint(), "");
  EXPECT_EQ(files_in_store(), 0U);
}

TEST_F(Stores, AcceptAnyOneOfTheLocksHashes) {
  LockedFile file = locked_wheel_;
  file.hashes.insert(file.hashes.begin(), FileHash{"sha256", std::string(64, '0')});
  EXPECT_NO_THROW(store_.adopt(incoming(wheel_), file, "origin"));
  EXPECT_TRUE(store_.find(file));
}

TEST_F(Stores, FindByAnotherAlgorithmWhatTheyAdoptedByIt) {
  const LockedFile by_sha512 = locked("foo-1.0-py3-none-any.whl", wheel_, "sha512");
  EXPECT_FALSE(store_.find(by_sha512));
  const fs::path stored = store_.adopt(incoming(wheel_), by_sha512, "origin");
  EXPECT_EQ(store_.find(by_sha512), stored);
  EXPECT_EQ(store_.find(locked_wheel_), stored);
}

TEST_F(Stores, RefuseAWheelThatIsNone) {
  const std::string text = "not a zip";
  const Error error = adoption_error(text, locked("foo-1.0-py3-none-any.whl", text));
  EXPECT_EQ(std::string(error.what()).find("foo-1.0-py3-none-any.whl: "), 0U) << error.what();
  EXPECT_EQ(files_in_store(), 0U);
}

TEST_F(Stores, RefuseAWheelWithDamagedContent) {
  std::string damaged = wheel_;
  damaged[damaged.find("x = 1")] = 'y';
  const Error error = adoption_error(damaged, locked("foo-1.0-py3-none-any.whl", damaged));
  EXPECT_NE(std::string(error.what()).find("foo/__init__.py"), std::string::npos) << error.what();
  EXPECT_EQ(files_in_store(), 0U);
}

TEST_F(Stores, TakeAnSdistByItsHashAlone) {
  const LockedFile sdist = locked("foo-1.0.tar.gz", "any bytes");
  EXPECT_EQ(read_file(store_.adopt(incoming("any bytes"), sdist, "origin")), "any bytes");
}

TEST_F(Stores, RefuseNamesThatLeadElsewhere) {
  for (const char* name : {"../evil.tar.gz", "a/b.tar.gz", "..", "", "a\nb"}) {
    EXPECT_THROW(store_.path(sha256_of(""), name), Error) << name;
    EXPECT_THROW(store_.find(locked(name, "bytes")), Error) << name;
  }
}

TEST_F(Stores, RefuseAFileForWhichTheLockHasNoHash) {
  LockedFile file = locked_wheel_;
  file.hashes.clear();
  EXPECT_STREQ(adoption_error(wheel_, file).what(), "the lock has no hash for \"foo-1.0-py3-none-any.whl\"");
}

TEST_F(Stores, ThatCannotBeWrittenSayHowToChooseAnother) {
  std::ofstream(folder_.path() / "the store") << "a file where the folder would be";
  const Error error = adoption_error(wheel_, locked_wheel_);
  EXPECT_NE(std::string(error.what()).find("the store"), std::string::npos) << error.what();
  EXPECT_NE(error.hint().find("another store can be chosen with --store or LAMBDA_PYTHON_STORE"), std::string::npos);
}

TEST_F(Stores, RememberWhatAKeyWasBuiltInto) {
  EXPECT_FALSE(store_.built("00ff"));
  const fs::path stored = store_.adopt_built(incoming(wheel_, "foo-1.0-py3-none-any.whl"));
  store_.remember_built("00ff", stored);
  EXPECT_EQ(store_.built("00ff"), stored);
  fs::remove(stored);
  EXPECT_FALSE(store_.built("00ff")) << "a record without its wheel is worth nothing";
}

TEST_F(Stores, TakeADamagedBuildRecordForNone) {
  store_.remember_built("00ff", store_.adopt_built(incoming(wheel_, "foo-1.0-py3-none-any.whl")));
  for (const char* text : {"", "{", "[]", "{\"sha256\": 1, \"file\": 2}", "{\"sha256\": \"zz\", \"file\": \"a\"}"}) {
    std::ofstream(store_.root() / "built" / "00" / "00ff.json") << text;
    EXPECT_FALSE(store_.built("00ff")) << text;
  }
}

TEST_F(Stores, RefuseKeysThatAreNotHexadecimal) {
  EXPECT_THROW(store_.built("../x"), Error);
  EXPECT_THROW(store_.built(""), Error);
}

}  // namespace
}  // namespace lambda_pack
