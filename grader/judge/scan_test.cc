#include "grader/judge/scan.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace lockstep::judge {
namespace {

const std::vector<Forbidden> kForbidden{{"recursive_mutex", "it is what this lab builds"},
                                        {"<barrier>", "it is what this lab builds"}};
const std::vector<std::string> kTests{"TEST_CASE(\"x\") { CHECK(counter.value() == 1); }"};

// The message for a file with this text; "" if it is taken.
std::string refusal(const std::string& text) {
  static const Scanner scanner(kForbidden, kTests);
  const auto refused = scanner.scan({"05_rlock/rlock.h", text});
  if (!refused) return "";
  CHECK(refused->file == "05_rlock/rlock.h");
  return refused->message;
}

int line_of_refusal(const std::string& text) {
  static const Scanner scanner(kForbidden, kTests);
  const auto refused = scanner.scan({"05_rlock/rlock.h", text});
  return refused ? refused->line : 0;
}

}  // namespace

TEST_CASE("honest text is taken") {
  for (const char* text : {
           "",
           "#ifndef A_H_\n#define A_H_\n#include <mutex>\n#include \"04_lock/lock.h\"\n#endif\n",
           "#pragma once\n#pragma GCC diagnostic ignored \"-Wunused\"\n",
           "// #include \"/etc/passwd\" and recursive_mutex and don't\n",
           "/* #line 3\n #define CHECK */ int x;\n",
           "const char* s = \"recursive_mutex /* \"; int y = 1'000'000; char c = '\\'';\n",
           "auto s = R\"x(recursive_mutex \" ) \\)x\";\n",
           "#define MY_MAX 3\n#undef MY_MAX\n#if 0\n#error never\n#endif\n",
           "#include <a/b..c.h>\r\nint x;\r\n",
           "\xEF\xBB\xBFint gr\xC3\xB6\xC3\x9F"
           "e;\n",
           "int x = 0x1p-3 + .5e+3;\n#",
       }) {
    CAPTURE(text);
    CHECK(refusal(text) == "");
  }
}

TEST_CASE("forbidden identifiers are refused with their reason") {
  CHECK(refusal("std::recursive_mutex m;") ==
        "rlock.h uses `recursive_mutex`: it is what this lab builds.");
  CHECK(refusal("#include <barrier>") == "rlock.h includes <barrier>: it is what this lab builds.");
  CHECK(line_of_refusal("int a;\n\nstd::recur\\\nsive_mutex m;") == 3);
  CHECK(refusal("std::my_recursive_mutex m;") == "");
}

TEST_CASE("a directive is seen however it is written") {
  for (const char* text : {
           "#define CHECK(x)",
           "  #  define CHECK(x)",
           "%:define CHECK(x)",
           "#def\\\nine CHECK(x)",
           "#def\\  \nine CHECK(x)",
           "#def\\\r\nine CHECK(x)",
           "/* */ # /* */ define /* */ CHECK",
           "/*\n*/#define CHECK",
           "int x;\n#undef CHECK",
           "#if 0\n#endif\n#define CHECK",
           "const char* s = \"\\\n\"; \n#define CHECK",
           "auto c = u8'x'; auto n = 1'0;\n#define CHECK",
           "auto s = R\"(\\)\";\n#define CHECK",
           "#define counter 3",
           "#define int long",
           "#define __cplusplus 1",
           "#define _GLIBCXX_ASSERTIONS",
       }) {
    CAPTURE(text);
    CHECK(refusal(text).find("makes a macro of") != std::string::npos);
  }
}

TEST_CASE("files outside of the lab are refused") {
  for (const char* text : {
           "#include \"/etc/passwd\"",
           "#include </dev/zero>",
           "#include \"../../solutions/05_rlock/rlock.h\"",
           "#include \"a/../../b.h\"",
           "#include \"..\"",
           "#include_next \"/x\"",
           "#import \"/x\"",
           "#if __has_include(\"/etc/passwd\")\n#endif",
           "%:include \"/x\"",
           "#include/**/\"/x\"",
       }) {
    CAPTURE(text);
    CHECK(refusal(text).find("a file outside of the lab") != std::string::npos);
  }
  CHECK(refusal("#define F \"/x\"\n#include F").find("is not written out") != std::string::npos);
  CHECK(refusal("#include \"grader/explorer/explore.h\"").find("the checks belong to the tests") !=
        std::string::npos);
}

TEST_CASE("nothing may hide or rename code") {
  for (const char* text : {
           "#line 3",
           "#line 1 \"x\"",
           "# 1 \"x\"",
           "#pragma GCC poison x",
           "#pragma push_macro(\"CHECK\")",
           "_Pragma(\"GCC poison x\")",
           "asm(\"nop\");",
           "__asm__ volatile(\"\");",
           "__attribute__((no_sanitize_thread)) void f();",
           "[[gnu::no_sanitize(\"thread\")]] void f();",
           "extern \"C\" void __tsan_read4(void*);",
           "void* f = dlsym(nullptr, \"x\");",
           "mprotect(page, 4096, 3);",
           "namespace doctest {}",
           "lockstep::quiesce();",
           "int DOCTEST_x;",
           "extern \"C\" int _ZN7doctest6detail7regTestERKNS0_8TestCaseE();",
       }) {
    CAPTURE(text);
    CHECK(refusal(text) != "");
  }
}

TEST_CASE("what two readers might read differently is refused") {
  for (const char* text : {
           "char c = 'x;\n",
           "#error don't\n",
           "/* open",
           "const char* s = \"open\n\";",
           "auto s = R\"(open",
           "auto s = R\"(\n#define CHECK\n)\";",
           "auto s = R\"(\n  %:define CHECK\n)\";",
           "int x;\rint y;\n",
           "int \\u0043HECK;",
           "#include \"open\n",
       }) {
    CAPTURE(text);
    CHECK(refusal(text) != "");
  }
}

TEST_CASE("the compiler refuses forbidden identifiers too, unless the tests use them") {
  const std::vector<Forbidden> forbidden{{"recursive_mutex", ""}, {"value", ""}, {"<barrier>", ""}};
  CHECK(Scanner(forbidden, kTests).poison() == "#pragma GCC poison recursive_mutex\n");
}

}  // namespace lockstep::judge
