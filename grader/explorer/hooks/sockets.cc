// Sockets: of the loopback network, which are Unix sockets underneath, and Unix sockets themselves.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "grader/explorer/hooks/descriptors.h"
#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/time.h"
#include "grader/explorer/model/meetings.h"

namespace lockstep::descriptors {

namespace {

constexpr int kTypeFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
constexpr int kMostWaiting = 128;  // net.core.somaxconn of old kernels

int failed(int error) {
  errno = error;
  return -1;
}

int open_socket(int domain, int type) {
  const bool stream = (type & ~kTypeFlags) == SOCK_STREAM;
  if (!stream) refuse_call("socket", "only stream sockets are explored");
  const int fd = LOCKSTEP_REAL(socket)(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int number = add(fd, Kind::kSocket, (type & SOCK_NONBLOCK) == 0);
  if (number >= 0) at(number)->internet = domain == AF_INET;
  return number;
}

bool is_loopback(in_addr address) {
  return address.s_addr == htonl(INADDR_ANY) || (ntohl(address.s_addr) >> 24) == 127;
}

std::string_view path_of(const sockaddr* address, socklen_t length) {
  const char* const path = reinterpret_cast<const sockaddr_un*>(address)->sun_path;
  const std::size_t room = length - offsetof(sockaddr_un, sun_path);
  return path[0] == 0 ? std::string_view(path, room)
                      : std::string_view(path, ::strnlen(path, room));
}

// What the address means to a socket of this kind; nullptr with errno when nothing.
Meeting* meeting_for(const File& file, const sockaddr* address, socklen_t length) {
  if (file.internet) {
    const auto* const internet = reinterpret_cast<const sockaddr_in*>(address);
    if (length < sizeof(*internet)) {
      errno = EINVAL;
      return nullptr;
    }
    if (internet->sin_family != AF_INET) {
      errno = EAFNOSUPPORT;
      return nullptr;
    }
    if (!is_loopback(internet->sin_addr)) {
      errno = EADDRNOTAVAIL;
      return nullptr;
    }
    const int port = ntohs(internet->sin_port);
    return &meeting_at(port != 0 ? port : free_port());
  }
  if (length <= offsetof(sockaddr_un, sun_path) || address->sa_family != AF_UNIX) {
    errno = EINVAL;
    return nullptr;
  }
  return &meeting_at(path_of(address, length));
}

int bind_to(File& file, int number, Meeting& meeting, const void* pc) {
  const Range objects{meeting.object};
  reach(Op::kListen, objects, pc);
  int result = 0;
  if (file.meeting != nullptr) {
    result = failed(EINVAL);
  } else if (!file.internet) {
    const sockaddr_un address = unix_address(meeting);
    result = LOCKSTEP_REAL(bind)(number, reinterpret_cast<const sockaddr*>(&address),
                                 unix_length(meeting));
    if (result == 0) {
      bind(file, meeting);
      meeting.has_file = meeting.path[0] != 0;
    }
  } else if (!bind(file, meeting)) {
    result = failed(EADDRINUSE);
  }
  record(Op::kListen, objects, result == 0 ? "bound" : outcome(Op::kListen, result));
  return result;
}

// The kernel chooses a free address for the Unix socket that stands for a port; it goes with it.
int take_address(int number, Meeting& meeting) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (LOCKSTEP_REAL(bind)(number, any, sizeof(address.sun_family)) != 0) return -1;
  socklen_t length = sizeof(address);
  if (LOCKSTEP_REAL(getsockname)(number, any, &length) != 0) return -1;
  meeting.path = path_of(any, length);
  return 0;
}

int listen_at(int number, int backlog, const void* pc) {
  File& file = *at(number);
  if (file.meeting == nullptr) {
    if (!file.internet) return LOCKSTEP_REAL(listen)(number, backlog);  // refused, with errno
    if (bind_to(file, number, meeting_at(free_port()), pc) != 0) return -1;
  }
  Meeting& meeting = *file.meeting;
  const Range objects{meeting.object};
  reach(Op::kListen, objects, pc);
  int result = 0;
  if (file.internet && file.kind == Kind::kSocket) result = take_address(number, meeting);
  if (result == 0) result = LOCKSTEP_REAL(listen)(number, kMostWaiting);
  record(Op::kListen, objects, result == 0 ? "listens" : outcome(Op::kListen, result));
  if (result != 0) return result;
  file.kind = Kind::kListener;
  meeting.listening = true;
  // Linux lets one more wait than it is asked for.
  meeting.room = std::clamp(backlog, 0, kMostWaiting - 1) + 1;
  release(meeting.object);
  note_write();
  return 0;
}

int connect_to(int number, const sockaddr* address, socklen_t length, const void* pc) {
  File* file = at(number);
  Meeting* const meeting = meeting_for(*file, address, length);
  if (meeting == nullptr) return failed(errno == EADDRNOTAVAIL ? ENETUNREACH : errno);
  if (file->kind == Kind::kConnection) return failed(EISCONN);
  const Range objects{meeting->object};
  if (!file->blocking) {
    reach(Op::kConnect, objects, pc);
  } else if (!wait(Op::kConnect, objects, nullptr, 0, file->send_timeout, pc)) {
    record(Op::kConnect, objects, "nothing in time");
    return failed(EINPROGRESS);
  }
  file = at(number);
  if (file == nullptr) return failed(EBADF);
  int result = 0;
  if (file->internet && !meeting->listening) {
    result = failed(ECONNREFUSED);
  } else {
    const sockaddr_un real = unix_address(*meeting);
    result = LOCKSTEP_REAL(connect)(number, reinterpret_cast<const sockaddr*>(&real),
                                    unix_length(*meeting));
  }
  record(Op::kConnect, objects, result == 0 ? "" : outcome(Op::kConnect, result));
  if (result != 0) return result;
  begin_connection(number, *meeting);
  file->peer_port = meeting->port;
  file->local_port = file->meeting != nullptr ? file->meeting->port : free_port();
  meeting->waiting.push_back({file->out, file->in, file->local_port});
  release(meeting->object);
  note_write();
  return 0;
}

void put_address(const File& file, int port, sockaddr* address, socklen_t* length) {
  if (address == nullptr || length == nullptr) return;
  sockaddr_in internet{};
  internet.sin_family = AF_INET;
  internet.sin_port = htons(static_cast<std::uint16_t>(port));
  // A socket that accepts from anywhere says so.
  internet.sin_addr.s_addr = htonl(file.kind == Kind::kListener ? INADDR_ANY : INADDR_LOOPBACK);
  std::memcpy(address, &internet, std::min<std::size_t>(*length, sizeof(internet)));
  *length = sizeof(internet);
}

int accept_at(int number, sockaddr* address, socklen_t* length, int flags, const void* pc) {
  File* file = at(number);
  if (file->kind != Kind::kListener) return LOCKSTEP_REAL(accept)(number, nullptr, nullptr);
  Meeting& meeting = *file->meeting;
  const Range objects{meeting.object};
  const pollfd wish{number, POLLIN, 0};
  if (!file->blocking) {
    reach(Op::kAccept, objects, pc);
  } else if (!wait(Op::kAccept, objects, &wish, 1, file->receive_timeout, pc)) {
    record(Op::kAccept, objects, "nothing in time");
    return failed(EAGAIN);
  }
  file = at(number);
  if (file == nullptr) return failed(EBADF);
  const int fd = LOCKSTEP_REAL(accept4)(number, nullptr, nullptr, SOCK_NONBLOCK);
  if (fd < 0) {
    // Shut down. A blocking accept would have said so; this one says that nobody is there.
    if (errno == EAGAIN && !meeting.listening) errno = EINVAL;
    const int error = errno;
    record(Op::kAccept, objects, outcome(Op::kAccept, -1));
    if (error == EAGAIN) note_vain(meeting.object, pc);
    return failed(error);
  }
  const int accepted = add(fd, Kind::kConnection, (flags & SOCK_NONBLOCK) == 0);
  if (accepted < 0) return -1;
  const Meeting::Waiting client = meeting.waiting.front();
  meeting.waiting.pop_front();
  end_connection(accepted, client.in, client.out);
  File& connection = *at(accepted);
  connection.internet = file->internet;
  connection.reuse_address = file->reuse_address;
  connection.local_port = meeting.port;
  connection.peer_port = client.port;
  if (file->internet) keep(connection, meeting);
  record(Op::kAccept, objects, "as descriptor " + std::to_string(accepted));
  acquire(meeting.object);
  note_write();
  if (connection.internet) {
    put_address(connection, client.port, address, length);
  } else if (length != nullptr) {
    *length = 0;
  }
  return accepted;
}

int shut_down(int number, int how, const void* pc) {
  File* file = at(number);
  const Range objects = objects_of(*file);
  if (objects.begin != 0) {
    reach(Op::kShutdown, objects, pc);
    file = at(number);
    if (file == nullptr) return failed(EBADF);
  }
  const int result = LOCKSTEP_REAL(shutdown)(number, how);
  record(Op::kShutdown, objects, {});
  if (result != 0) return result;
  if (file->kind == Kind::kListener && how != SHUT_WR) file->meeting->listening = false;
  if (file->out != 0 && how != SHUT_RD) {
    end_direction(file->out);
    release(file->out);
  }
  note_write();
  return 0;
}

bool is_timeout(int level, int name) {
  return level == SOL_SOCKET && (name == SO_RCVTIMEO || name == SO_SNDTIMEO);
}

// Options of protocols that a Unix socket does not have change nothing that can be seen here.
bool of_network(const File& file, int level) {
  return file.internet && (level == IPPROTO_TCP || level == IPPROTO_IP);
}

int set_option(int number, int level, int name, const void* value, socklen_t length) {
  File& file = *at(number);
  if (of_network(file, level)) return 0;
  if (is_timeout(level, name)) {
    if (length < sizeof(timeval)) return failed(EINVAL);
    timeval time;
    std::memcpy(&time, value, sizeof(time));
    (name == SO_RCVTIMEO ? file.receive_timeout : file.send_timeout) =
        duration({time.tv_sec, time.tv_usec * 1000});
    return 0;
  }
  const int result = LOCKSTEP_REAL(setsockopt)(number, level, name, value, length);
  // Who has the port already keeps it as it was asked for.
  if (result == 0 && level == SOL_SOCKET && name == SO_REUSEADDR && file.meeting == nullptr) {
    file.reuse_address = *static_cast<const int*>(value) != 0;
  }
  return result;
}

int get_option(int number, int level, int name, void* value, socklen_t* length) {
  const File& file = *at(number);
  if (of_network(file, level)) {
    std::memset(value, 0, *length);
    return 0;
  }
  if (is_timeout(level, name)) {
    constexpr std::uint64_t kSecond = 1'000'000'000;
    const std::uint64_t timeout = name == SO_RCVTIMEO ? file.receive_timeout : file.send_timeout;
    const timeval time{static_cast<time_t>(timeout / kSecond),
                       static_cast<suseconds_t>(timeout % kSecond / 1000)};
    std::memcpy(value, &time, std::min<std::size_t>(*length, sizeof(time)));
    return 0;
  }
  return LOCKSTEP_REAL(getsockopt)(number, level, name, value, length);
}

}  // namespace

}  // namespace lockstep::descriptors

