#ifndef GRADER_MUTANTS_TEXTS_FOR_TESTS_H_
#define GRADER_MUTANTS_TEXTS_FOR_TESTS_H_

#include <ostream>
#include <string>
#include <vector>

namespace lockstep::mutants {

// A list that doctest can print.
struct Texts : std::vector<std::string> {
  using std::vector<std::string>::vector;
  Texts(const std::vector<std::string>& texts) : std::vector<std::string>(texts) {}
};

inline std::ostream& operator<<(std::ostream& out, const Texts& texts) {
  out << "{";
  for (const std::string& text : texts) out << "\n    \"" << text << '"';
  return out << "}";
}

}  // namespace lockstep::mutants

#endif  // GRADER_MUTANTS_TEXTS_FOR_TESTS_H_
