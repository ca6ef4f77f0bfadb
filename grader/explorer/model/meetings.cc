#include "grader/explorer/model/meetings.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "grader/explorer/model/engine.h"

namespace lockstep::descriptors {

namespace {

constexpr int kFirstFreePort = 49152;                       // where IANA's range for this begins
constexpr std::uint64_t kTimeWait = 60ull * 1'000'000'000;  // Linux's TCP_TIMEWAIT_LEN

struct State {
  std::deque<Meeting> meetings;
  int next_port = kFirstFreePort;
};

State* g_state;  // in the house heap

State& state() {
  if (g_state == nullptr) g_state = new State;
  return *g_state;
}

Meeting& make(int port, std::string path, const std::string& name) {
  Meeting& meeting = state().meetings.emplace_back();
  meeting.port = port;
  meeting.path = std::move(path);
  meeting.object = new_object(name);
  return meeting;
}

}  // namespace

void clear_meetings() {
  if (g_state == nullptr) return;
  for (const Meeting& meeting : g_state->meetings) {
    // The next execution finds the files as this one did.
    if (meeting.has_file) ::unlink(meeting.path.c_str());
  }
  delete g_state;
  g_state = nullptr;
}

Meeting& meeting_at(int port) {
  for (Meeting& meeting : state().meetings) {
    if (meeting.port == port) return meeting;
  }
  return make(port, {}, "port " + std::to_string(port));
}

Meeting& meeting_at(std::string_view path) {
  for (Meeting& meeting : state().meetings) {
    if (meeting.port == 0 && meeting.path == path) return meeting;
  }
  return make(0, std::string(path), std::string(path[0] == 0 ? path.substr(1) : path));
}

Meeting* meeting_of(std::uintptr_t object) {
  for (Meeting& meeting : state().meetings) {
    if (meeting.object == object) return &meeting;
  }
  return nullptr;
}

int free_port() { return state().next_port++; }

sockaddr_un unix_address(const Meeting& meeting) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, meeting.path.data(),
              std::min(meeting.path.size(), sizeof(address.sun_path)));
  return address;
}

socklen_t unix_length(const Meeting& meeting) {
  const std::size_t end = meeting.path[0] == 0 ? 0 : 1;  // of a file's name
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + meeting.path.size() + end);
}

bool bind(File& file, Meeting& meeting) {
  const bool all_share = file.reuse_address && meeting.bound == meeting.sharing;
  const bool kept = meeting.bound > 0 || g_engine.now < meeting.kept_until;
  if (meeting.listening || (kept && !all_share)) return false;
  keep(file, meeting);
  return true;
}

void keep(File& connection, Meeting& meeting) {
  ++meeting.bound;
  if (connection.reuse_address) ++meeting.sharing;
  connection.meeting = &meeting;
}

void unbind(const File& file, bool kept) {
  Meeting& meeting = *file.meeting;
  --meeting.bound;
  if (file.reuse_address) --meeting.sharing;
  if (kept) meeting.kept_until = g_engine.now + kTimeWait;
}

}  // namespace lockstep::descriptors
