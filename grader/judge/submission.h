#ifndef GRADER_JUDGE_SUBMISSION_H_
#define GRADER_JUDGE_SUBMISSION_H_

#include <string>
#include <vector>

#include "grader/explorer/rules.h"
#include "grader/judge/kit.h"

namespace lockstep::judge {

// Why a submission is not even compiled.
struct Refusal {
  Rule rule{};
  std::string message;  // one sentence, that begins with the file's name
  std::string file;     // "05_rlock/rlock.h"
  int line = 0;         // 0: the file as a whole
};

struct SubmittedFile {
  std::string name;  // "05_rlock/rlock.h"
  std::string content;
};

struct SubmittedFiles {
  std::vector<SubmittedFile> files;  // in the order of the kit
  std::vector<Refusal> refusals;     // of files that are missing, links, too large, not text
  std::string hash;                  // of names and contents, in hexadecimal
};

// Reads the lab's files from `directory`: regular files only, links are not followed. With
// `own_labs`, a directory that holds the student's labs, the files of the labs that this one builds
// on are the student's too: own_labs/LAB/FILE instead of the kit's reference.
SubmittedFiles read_submission(const Kit& kit, const std::string& directory,
                               const std::string& own_labs = "");

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_SUBMISSION_H_
