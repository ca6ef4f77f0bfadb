#include "grader/judge/submission.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "grader/judge/descriptor.h"

namespace lockstep::judge {
namespace {

constexpr long kLargest = 1L << 20;

// The line of the first byte that no text has, or 0. Text in an encoding other than UTF-8 passes:
// the compiler takes it too.
int first_binary_line(const std::string& content) {
  const auto binary = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\v';
  };
  const auto found = std::find_if(content.begin(), content.end(), binary);
  if (found == content.end()) return 0;
  return 1 + static_cast<int>(std::count(content.begin(), found, '\n'));
}

class Reading {
 public:
  Reading(std::string directory, std::string name, SubmittedFile& file)
      : path_(directory + "/" + name), name_(std::move(name)), file_(file) {}

  std::optional<Refusal> run() {
    // A pipe or a device would block open() or read() for ever.
    const Descriptor file(open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file.is_open()) {
      if (errno == ELOOP) return refuse(Rule::kForbidden, "is a link; submit the file itself");
      return refuse(Rule::kNoSuchFile, errno == ENOENT ? "is missing" : "cannot be read");
    }
    struct stat status {};
    if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
      return refuse(Rule::kForbidden, "is not a regular file");
    }
    if (status.st_size > kLargest) {
      return refuse(Rule::kForbidden, fmt::format("has {} bytes, more than the {} that are read",
                                                  status.st_size, kLargest));
    }
    std::array<char, 1 << 16> buffer;
    for (ssize_t got = 0; (got = read(file.get(), buffer.data(), buffer.size())) > 0;) {
      file_.content.append(buffer.data(), static_cast<std::size_t>(got));
      // It may grow while it is read.
      if (file_.content.size() > kLargest)
        return refuse(Rule::kForbidden, "grows while it is read");
    }
    if (const int line = first_binary_line(file_.content)) {
      file_.content.clear();
      return refuse(Rule::kCompileError, "is not a text file", line);
    }
    return std::nullopt;
  }

 private:
  Refusal refuse(Rule rule, const std::string& why, int line = 0) const {
    return {rule, fmt::format("{} {}.", name_, why), file_.name, line};
  }

  const std::string path_;
  const std::string name_;
  SubmittedFile& file_;
};

std::string hash_of(const std::vector<SubmittedFile>& files) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, crypto_generichash_BYTES);
  const auto add = [&state](const std::string& text) {
    // The length in front keeps "ab" + "c" apart from "a" + "bc".
    const std::string framed = std::to_string(text.size()) + ":" + text;
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(framed.data()),
                              framed.size());
  };
  for (const SubmittedFile& file : files) {
    add(file.name);
    add(file.content);
  }
  std::array<unsigned char, crypto_generichash_BYTES> hash;
  crypto_generichash_final(&state, hash.data(), hash.size());
  std::string hex(2 * hash.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  hex.pop_back();
  return hex;
}

}  // namespace

SubmittedFiles read_submission(const Kit& kit, const std::string& directory,
                               const std::string& own_labs) {
  SubmittedFiles submitted;
  const auto add = [&submitted](const std::string& lab, const std::string& from,
                                const std::string& name) {
    SubmittedFile& file = submitted.files.emplace_back();
    file.name = lab + "/" + name;
    if (std::optional<Refusal> refusal = Reading(from, name, file).run()) {
      submitted.refusals.push_back(*std::move(refusal));
    }
  };
  for (const std::string& name : kit.files) add(kit.lab, directory, name);
  for (const std::string& lab : kit.prerequisites) {
    if (own_labs.empty()) break;
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(kit.directory + "/" + lab)) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    for (const std::string& name : names) add(lab, own_labs + "/" + lab, name);
  }
  submitted.hash = hash_of(submitted.files);
  return submitted;
}

}  // namespace lockstep::judge
