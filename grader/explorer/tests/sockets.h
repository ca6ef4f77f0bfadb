#ifndef GRADER_EXPLORER_TESTS_SOCKETS_H_
#define GRADER_EXPLORER_TESTS_SOCKETS_H_

// What the rows on sockets have in common: addresses of the loopback network, and a server that
// listens.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "grader/explorer/explore.h"

namespace lockstep::tests {

inline sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline int bind_to(int socket, int port) {
  const sockaddr_in address = loopback(port);
  return ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

inline int connect_to(int socket, int port) {
  const sockaddr_in address = loopback(port);
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

inline int listening_socket(int port, int backlog = 5) {
  const int server = ::socket(AF_INET, SOCK_STREAM, 0);
  if (bind_to(server, port) != 0 || ::listen(server, backlog) != 0) fail("no server");
  return server;
}

inline int connected_socket(int port) {
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  if (connect_to(client, port) != 0) fail("no connection");
  return client;
}

// All that comes before the end.
inline std::string read_all(int descriptor) {
  std::string text;
  char buffer[64];
  for (;;) {
    const ssize_t got = ::read(descriptor, buffer, sizeof(buffer));
    if (got <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

inline bool write_all(int descriptor, std::string_view text) {
  return ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace lockstep::tests

#endif  // GRADER_EXPLORER_TESTS_SOCKETS_H_
