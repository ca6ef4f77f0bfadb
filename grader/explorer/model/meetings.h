#ifndef GRADER_EXPLORER_MODEL_MEETINGS_H_
#define GRADER_EXPLORER_MODEL_MEETINGS_H_

// Where sockets meet: the ports of the loopback network and the paths of Unix sockets, with the
// rules of Linux for who may bind.

#include <sys/un.h>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "grader/explorer/model/descriptors.h"

namespace lockstep::descriptors {

struct Meeting {
  int port = 0;      // 0: a path
  std::string path;  // of the Unix socket; that of a port has one while somebody listens
  std::uintptr_t object = 0;
  bool has_file = false;
  bool listening = false;
  int bound = 0;                 // sockets of the port; those of accepted connections count
  int sharing = 0;               // ... with SO_REUSEADDR
  std::uint64_t kept_until = 0;  // an old connection keeps the port (TIME_WAIT)
  int room = 0;                  // connections that may wait to be accepted
  // Those that do, the oldest first: the directions as the accepting side has them.
  struct Waiting {
    std::uintptr_t in;
    std::uintptr_t out;
    int port;  // of the connecting side
  };
  std::deque<Waiting> waiting;
};

void clear_meetings();

// Made when they are new.
Meeting& meeting_at(int port);
Meeting& meeting_at(std::string_view path);
// nullptr when `object` is none.
Meeting* meeting_of(std::uintptr_t object);

// The next port of those that nobody asks for by number.
int free_port();

// The address of the Unix socket.
sockaddr_un unix_address(const Meeting& meeting);
socklen_t unix_length(const Meeting& meeting);

// The socket takes the port; false when the address is in use.
bool bind(File& file, Meeting& meeting);
// A connection that was accepted there keeps the port too.
void keep(File& connection, Meeting& meeting);
// The socket is closed. `kept`: it ends a connection first, and TCP keeps its port a while.
void unbind(const File& file, bool kept);

}  // namespace lockstep::descriptors

#endif  // GRADER_EXPLORER_MODEL_MEETINGS_H_
