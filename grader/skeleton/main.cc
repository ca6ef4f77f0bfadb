// skeleton REFERENCE OUT [DONE]: writes the skeleton of the file REFERENCE to OUT, or with DONE
// (ones and zeros) what is half filled in this pattern (skeleton.h).

#include <fstream>
#include <iostream>
#include <sstream>

#include "grader/skeleton/skeleton.h"

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::cerr << "usage: skeleton REFERENCE OUT [DONE]\n";
    return 2;
  }
  std::ifstream in(argv[1]);
  std::ostringstream reference;
  reference << in.rdbuf();
  if (!in) {
    std::cerr << argv[1] << ": cannot be read\n";
    return 1;
  }
  try {
    std::ofstream out(argv[2]);
    out << (argc == 3 ? lockstep::skeleton_of(reference.str())
                      : lockstep::half_filled(reference.str(), argv[3]));
    out.flush();
    if (out) return 0;
    std::cerr << argv[2] << ": cannot be written\n";
  } catch (const lockstep::SkeletonError& error) {
    std::cerr << argv[1] << ':' << error.what() << '\n';
  }
  return 1;
}
