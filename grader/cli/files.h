#ifndef GRADER_CLI_FILES_H_
#define GRADER_CLI_FILES_H_

#include <filesystem>
#include <string>
#include <string_view>

namespace lockstep::cli {

// The whole file. Throws Error when it cannot be read.
std::string read_file(const std::filesystem::path& path);

// The whole file, or empty when there is none.
std::string read_file_if_any(const std::filesystem::path& path);

// Puts `text` there in one step (a reader sees the old file or the new one), with the folders above
// it. Throws Error when it cannot be written.
void write_file(const std::filesystem::path& path, std::string_view text);

// A new folder that goes, with all that is in it, when this object does.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace lockstep::cli

#endif  // GRADER_CLI_FILES_H_
