#ifndef GRADER_JUDGE_FILES_H_
#define GRADER_JUDGE_FILES_H_

#include <string>
#include <string_view>

#include "grader/judge/descriptor.h"
#include "grader/judge/verdict.h"

namespace lockstep::judge {

// The whole of a trusted file. Throws std::system_error that names it.
std::string read_file(const std::string& path);

// Writes or replaces a file, readable by everybody. Throws std::system_error that names it.
void write_file(const std::string& path, std::string_view content);

// The lines of a text, from number 1, without their ends.
Lines lines_of(std::string_view text);

// A directory of our own under `parent` that everybody may pass through but not list; removed with
// all it holds when this goes. Directories that a killed judge left in `parent` are removed first.
class ScratchDirectory {
 public:
  explicit ScratchDirectory(const std::string& parent);
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  Descriptor lock_;  // says that its judge lives
};

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_FILES_H_
