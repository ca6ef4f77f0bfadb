// references_test FILE...: the marks in the course's own references name mutants that exist.
// Whether these survive, only ./lab mutate can say; this finds what an edit has left behind.

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "grader/mutants/report.h"

int main(int argc, char** argv) {
  using lockstep::mutants::MutatedFile;
  std::size_t mutants = 0;
  std::size_t marks = 0;
  std::size_t wrong = 0;
  for (int i = 1; i < argc; ++i) {
    std::ifstream in(argv[i]);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) {
      std::cerr << argv[i] << ": cannot be read\n";
      return 2;
    }
    const MutatedFile file = lockstep::mutants::read(argv[i], text.str());
    mutants += file.mutants.size();
    marks += file.marks.size();
    for (const std::string& complaint :
         lockstep::mutants::complaints_about(file.marks, file.mutants)) {
      std::cerr << complaint << '\n';
      ++wrong;
    }
  }
  std::cout << argc - 1 << " files, " << mutants << " mutants, " << marks << " marks\n";
  // No file, or none that can be mutated, is no check.
  return wrong == 0 && mutants > 0 ? 0 : 1;
}
