#include "bundle/python_names.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

using Names = std::set<std::string>;

Names names(std::string_view source) { return module_names(source).names; }

TEST(ModuleNames, SeesFunctionsClassesAndImports) {
  EXPECT_EQ(names("def a(): pass\nasync def b():\n  c = 1\nclass D(object):\n  def e(self): ...\n"), (Names{"D", "a", "b"}));
  EXPECT_EQ(names("import os.path, json as j\nfrom a.b import (c as d,\n  e,  # why\n)\n"), (Names{"d", "e", "j", "os"}));
}

TEST(ModuleNames, SeesEveryFormOfAssignment) {
  EXPECT_EQ(names("a = b = lambda x: x == 1\nc, (d, *e) = f()\ng: int = 3\nh: int\nx.y = 1\nz[0] = 2\n"),
            (Names{"a", "b", "c", "d", "e", "g"}));
}

TEST(ModuleNames, LooksIntoBlocksButNotIntoScopes) {
  EXPECT_EQ(names("try:\n  import a\nexcept ImportError:\n  a = None\nif True:\n  def b():\n    c = 1\n  d = 2\nelse: e = 1\n"),
            (Names{"a", "b", "d", "e"}));
  EXPECT_EQ(names("for i, j in x:\n  k = 1\nwith open(f) as h, g() as (m): pass\n"), (Names{"h", "i", "j", "k"}));
}

TEST(ModuleNames, IsNotFooledByStringsAndComments) {
  EXPECT_EQ(names("'''\ndef a(): pass\n'''\n# b = 1\ns = 'c = 1; def d(): pass'\nt = r'\\'\nu = \"\"\"x = 1\n\"\"\"\n"),
            (Names{"s", "t", "u"}));
}

TEST(ModuleNames, JoinsLinesInBracketsAndAfterBackslashes) {
  EXPECT_EQ(names("a = (1,\n  2)\nb = \\\n  3\ndef f(x,\n      y=1):\n  z = 2\n"), (Names{"a", "b", "f"}));
}

TEST(ModuleNames, ReadsDecoratorsWindowsLineEndsAndByteOrderMarks) {
  EXPECT_EQ(names("\xEF\xBB\xBF@app.route('/x')\r\ndef a():\r\n  b = 1\r\n\r\nc = 1\r\n"), (Names{"a", "c"}));
}

TEST(ModuleNames, KnowsWhenItCannotKnow) {
  EXPECT_TRUE(module_names("from x import *").dynamic);
  EXPECT_TRUE(module_names("def __getattr__(name): ...").dynamic);
  EXPECT_TRUE(module_names("globals()['a'] = 1").dynamic);
  EXPECT_FALSE(module_names("def a():\n  globals()['a'] = 1").dynamic);
}

}  // namespace
}  // namespace lambda_pack