using namespace lockstep;               // NOLINT: the hooks below are C functions
using namespace lockstep::descriptors;  // NOLINT

LOCKSTEP_HOOK int socket(int domain, int type, int protocol) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(socket)(domain, type, protocol);
  const Inside inside;
  // There is one loopback network, and it is of the old kind: who tries both finds this one.
  if (domain != AF_INET && domain != AF_UNIX) return failed(EAFNOSUPPORT);
  return open_socket(domain, type);
}
LOCKSTEP_HOOK int bind(int number, const sockaddr* address, socklen_t length) noexcept {
  if (!ours(number)) return LOCKSTEP_REAL(bind)(number, address, length);
  const Inside inside;
  File& file = *at(number);
  Meeting* const meeting = meeting_for(file, address, length);
  return meeting == nullptr ? -1 : bind_to(file, number, *meeting, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int listen(int number, int backlog) noexcept {
  if (!ours(number)) return LOCKSTEP_REAL(listen)(number, backlog);
  const Inside inside;
  return listen_at(number, backlog, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int connect(int number, const sockaddr* address, socklen_t length) {
  if (!ours(number)) return LOCKSTEP_REAL(connect)(number, address, length);
  const Inside inside;
  return connect_to(number, address, length, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int accept(int number, sockaddr* address, socklen_t* length) {
  if (!ours(number)) return LOCKSTEP_REAL(accept)(number, address, length);
  const Inside inside;
  return accept_at(number, address, length, 0, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int accept4(int number, sockaddr* address, socklen_t* length, int flags) {
  if (!ours(number)) return LOCKSTEP_REAL(accept4)(number, address, length, flags);
  const Inside inside;
  return accept_at(number, address, length, flags, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int shutdown(int number, int how) noexcept {
  if (!ours(number)) return LOCKSTEP_REAL(shutdown)(number, how);
  const Inside inside;
  return shut_down(number, how, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int setsockopt(int number, int level, int name, const void* value,
                             socklen_t length) noexcept {
  if (!ours(number)) return LOCKSTEP_REAL(setsockopt)(number, level, name, value, length);
  const Inside inside;
  return set_option(number, level, name, value, length);
}
LOCKSTEP_HOOK int getsockopt(int number, int level, int name, void* value,
                             socklen_t* length) noexcept {
  if (!ours(number)) return LOCKSTEP_REAL(getsockopt)(number, level, name, value, length);
  const Inside inside;
  return get_option(number, level, name, value, length);
}
LOCKSTEP_HOOK int getsockname(int number, sockaddr* address, socklen_t* length) noexcept {
  if (!ours(number) || !at(number)->internet) {
    return LOCKSTEP_REAL(getsockname)(number, address, length);
  }
  const Inside inside;
  const File& file = *at(number);
  const bool bound = file.meeting != nullptr && file.kind != Kind::kConnection;
  put_address(file, bound ? file.meeting->port : file.local_port, address, length);
  return 0;
}
LOCKSTEP_HOOK int getpeername(int number, sockaddr* address, socklen_t* length) noexcept {
  if (!ours(number) || !at(number)->internet) {
    return LOCKSTEP_REAL(getpeername)(number, address, length);
  }
  const Inside inside;
  const File& file = *at(number);
  if (file.kind != Kind::kConnection) return failed(ENOTCONN);
  put_address(file, file.peer_port, address, length);
  return 0;
}
