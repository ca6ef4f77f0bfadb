#ifndef GRADER_CLI_SUBMISSION_H_
#define GRADER_CLI_SUBMISSION_H_

#include <filesystem>
#include <string>

#include "grader/cli/workspace.h"

namespace lockstep::cli {

// The folder of the files to judge: `given` (--submission, relative to where the command was
// typed), or the student's own when it is empty. Throws Error when there is no such folder; a file
// that is missing in it is for the judge to say.
std::filesystem::path submission_folder(const Workspace& workspace, const std::string& lab,
                                        const std::string& given);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_SUBMISSION_H_
