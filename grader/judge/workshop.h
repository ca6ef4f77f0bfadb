#ifndef GRADER_JUDGE_WORKSHOP_H_
#define GRADER_JUDGE_WORKSHOP_H_

#include <string>
#include <vector>

#include "grader/judge/files.h"
#include "grader/judge/jail.h"
#include "grader/judge/kit.h"
#include "grader/judge/submission.h"

namespace lockstep::judge {

// The directories of one grading, and the jail that shows them:
//
//   inside      what
//   /work       LAB/FILE: the submission and the tests; read-only
//   /given      LAB/FILE: reference headers of earlier labs, a library to this one; read-only
//   /lockstep   the toolkit: compiler flags, headers, the grader's libraries; read-only
//   /out        what the compiler writes; read-only when the program runs
class Workshop {
 public:
  // `toolkit` is a directory made by grader/toolkit.bzl. The workshop is made in the directory
  // `scratch` (which every user can pass through), or where temporary files go if that is empty.
  // Throws std::system_error when the directories cannot be made.
  Workshop(const Kit& kit, const std::string& toolkit, const SubmittedFiles& submission,
           const std::string& scratch = "");

  const Jail& jail() const { return jail_; }
  const std::string& toolkit() const { return toolkit_; }

  // A file of the compiler's output on the host.
  std::string output(const std::string& name) const { return out_ + "/" + name; }
  // Adds a file to /work.
  void add(const std::string& name, std::string_view content) const;

  std::vector<Mount> mounts(bool out_is_writable) const;

 private:
  const ScratchDirectory scratch_;
  const std::string toolkit_;
  const std::string work_;
  const std::string given_;
  const std::string out_;
  const Jail jail_;
};

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_WORKSHOP_H_
