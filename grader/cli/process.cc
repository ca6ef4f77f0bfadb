#include "grader/cli/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include "grader/cli/errors.h"

namespace lockstep::cli {
namespace {

class Pipe {
 public:
  Pipe() {
    std::array<int, 2> ends;
    // Close-on-exec: a program started by another thread meanwhile must not keep it open.
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe");
    }
    read_ = ends[0];
    write_ = ends[1];
  }
  ~Pipe() {
    close(read_);
    close_write();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int read_end() const { return read_; }
  int write_end() const { return write_; }
  void close_write() {
    if (write_ >= 0) close(write_);
    write_ = -1;
  }

 private:
  int read_ = -1;
  int write_ = -1;
};

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  void put(const Pipe& pipe, int descriptor) {
    posix_spawn_file_actions_adddup2(&actions_, pipe.write_end(), descriptor);
  }
  void change_directory(const std::string& path) {
    posix_spawn_file_actions_addchdir_np(&actions_, path.c_str());
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    if (!added.contains(std::string(variable.substr(0, variable.find('='))))) {
      result.emplace_back(variable);
    }
  }
  for (const auto& [name, value] : added) result.push_back(fmt::format("{}={}", name, value));
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

// Reads all pipes at once: a program that fills one while another is read would wait for ever.
void drain(const std::vector<std::pair<const Pipe*, std::string*>>& pipes) {
  std::vector<pollfd> waiting;
  for (const auto& [pipe, text] : pipes) waiting.push_back({pipe->read_end(), POLLIN, 0});
  std::size_t open_ends = waiting.size();
  std::array<char, 65536> buffer;
  while (open_ends > 0) {
    if (poll(waiting.data(), waiting.size(), -1) < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "poll");
    }
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
      const ssize_t got = read(waiting[i].fd, buffer.data(), buffer.size());
      if (got > 0) {
        pipes[i].second->append(buffer.data(), got);
      } else if (got == 0 || errno != EINTR) {
        waiting[i].fd = -1;  // poll passes over it
        --open_ends;
      }
    }
  }
}

}  // namespace

Finished run(const Command& command) {
  Finished finished;
  Pipe output, errors, result;
  FileActions actions;
  std::vector<std::pair<const Pipe*, std::string*>> pipes;
  if (command.capture_output) {
    actions.put(output, STDOUT_FILENO);
    pipes.emplace_back(&output, &finished.output);
  }
  if (command.capture_errors) {
    actions.put(errors, STDERR_FILENO);
    pipes.emplace_back(&errors, &finished.errors);
  }
  if (command.result_descriptor >= 0) {
    actions.put(result, command.result_descriptor);
    pipes.emplace_back(&result, &finished.result);
  }
  if (!command.directory.empty()) actions.change_directory(command.directory);

  std::vector<std::string> argv = command.argv;
  std::vector<std::string> environment = environment_with(command.environment);
  pid_t child = -1;
  const int error = posix_spawnp(&child, argv[0].c_str(), actions.get(), nullptr,
                                 pointers(argv).data(), pointers(environment).data());
  if (error != 0) {
    throw Error(fmt::format("{} cannot be started: {}", argv[0], std::strerror(error)),
                "./lab installs what is missing");
  }
  output.close_write();
  errors.close_write();
  result.close_write();
  drain(pipes);

  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "waitpid");
  }
  finished.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return finished;
}

std::string quoted(const std::vector<std::string>& argv) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%";
  std::string text;
  for (const std::string& argument : argv) {
    if (!text.empty()) text += ' ';
    if (!argument.empty() && argument.find_first_not_of(kPlain) == std::string::npos) {
      text += argument;
      continue;
    }
    text += '\'';
    for (const char c : argument) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += '\'';
  }
  return text;
}

}  // namespace lockstep::cli
