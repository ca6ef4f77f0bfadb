#ifndef GRADER_MUTANTS_FUNCTIONS_H_
#define GRADER_MUTANTS_FUNCTIONS_H_

#include <string>
#include <vector>

#include "grader/mutants/code.h"
#include "grader/mutants/statements.h"

namespace lockstep::mutants {

// A function with its body. Only bodies are mutated.
struct Function {
  // What a call gives back, as far as a token can tell. Constructors and destructors: kNothing.
  enum class Result { kNothing, kBool, kOther };

  std::string name;                  // "try_lock", "operator"; of a destructor the class's name
  std::vector<std::string> classes;  // around it, the outermost first
  Result result = Result::kOther;
  Statement body;  // kBlock
};

// The functions of a file that have a body, in their order: free ones, and those of classes.
std::vector<Function> functions_of(const Code& code);

}  // namespace lockstep::mutants

#endif  // GRADER_MUTANTS_FUNCTIONS_H_
