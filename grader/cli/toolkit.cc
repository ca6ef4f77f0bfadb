#include "grader/cli/toolkit.h"

#include <string_view>

#include "grader/cli/files.h"
#include "grader/report/text.h"

namespace lockstep::cli {

std::vector<std::string> toolkit_flags(const std::filesystem::path& toolkit,
                                       const std::string& name) {
  constexpr std::string_view kInJail = "/lockstep";
  std::vector<std::string> flags;
  const std::string text = read_file(toolkit / name);
  for (const std::string_view line : report::split_lines(text)) {
    std::string& flag = flags.emplace_back(line);
    const std::size_t at = flag.find(kInJail);
    if (at != std::string::npos) flag.replace(at, kInJail.size(), toolkit.string());
  }
  return flags;
}

}  // namespace lockstep::cli
