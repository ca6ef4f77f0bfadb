#ifndef GRADER_MUTANTS_CALLS_H_
#define GRADER_MUTANTS_CALLS_H_

// What several operators ask about calls and locks.

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "grader/mutants/code.h"
#include "grader/mutants/statements.h"

namespace lockstep::mutants {

// `object.method(a, b)` or `object->method(a, b)`.
struct MethodCall {
  std::size_t object = 0;  // the first token of the object
  std::size_t dot = 0;     // the `.` or `->`
  std::size_t method = 0;  // the method's name
  std::size_t behind = 0;  // the token behind the `)`
  std::vector<std::pair<std::size_t, std::size_t>> arguments;
};

// The call whose method's name is the token `i`; nothing if it is not one.
std::optional<MethodCall> method_call(const Code& code, std::size_t i);

// Whether the statement is `object.method(...);`, or `method(...);` inside the object, and nothing
// more. Its call's method is the token before the `(`.
bool is_call_of(const Code& code, const Statement& statement,
                std::initializer_list<std::string_view> methods);

// Whether the statement declares a scoped_lock, lock_guard, unique_lock or shared_lock of a mutex
// (a reference to one does not count).
bool is_lock(const Code& code, const Statement& statement);

// Whether it is directly one of the statements of the innermost block around it.
bool is_in_block(const Statement& statement, const Blocks& around);

// Waits on a condition variable: wait(lock, predicate), wait_for(lock, time, predicate), ...: how
// many arguments the method has when it has a predicate; 0 for another method.
std::size_t arguments_with_predicate(std::string_view method);

}  // namespace lockstep::mutants

#endif  // GRADER_MUTANTS_CALLS_H_
