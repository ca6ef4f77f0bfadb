// Where functions, statements and lambdas are found.

#include "grader/mutants/functions.h"

#include <doctest/doctest.h>

#include "grader/mutants/texts_for_tests.h"

namespace lockstep::mutants {
namespace {

using Kind = Statement::Kind;

// "A::f/2": class, name and the number of statements of the body.
Texts found_in(const std::string& text) {
  Texts found;
  for (const Function& function : functions_of(Code(text))) {
    std::string name;
    for (const std::string& one : function.classes) name += one + "::";
    found.push_back(name + function.name + "/" + std::to_string(function.body.parts.size()));
  }
  return found;
}

TEST_CASE("bodies are found in namespaces and classes, and nowhere else") {
  CHECK(found_in("#include <a>\n#define F(x) { x; }\nnamespace lab { inline int f(int a) { return "
                 "a; } }") == Texts{"f/1"});
  CHECK(
      found_in("class A { public: void f() const noexcept { a(); b(); } private: int n_{1}; };") ==
      Texts{"A::f/2"});
  CHECK(found_in("template <class T = std::vector<int>>\nstruct A final : B<T> {\n"
                 "  class In { ~In() { f(); } };\n  T& get() { return x; } };") ==
        Texts{"A::In::In/1", "A::get/1"});
  CHECK(found_in("enum class E { kA, kB };\nint a[] = {1, 2};\nconst auto f = [] { g(); };\n"
                 "std::function<void()> f_{};\nvoid declared();\nA() = default;") == Texts{});
}

TEST_CASE("a constructor's list is not its body") {
  CHECK(
      found_in("struct A { explicit A(int a) : a_(a), b_{1, 2}, c_(f([] { return 1; })) { g(); }\n"
               "A(A&& o) noexcept : p_(std::exchange(o.p_, nullptr)), id_{o.id_} {} };") ==
      Texts{"A::A/1", "A::A/0"});
}

TEST_CASE("operators, templates, trailing types, default arguments") {
  CHECK(found_in("struct A { friend bool operator<(const A& a, const A& b) { return a.n < b.n; }\n"
                 "A& operator=(A&& o) { n = o.n; return *this; }\nvoid operator()() { f(); } };") ==
        Texts{"A::operator/1", "A::operator/2", "A::operator/1"});
  CHECK(
      found_in("template <typename F, typename... A>\nauto submit(F&& f, A&&... a) -> Future<R<F>> "
               "{ g(); }\nvoid f(std::function<void()> a = {}, int b = g(1)) { h(); }") ==
      Texts{"submit/1", "f/1"});
}

TEST_CASE("what a function returns") {
  using Result = Function::Result;
  const auto result = [](const std::string& text) { return functions_of(Code(text)).at(0).result; };
  CHECK(result("void f() {}") == Result::kNothing);
  CHECK(result("inline bool f() {}") == Result::kBool);
  CHECK(result("auto f() -> bool {}") == Result::kBool);
  CHECK(result("std::ptrdiff_t f(bool a) {}") == Result::kOther);
  CHECK(result("std::vector<bool> f() {}") == Result::kOther);
  CHECK(result("void* f() {}") == Result::kOther);
  CHECK(result("struct A { ~A() {} };") == Result::kNothing);
  CHECK(result("template <class T> [[noreturn]] void f(const T&...) {}") == Result::kNothing);
}

std::vector<Kind> kinds(const std::string& body) {
  const Code code("void f() { " + body + " }");
  const Statement block = functions_of(code).at(0).body;
  std::vector<Kind> kinds;
  for (const Statement& one : block.parts) kinds.push_back(one.kind);
  return kinds;
}

TEST_CASE("kinds of statements") {
  CHECK(
      kinds(
          "if (a) f(); else { g(); } while (a) f(); for (auto& x : y) f(x); do f(); while (a);") ==
      std::vector{Kind::kIf, Kind::kWhile, Kind::kFor, Kind::kDo});
  CHECK(kinds("try { f(); } catch (const E& e) { g(); } catch (...) {} return; throw; break; ;") ==
        std::vector{Kind::kTry, Kind::kReturn, Kind::kThrow, Kind::kJump, Kind::kEmpty});
  CHECK(kinds("switch (a) { case A::kB: f(); break; default: g(); } { f(); }") ==
        std::vector{Kind::kSwitch, Kind::kBlock});
}

TEST_CASE("declarations and expressions") {
  for (const char* text :
       {"int a;", "const auto b = f();", "std::scoped_lock hold(m);", "A& b = c;", "A b{1};",
        "std::vector<std::pair<int, A*>> v;", "auto [a, b] = f();", "using T = int;",
        "lab::Event::State s;", "struct A { int x; };"}) {
    CAPTURE(std::string(text));
    CHECK(kinds(text) == std::vector{Kind::kDeclaration});
  }
  for (const char* text :
       {"a = 1;", "a.b->c = d;", "f(a);", "std::swap(a, b);", "++a;", "*p = 1;", "a[i] = b;",
        "(void)a;", "hold.unlock();", "delete p;", "f([&] { int a; return a; });"}) {
    CAPTURE(std::string(text));
    CHECK(kinds(text) == std::vector{Kind::kExpression});
  }
}

TEST_CASE("what a declaration declares") {
  const auto declared = [](const std::string& text) {
    const Code code("void f() { " + text + " }");
    return declared_by(code, functions_of(code).at(0).body.parts.at(0));
  };
  CHECK(declared("const std::unique_lock<std::mutex> hold(m);").type == "unique_lock");
  CHECK(declared("const std::unique_lock<std::mutex> hold(m);").name == "hold");
  CHECK(declared("auto& x = f();").name == "x");
  CHECK(declared("auto& x = f();").type == "");
  CHECK(declared("A a{1, 2};").from_end - declared("A a{1, 2};").from == 3);
  CHECK(declared("using T = int;").name == "");
}

TEST_CASE("lambdas' bodies are found, subscripts are not lambdas") {
  const Code code(
      "void f() { c.wait(hold, [this, before = n] { return n != before; });\n"
      "a[i] = b[0]; auto g = [](auto x) mutable -> std::pair<int, T> { x(); x(); }; }");
  const Statement body = functions_of(code).at(0).body;
  REQUIRE(body.parts.size() == 3);
  REQUIRE(body.parts[0].lambdas.size() == 1);
  CHECK(body.parts[0].lambdas[0].parts.size() == 1);
  CHECK(body.parts[1].lambdas.empty());
  REQUIRE(body.parts[2].lambdas.size() == 1);
  CHECK(body.parts[2].lambdas[0].parts.size() == 2);

  int seen = 0;
  std::size_t deepest = 0;
  for_each_statement(body, [&](const Statement&, const Blocks& around) {
    ++seen;
    deepest = std::max(deepest, around.size());
  });
  CHECK(seen == 9);  // the body, three statements, two lambdas' blocks and what is in them
  CHECK(deepest == 2);
}

TEST_CASE("what cannot be read is an error with its line") {
  for (const char* text : {"void f() {\n", "void f() { )\n", "void f() { (}\n"}) {
    CAPTURE(std::string(text));
    CHECK_THROWS_AS(Code{text}, judge::LexError);
  }
}

}  // namespace
}  // namespace lockstep::mutants
