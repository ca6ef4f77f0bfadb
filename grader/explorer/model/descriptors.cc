#include "grader/explorer/model/descriptors.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "grader/explorer/model/engine.h"
#include "grader/explorer/model/meetings.h"
#include "grader/explorer/model/real.h"
#include "grader/explorer/model/recorder.h"

namespace lockstep::descriptors {

namespace {

constexpr int kFirstNumber = 16;  // behind what the judge and the shell leave open

// Below the first page that a program can have.
constexpr std::uintptr_t kFirstObject = 0x1000;
constexpr std::size_t kMostObjects = 4096;

struct State {
  std::map<int, std::shared_ptr<File>> files;
  std::map<int, Closing> closed;
  std::vector<std::string> names;  // of objects
  std::set<std::uintptr_t> ended;  // directions
  int next_number = kFirstNumber;
};

// Made when a body opens its first descriptor; lives in the house heap.
State* g_state;

State& state() {
  if (g_state == nullptr) g_state = new State;
  return *g_state;
}

std::string pair_name(const char* what, int first, int second) {
  return std::string(what) + ' ' + std::to_string(first) + '-' + std::to_string(second);
}

}  // namespace

void begin_execution() {
  if (g_state == nullptr) return;
  for (const auto& [number, file] : g_state->files) LOCKSTEP_REAL(close)(number);
  clear_meetings();
  delete std::exchange(g_state, nullptr);
}

File* at(int number) {
  if (g_state == nullptr) return nullptr;
  const auto found = g_state->files.find(number);
  return found == g_state->files.end() ? nullptr : found->second.get();
}

const Closing* closing_of(int number) {
  if (g_state == nullptr) return nullptr;
  const auto found = g_state->closed.find(number);
  return found == g_state->closed.end() ? nullptr : &found->second;
}

int fresh_number(int fd) {
  State& s = state();
  int number = LOCKSTEP_REAL(fcntl)(fd, F_DUPFD, s.next_number);
  if (number < 0) number = LOCKSTEP_REAL(fcntl)(fd, F_DUPFD, kFirstNumber);  // from the beginning
  if (number >= 0) {
    s.next_number = number + 1;
    s.closed.erase(number);
  }
  return number;
}

int add(int fd, Kind kind, bool blocking) {
  if (fd < 0) return -1;
  State& s = state();
  const int number = fresh_number(fd);
  const int error = errno;
  LOCKSTEP_REAL(close)(fd);
  errno = error;
  if (number < 0) return -1;
  auto file = std::make_shared<File>();
  file->kind = kind;
  file->blocking = blocking;
  file->references = 1;
  file->opened_by = self()->id;
  if (g_engine.recording) file->opened = recorder::stack();
  s.files[number] = std::move(file);
  return number;
}

void share(int number, int original) {
  State& s = state();
  s.files[number] = s.files[original];
  s.closed.erase(number);
  ++s.files[number]->references;
}

void close(int number) {
  State& s = state();
  --s.files[number]->references;
  s.files.erase(number);
  s.closed[number] = {self()->id,
                      g_engine.recording ? recorder::stack() : std::vector<trace::Frame>()};
  LOCKSTEP_REAL(close)(number);
}

std::uintptr_t new_object(std::string name) {
  State& s = state();
  if (s.names.size() == kMostObjects) {
    refuse("more than 2,000 pipes and connections in one execution are not supported");
  }
  s.names.push_back(std::move(name));
  return kFirstObject + (s.names.size() - 1) * kObjectSize;
}

void join_pipe(int reader, int writer) {
  at(reader)->in = at(writer)->out = new_object(pair_name("pipe", reader, writer));
}

void join_pair(int first, int second) {
  const std::string name = pair_name("socket pair", first, second);
  File& a = *at(first);
  File& b = *at(second);
  a.in = b.out = new_object(name);
  a.out = b.in = new_object(name);
}

void begin_connection(int number, const Meeting& meeting) {
  const std::string name =
      "connection " + std::to_string(number) + " to " + name_of(meeting.object);
  File& file = *at(number);
  file.kind = Kind::kConnection;
  file.in = new_object(name);
  file.out = new_object(name);
}

void end_connection(int number, std::uintptr_t in, std::uintptr_t out) {
  File& file = *at(number);
  file.in = in;
  file.out = out;
}

void end_direction(std::uintptr_t direction) { state().ended.insert(direction); }

bool has_ended(std::uintptr_t direction) { return state().ended.count(direction) != 0; }

bool is_object(std::uintptr_t address) {
  return address >= kFirstObject && address < kFirstObject + kMostObjects * kObjectSize;
}

std::string name_of(std::uintptr_t object) {
  const std::size_t index = (object - kFirstObject) / kObjectSize;
  return g_state == nullptr || index >= g_state->names.size() ? std::string()
                                                              : g_state->names[index];
}

Range all_objects() {
  return {kFirstObject, static_cast<std::uint32_t>(state().names.size() * kObjectSize)};
}

Range objects_of(const File& file) {
  if (file.kind == Kind::kListener) return {file.meeting->object};
  if (file.in == 0 || file.out == 0) return {file.in + file.out};
  // They were made one after the other.
  return {file.in < file.out ? file.in : file.out, 2 * kObjectSize};
}

bool ready(const Pending& pending) {
  if (!pending.blocks) return true;
  if (pending.op == Op::kConnect) {
    const Meeting& meeting = *meeting_of(pending.address);
    return !meeting.listening || static_cast<int>(meeting.waiting.size()) < meeting.room;
  }
  // The copy keeps the program's array as it is until the call returns.
  std::vector<pollfd> wish(pending.wish, pending.wish + pending.wish_count);
  return LOCKSTEP_REAL(poll)(wish.data(), wish.size(), 0) != 0;
}

std::optional<trace::OpenDescriptors> left_open() {
  if (g_state == nullptr || g_state->files.empty()) return std::nullopt;
  trace::OpenDescriptors open;
  for (const auto& [number, file] : g_state->files) {
    open.all.push_back({number, file->opened_by, file->opened});
  }
  return open;
}

}  // namespace lockstep::descriptors
