#ifndef GRADER_CLI_COURSE_H_
#define GRADER_CLI_COURSE_H_

#include <string>
#include <string_view>
#include <vector>

namespace lockstep::cli {

// A lab of labs/course.bzl.
struct Lab {
  std::string name;                // "05_rlock": the folder in labs/ and solutions/
  std::string title;               // "A lock that its owner may take again"
  std::vector<std::string> needs;  // names of the labs it is built on
  bool standing = false;           // its folder exists
};

class Course {
 public:
  explicit Course(std::vector<Lab> labs) : labs_(std::move(labs)) {}

  // The course as it was when this program was built.
  static Course built_in();

  const std::vector<Lab>& labs() const { return labs_; }  // in the order of the course

  // The lab that `name` means: `5`, `05`, `rlock`, `05_rlock` or a path to its folder, as the shell
  // completes it. Throws Error, with the nearest name, when there is none or it does not stand yet.
  const Lab& find(std::string_view name) const;

 private:
  std::vector<Lab> labs_;
};

}  // namespace lockstep::cli

#endif  // GRADER_CLI_COURSE_H_
