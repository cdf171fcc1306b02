#include "bundle/python_names.hpp"

#include <gtest/gtest.h>

namespace lambda_pack {
namespace {

using Names = std::set<std::string>;

Names names(std::string_view source) { return module_names(source).names; }

TEST(ModuleNames, SeesFunctionsClassesAndImports) {
  EXPECT_EQ(names("def a(): pass\nasync def b():\n  c = 1\nclass D(object):\n  def e(self): ...\n"),
            (Names{"D", "a", "b"}));
  EXPECT_EQ(names("import os.path, json as j\nfrom a.b import (c as d,\n  e,  # why\n)\n"),
            (Names{"d", "e", "j", "os"}));
}

TEST(ModuleNames, SeesEveryFormOfAssignment) {
  EXPECT_EQ(names("a = b = lambda x: x == 1\nc, (d, *e) = f()\ng: int = 3\nh: int\nx.y = 1\nz[0] = 2\n"),
            (Names{"a", "b", "c", "d", "e", "g"}));
}

TEST(ModuleNames, LooksIntoBlocksButNotIntoScopes) {
  EXPECT_EQ(
      names(
          "try:\n  import a\nexcept ImportError:\n  a = None\nif True:\n  def b():\n    c = 1\n  d = 2\nelse: e = 1\n"),
      (Names{"a", "b", "d", "e"}));
  EXPECT_EQ(names("for i, j in x:\n  k = 1\nwith open(f) as h, g() as (m): pass\n"), (Names{"h", "i", "j", "k", "m"}));
}

TEST(ModuleNames, SeesWhatNewerSyntaxBinds) {
  EXPECT_EQ(names("while a := f(): pass\nb = [c := 1 for d in e]\n"), (Names{"a", "b", "c"}));
  EXPECT_EQ(names("type A[T] = list[T]\ntype B = int\ntype(c)\n"), (Names{"A", "B"}));
  EXPECT_EQ(
      names(
          "match x:\n  case [a, *b] | C(d, e=f.g) as h if i:\n    j = 1\n  case {'k': k, **l}: pass\n  case m.n: pass\n"),
      (Names{"a", "b", "d", "h", "j", "k", "l"}));
  EXPECT_EQ(names("with (open(a) as b, c() as (d, e)):\n  f = 1\nwith g as h.i: pass\n"), (Names{"b", "d", "e", "f"}));
}

TEST(ModuleNames, SeesImportsHoweverTheyAreSpaced) {
  EXPECT_EQ(
      names("from importlib import import_module\nfrom .import a\nfrom.b import(c)\nfrom ... d import e  as  f\n"),
      (Names{"a", "c", "f", "import_module"}));
}

TEST(ModuleNames, KnowsThatParametersOfALambdaAreNoTargets) {
  EXPECT_EQ(names("a = lambda b, c=1, *d, e=2: b\n"), Names{"a"});
}

TEST(ModuleNames, TakesTheGlobalsOfFunctionsAsBound) {
  EXPECT_EQ(names("def a():\n  global b, c\n  b = 1; d = 2\nclass E:\n  def f(self): global g; g = 1\n"),
            (Names{"E", "a", "b", "c", "g"}));
}

TEST(ModuleNames, StaysOutOfBlocksWithinFunctions) {
  EXPECT_EQ(names("def a():\n  if b:\n    c = 1\n    for d in e:\n      f = 1\ng = 1\n"), (Names{"a", "g"}));
}

TEST(ModuleNames, ReadsQuotesAndBracketsWithinFStrings) {
  EXPECT_EQ(names("a = f\"{b[\"(\"]}\"\nc = f'{d:\"<{e}}'\nf = rf\"{{'\"\ng = fQ3{\nh['x']\n}Q3\ni = 1\n"),
            (Names{"a", "c", "f", "g", "i"}));
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
  EXPECT_TRUE(module_names("def a():\n  globals()['a'] = 1\na()").dynamic);
  EXPECT_TRUE(module_names("sys.modules[__name__] = Lazy()").dynamic);
  EXPECT_FALSE(module_names("def a():\n  return len(globals())").dynamic);
}

}  // namespace
}  // namespace lambda_pack
