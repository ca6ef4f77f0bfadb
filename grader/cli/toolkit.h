#ifndef GRADER_CLI_TOOLKIT_H_
#define GRADER_CLI_TOOLKIT_H_

#include <filesystem>
#include <string>
#include <vector>

namespace lockstep::cli {

// The lines of the toolkit's file `name` ("flags", "link_flags"), an argument each. They name the
// toolkit as the jail shows it, /lockstep; here that becomes where it is.
std::vector<std::string> toolkit_flags(const std::filesystem::path& toolkit,
                                       const std::string& name);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_TOOLKIT_H_
