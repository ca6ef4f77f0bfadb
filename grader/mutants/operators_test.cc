// Each operator on small pieces of code: its mutants one by one, and where it has none.

#include "grader/mutants/operators.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "grader/mutants/texts_for_tests.h"

namespace lockstep::mutants {
namespace {

std::string on_one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (blank && (line.empty() || line.back() == ' ')) continue;
    line += blank ? ' ' : c;
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

// What the operator makes of the functions in `before` + `body` + `}`: what stands behind `before`.
Texts made_in(const char* name, const std::string& before, const std::string& body) {
  const Operator* const one = operator_named(name);
  REQUIRE(one != nullptr);
  const Code code(before + body + "\n}\n");
  Texts texts;
  for (const Function& function : functions_of(code)) {
    Edits edits(code);
    one->find(code, function, edits);
    for (const Edit& edit : edits.found()) {
      std::string text = code.text();
      text.replace(edit.begin, edit.end - edit.begin, edit.text);
      text.erase(text.rfind("}\n"));
      CHECK(!edit.what.empty());
      texts.push_back(on_one_line(text.substr(std::min(before.size(), text.size()))));
    }
  }
  return texts;
}

Texts made(const char* name, const std::string& body) {
  return made_in(name, "void f() {\n", body);
}

const Texts kNothing;

TEST_CASE("the names are stable words, each once") {
  for (const Operator& one : operators()) {
    CAPTURE(one.name);
    CHECK(operator_named(one.name) == &one);
    CHECK(one.name.find('-') != std::string_view::npos);  // by which marks are told from comments
    CHECK(!one.what.empty());
  }
  CHECK(operator_named("drop-everything") == nullptr);
}

TEST_CASE("drop-lock") {
  CHECK(made("drop-lock", "std::scoped_lock hold(m);\n++n;") == Texts{"++n;"});
  CHECK(made("drop-lock", "const std::lock_guard<std::mutex> hold{m};\n++n;") == Texts{"++n;"});
  CHECK(made("drop-lock", "m.lock();\n++n;\nm.unlock();") == Texts{"++n; m.unlock();"});
  CHECK(made("drop-lock", "lock();\n++n;") == Texts{"++n;"});
  CHECK(made("drop-lock", "if (a) x->m.lock();") == Texts{"if (a) {}"});
  // What waits with it would not compile without it.
  CHECK(made("drop-lock", "std::unique_lock hold(m);\nc.wait(hold, p);") ==
        Texts{"std::unique_lock hold(m, std::defer_lock); c.wait(hold, p);"});
  // In an inner block and in a lambda.
  CHECK(made("drop-lock", "{\n  std::scoped_lock hold(m);\n  ++n;\n}") == Texts{"{ ++n; }"});
  CHECK(made("drop-lock", "g([&] {\n  std::scoped_lock hold(m);\n  ++n;\n});") ==
        Texts{"g([&] { ++n; });"});

  CHECK(made("drop-lock", "std::unique_lock<std::mutex>& same = hold;") == kNothing);
  CHECK(made("drop-lock", "std::unique_lock<std::mutex> none;") == kNothing);
  CHECK(made("drop-lock", "Clock clock(m);\nbool had = m.try_lock();") == kNothing);
  CHECK(made("drop-lock", "// m.lock();\nlog(\"m.lock();\");") == kNothing);
}

TEST_CASE("drop-unlock") {
  CHECK(made("drop-unlock", "hold.unlock();\ng();") == Texts{"g();"});
  CHECK(made("drop-unlock", "try { g(); } catch (...) { hold.unlock(); throw; }") ==
        Texts{"try { g(); } catch (...) { throw; }"});
  CHECK(made("drop-unlock", "auto later = [&] { unlock(); };") == Texts{"auto later = [&] { };"});
  CHECK(made("drop-unlock", "hold.lock();\nunlock(a, b) + 1;") == kNothing);
}

TEST_CASE("drop-notify") {
  CHECK(made("drop-notify", "c.notify_one();\nd->notify_all();") ==
        Texts{"d->notify_all();", "c.notify_one();"});
  CHECK(made("drop-notify", "if (n == 0) c.notify_all();") == Texts{"if (n == 0) {}"});
  CHECK(made("drop-notify", "notify_someone();") == kNothing);
}

TEST_CASE("one-for-all") {
  CHECK(made("one-for-all", "c.notify_all();\nc.notify_one();") ==
        Texts{"c.notify_one(); c.notify_one();"});
  CHECK(made("one-for-all", "notify_all(everybody);") == kNothing);
}

TEST_CASE("all-for-one is a mutant where somebody does not look again") {
  CHECK(made("all-for-one", "c.notify_one();\nc.wait(hold);") ==
        Texts{"c.notify_all(); c.wait(hold);"});
  CHECK(made("all-for-one", "c.notify_one();") == Texts{"c.notify_all();"});
  CHECK(made("all-for-one", "a.c.notify_one();\nc.wait(hold, p);\nc.wait_for(hold, d);") ==
        Texts{"a.c.notify_all(); c.wait(hold, p); c.wait_for(hold, d);"});
  CHECK(made("all-for-one", "a.c.notify_one();\nb->c.wait(hold, [&] { return x; });") == kNothing);
  CHECK(made("all-for-one", "c.notify_all();") == kNothing);
}

TEST_CASE("while-to-if") {
  CHECK(made("while-to-if", "while (!ready) c.wait(hold);") == Texts{"if (!ready) c.wait(hold);"});
  CHECK(made("while-to-if", "c.wait(hold, [&] { return a; });") ==
        Texts{"[&](auto predicate) { if (!predicate()) c.wait(hold); }([&] { return a; });"});
  CHECK(made("while-to-if", "if (!me.c.wait_until(hold, when, ready)) return;") ==
        Texts{"if (![&](auto predicate) { return predicate() || (me.c.wait_until(hold, when), "
              "predicate()); }(ready)) return;"});
  CHECK(made("while-to-if", "for (;;) g();\ndo g(); while (a);\nc.wait(hold);\nwait(hold, p);") ==
        kNothing);
}

TEST_CASE("drop-predicate") {
  CHECK(made("drop-predicate", "c.wait(hold, [&] { return a; });") == Texts{"c.wait(hold);"});
  CHECK(made("drop-predicate", "return c->wait_for(hold, d, ready);") ==
        Texts{"return (c->wait_for(hold, d) == std::cv_status::no_timeout);"});
  CHECK(made("drop-predicate", "c.wait(hold);\nc.wait_for(hold, d);\ne.wait_for(d);") == kNothing);
}

TEST_CASE("swap-statements") {
  CHECK(made("swap-statements", "f(a);\ng(b);") == Texts{"g(b); f(a);"});
  CHECK(made("swap-statements", "std::scoped_lock hold(m);\nif (n == 0) return;") ==
        Texts{"if (n == 0) return; std::scoped_lock hold(m);"});
  CHECK(made("swap-statements", "while (a) {\n  f();\n  g();\n}") ==
        Texts{"while (a) { g(); f(); }"});
  // What is said of one line stays with it, as far as it can.
  CHECK(made("swap-statements", "f();  // first\ng();") == Texts{"g(); // first f();"});

  CHECK(made("swap-statements", "const int a = f();\ng(a);") == kNothing);
  CHECK(made("swap-statements", "f();\nreturn;") == kNothing);
  CHECK(made("swap-statements", "f();\nstd::scoped_lock hold(m);") == kNothing);
}

TEST_CASE("swap-statements leaves out what nobody can see") {
  // Two plain assignments that have nothing to do with each other.
  CHECK(made("swap-statements", "owner = me;\nme.state = State::kEating;") == kNothing);
  CHECK(made("swap-statements", "owner = std::thread::id();\n--levels;") == kNothing);
  CHECK(made("swap-statements", "me.state = hungry;\nme.ticket = next_++;") == kNothing);
  CHECK(made("swap-statements", "owner = me;\nlevels = owner;").size() == 1);
  CHECK(made("swap-statements", "a = n++;\n++me.n;").size() == 1);
  CHECK(made("swap-statements", "from.balance -= n;\nto.balance += n;").size() == 1);
  CHECK(made("swap-statements", "a = f();\nb = 1;").size() == 1);
  CHECK(made_in("swap-statements", "std::atomic<bool> a;\nvoid f() {\n", "a = true;\nb = 1;")
            .size() == 1);
  // A notify in a critical section that begins in this function.
  const std::string lock = "std::scoped_lock hold(m);\nf();\nif (x) {\n  ";
  CHECK(made("swap-statements", lock + "a = 1;\n  c.notify_one();\n}").size() == 2);
  CHECK(made("swap-statements", "a = 1;\nc.notify_one();").size() == 1);
  CHECK(
      made("swap-statements", "std::unique_lock hold(m);\nhold.unlock();\na = 1;\nc.notify_one();")
          .size() == 3);
}

TEST_CASE("shift-bound") {
  CHECK(made("shift-bound", "return a < b;") == Texts{"return a <= b;"});
  CHECK(made("shift-bound", "return a <= b || a > c;") ==
        Texts{"return a < b || a > c;", "return a <= b || a >= c;"});
  CHECK(made("shift-bound", "return a\n       >= b;") == Texts{"return a > b;"});
  CHECK(made("shift-bound", "std::vector<int> a;\nf<T>(a);\na << b;\nx->y();") == kNothing);
}

TEST_CASE("flip-equality") {
  CHECK(made("flip-equality", "return a == b && c != d;") ==
        Texts{"return a != b && c != d;", "return a == b && c == d;"});
  CHECK(made("flip-equality", "a = b;\na <= b;") == kNothing);
}

TEST_CASE("shift-constant") {
  CHECK(made("shift-constant", "f(0);") == Texts{"f(1);"});
  CHECK(made("shift-constant", "f(1);") == Texts{"f(2);", "f(0);"});
  CHECK(made("shift-constant", "f(1'000u);") == Texts{"f(1001u);", "f(999u);"});
  CHECK(made("shift-constant", "f(1.5, 0x10, 2s, \"3\", 'x', a4);") == kNothing);
}

TEST_CASE("flip-constant") {
  CHECK(made("flip-constant", "a = true;\nreturn false;") ==
        Texts{"a = false; return false;", "a = true; return true;"});
  CHECK(made("flip-constant", "is_true = f(\"true\");") == kNothing);
}

TEST_CASE("negate-condition") {
  CHECK(made("negate-condition", "if (a) f();") == Texts{"if (!(a)) f();"});
  CHECK(made("negate-condition", "while (a == b && c) f();") ==
        Texts{"while (!(a == b && c)) f();"});
  CHECK(made("negate-condition", "do f(); while (a);") == Texts{"do f(); while (!(a));"});
  CHECK(made("negate-condition", "if (int x = f(); x > 0) g();") ==
        Texts{"if (int x = f(); !(x > 0)) g();"});
  CHECK(made("negate-condition", "return a < b ? a : b;") == Texts{"return !(a < b) ? a : b;"});
  CHECK(made("negate-condition", "f(x, a || b ? 1 : 2);") == Texts{"f(x, !(a || b) ? 1 : 2);"});
  CHECK(made("negate-condition", "f([&] { if (a) g(); });") == Texts{"f([&] { if (!(a)) g(); });"});

  // flip-equality's work, a declaration, and what is no condition.
  CHECK(made("negate-condition", "if (a == b) f();\nreturn a != b ? a : b;") == kNothing);
  CHECK(made("negate-condition", "if (auto x = f()) g();\nwhile (true) g();") == kNothing);
  CHECK(made("negate-condition", "switch (a) { default: g(); }\nfor (;;) g();") == kNothing);
}

TEST_CASE("drop-condition") {
  CHECK(made("drop-condition", "return a && b;") == Texts{"return b;", "return a;"});
  CHECK(made("drop-condition", "return a || b || c;") ==
        Texts{"return b || c;", "return a || c;", "return a || b;"});
  // && binds closer.
  CHECK(made("drop-condition", "x = a || b && f(c, d);") ==
        Texts{"x = b && f(c, d);", "x = a;", "x = a || f(c, d);", "x = a || b;"});
  CHECK(made("drop-condition", "if (a == (b && c)) f();") ==
        Texts{"if (a == (c)) f();", "if (a == (b)) f();"});
  CHECK(made("drop-condition", "auto&& a = f();\nvoid (*g)(T&& t) = h;") == kNothing);
}

TEST_CASE("weaken-order") {
  CHECK(made("weaken-order", "p.store(v, std::memory_order_release);") ==
        Texts{"p.store(v, std::memory_order_relaxed);"});
  CHECK(made("weaken-order", "p.load(std::memory_order::acquire);") ==
        Texts{"p.load(std::memory_order::relaxed);"});
  CHECK(made("weaken-order", "n.fetch_sub(1, std::memory_order_acq_rel);") ==
        Texts{"n.fetch_sub(1, std::memory_order_acquire);",
              "n.fetch_sub(1, std::memory_order_release);",
              "n.fetch_sub(1, std::memory_order_relaxed);"});
  CHECK(made("weaken-order", "return p.load();") ==
        Texts{"return p.load(std::memory_order_relaxed);"});
  CHECK(made("weaken-order", "a.p->store(f(1, 2));") ==
        Texts{"a.p->store(f(1, 2), std::memory_order_relaxed);"});
  CHECK(made("weaken-order", "p.load(std::memory_order_relaxed);\nstd::exchange(a, b);\nload();") ==
        kNothing);
}

TEST_CASE("drop-try") {
  CHECK(
      made("drop-try", "try {\n  f();\n} catch (const E& e) {\n  g();\n} catch (...) {\n}\nh();") ==
      Texts{"{ f(); } h();"});
  CHECK(made("drop-try", "f();") == kNothing);
}

TEST_CASE("drop-guard") {
  CHECK(made("drop-guard", "if (n == 0) return;\n--n;") == Texts{"--n;"});
  CHECK(made("drop-guard", "if (a) {\n  log();\n  throw E();\n}\nf();") == Texts{"f();"});
  CHECK(made("drop-guard", "for (;;) {\n  if (a) break;\n  f();\n}") == Texts{"for (;;) { f(); }"});
  // An object that nobody names again is there for its destructor.
  CHECK(made("drop-guard", "const Departure departure(*this);\nf();") == Texts{"f();"});

  CHECK(made("drop-guard", "if (a) return; else f();\nif (a) f();") == kNothing);
  CHECK(made("drop-guard", "Waiter me{1};\nf(me);\nstd::scoped_lock hold(m);") == kNothing);
}

TEST_CASE("drop-statement") {
  CHECK(made("drop-statement", "f();\n++n;") == Texts{"++n;", "f();"});
  CHECK(made("drop-statement", "if (a) f();") == Texts{"if (a) {}"});
  CHECK(made("drop-statement", "for (;;) {\n  f();\n  continue;\n}") ==
        Texts{"for (;;) { continue; }", "for (;;) { f(); }"});
  CHECK(made("drop-statement", "if (a) return;\nthrow E();") == Texts{"if (a) return;"});
  CHECK(made("drop-statement", "g([] { f(); });") == Texts{"", "g([] { });"});
  // Another operator's, or nobody's.
  CHECK(made("drop-statement", "m.lock();\nm.unlock();\nc.notify_one();\nif (a) throw E();") ==
        kNothing);
  CHECK(made("drop-statement", "(void)a;\nint b = f();\nreturn;") == kNothing);
}

TEST_CASE("early-return") {
  // One statement left: another operator drops it.
  CHECK(made("early-return", "f();\ng();") == Texts{"return; f(); g();"});
  CHECK(made("early-return", "int a = 1;\nif (a) f(); else g();") ==
        Texts{"int a = 1; return; if (a) f(); else g();"});
  CHECK(made_in("early-return", "bool f() {\n", "f();\nreturn true;") ==
        Texts{"return false; f(); return true;"});
  CHECK(made_in("early-return", "bool f() {\n", "return a;") ==
        Texts{"return true; return a;", "return false; return a;"});
  CHECK(made_in("early-return", "int f() {\n", "g();\nreturn a;") ==
        Texts{"return {}; g(); return a;"});
  CHECK(made_in("early-return", "auto f() -> bool {\n", "return a;").size() == 2);
  CHECK(made_in("early-return", "struct A { A() { f(); g(); } };\nbool f() {\n", "return true;")
            .size() == 1);
  CHECK(made_in("early-return", "bool f() {\n", "return true;") == kNothing);
  CHECK(made_in("early-return", "A f() {\n", "return {};") == kNothing);  // it does so already
  CHECK(made("early-return", "f();") == kNothing);
}

}  // namespace
}  // namespace lockstep::mutants
