#include "grader/explorer/trace/source_files.h"

#include <filesystem>

namespace lockstep::trace {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// A folder of that path, at its beginning or further on.
bool below(std::string_view path, std::string_view folder) {
  if (path.starts_with(folder)) return true;
  for (std::size_t at = path.find(folder); at != std::string_view::npos;
       at = path.find(folder, at + 1)) {
    if (at > 0 && path[at - 1] == '/') return true;
  }
  return false;
}

}  // namespace

bool is_own_file(std::string_view path) {
  if (path.empty() || path.front() == '<') return false;
  for (const std::string_view system :
       {"/usr/", "/lib/", "/lib64/", "/opt/", "/lockstep/", "/given/"}) {
    if (path.starts_with(system)) return false;
  }
  if (below(path, "doctest/") || path.ends_with("/doctest.h") || contains(path, "shim/bits/") ||
      below(path, "external/")) {
    return false;
  }
  if (below(path, "grader/explorer/") || below(path, "grader/harness/")) {
    return contains(path, "/tests/") || path.ends_with("_test.cc");
  }
  return true;
}

std::string shown_path(std::string_view path, std::string_view compilation_folder) {
  // Bazel compiles in this folder so that no machine's path gets into the objects.
  for (const std::string_view folder : {compilation_folder, std::string_view("/proc/self/cwd")}) {
    if (folder.size() > 1 && path.starts_with(folder) && path.size() > folder.size() &&
        path[folder.size()] == '/') {
      path.remove_prefix(folder.size() + 1);
      break;
    }
  }
  return std::filesystem::path(path).lexically_normal().string();
}

std::string short_place(std::string_view file, int line) {
  if (line == 0 || file.empty()) return "an unknown line";
  const std::size_t slash = file.rfind('/');
  if (slash != std::string_view::npos) file.remove_prefix(slash + 1);
  return std::string(file) + ":" + std::to_string(line);
}

}  // namespace lockstep::trace
