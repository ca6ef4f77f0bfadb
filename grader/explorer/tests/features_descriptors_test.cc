// Pipes, pairs of sockets and loopback connections between threads: a call that blocks waits for
// the other side, under every strategy and on both back ends.

#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include "grader/explorer/tests/rows.h"
#include "grader/explorer/tests/sockets.h"
#include "grader/explorer/tests/two_threads.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

struct Pipe {
  Pipe() { EXPECT(::pipe(ends) == 0); }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  int reader() const { return ends[0]; }
  int writer() const { return ends[1]; }
  void close_reader() { close(ends[0]); }
  void close_writer() { close(ends[1]); }

 private:
  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
  int ends[2];
};

}  // namespace

TEST_CASE("a pipe carries three numbers in order, then its end") {
  holds([] {
    Pipe pipe;
    std::thread writer([&] {
      for (int i = 0; i < 3; ++i) EXPECT(::write(pipe.writer(), &i, sizeof(i)) == sizeof(i));
      pipe.close_writer();
    });
    int next = 0;
    for (int got = 0; ::read(pipe.reader(), &got, sizeof(got)) == sizeof(got); ++next) {
      EXPECT(got == next);
    }
    EXPECT(next == 3);
    writer.join();
  });
}

TEST_CASE("what was written before a message is seen by who reads it") {
  holds([] {
    Pipe pipe;
    int plain = 0;
    std::thread writer([&] {
      plain = 42;
      EXPECT(write_all(pipe.writer(), "x"));
    });
    char byte = 0;
    EXPECT(::read(pipe.reader(), &byte, 1) == 1);
    EXPECT(plain == 42);
    writer.join();
  });
}

TEST_CASE("what was done before the end, or before connecting, is seen as well") {
  holds([] {
    Pipe pipe;
    int plain = 0;
    std::thread writer([&] {
      plain = 42;
      pipe.close_writer();
    });
    EXPECT(read_all(pipe.reader()).empty());
    EXPECT(plain == 42);
    writer.join();
  });
  holds([] {
    const int server = listening_socket(8080);
    int plain = 0;
    std::thread client([&] {
      plain = 42;
      ::close(connected_socket(8080));
    });
    const int accepted = ::accept(server, nullptr, nullptr);
    EXPECT(plain == 42);
    client.join();
    for (const int socket : {server, accepted}) ::close(socket);
  });
}

TEST_CASE("a writer waits for room, and writes all of it") {
  holds([] {
    Pipe pipe;
    constexpr std::size_t kMoreThanFits = 100'000;  // a pipe holds 65,536 bytes
    std::thread writer([&] {
      EXPECT(write_all(pipe.writer(), std::string(kMoreThanFits, 'x')));
      pipe.close_writer();
    });
    std::size_t size = 0;
    std::string buffer(40'000, '\0');
    for (;;) {
      const ssize_t got = ::read(pipe.reader(), buffer.data(), buffer.size());
      EXPECT(got >= 0);
      if (got == 0) break;
      size += static_cast<std::size_t>(got);
    }
    EXPECT(size == kMoreThanFits);
    writer.join();
  });
}

TEST_CASE("a pair of sockets: question and answer, by every pair of calls") {
  holds([] {
    int ends[2];
    EXPECT(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    std::thread other([&] {
      char question[4];
      EXPECT(::recv(ends[1], question, sizeof(question), MSG_WAITALL) == 4);
      EXPECT(std::memcmp(question, "ping", 4) == 0);
      char first[] = {'p', 'o'};
      char second[] = {'n', 'g'};
      const iovec parts[] = {{first, 2}, {second, 2}};
      EXPECT(::writev(ends[1], parts, 2) == 4);
      ::close(ends[1]);
    });
    EXPECT(::send(ends[0], "pi", 2, 0) == 2);
    EXPECT(::sendto(ends[0], "ng", 2, 0, nullptr, 0) == 2);
    std::array<char, 3> head{};
    std::array<char, 3> tail{};
    const iovec parts[] = {{head.data(), 3}, {tail.data(), 3}};
    EXPECT(::readv(ends[0], parts, 2) == 4);
    EXPECT((head == std::array{'p', 'o', 'n'} && tail[0] == 'g'));
    char end = 0;
    EXPECT(::recvfrom(ends[0], &end, 1, 0, nullptr, nullptr) == 0);
    other.join();
    ::close(ends[0]);
  });
}

TEST_CASE("a server and two clients on a port that the system chose") {
  holds([] {
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    EXPECT(bind_to(server, 0) == 0);
    EXPECT(::listen(server, 5) == 0);
    sockaddr_in address{};
    socklen_t length = sizeof(address);
    EXPECT(::getsockname(server, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    const int port = ntohs(address.sin_port);
    EXPECT(port > 1024);
    std::thread serves([&] {
      for (int i = 0; i < 2; ++i) {
        sockaddr_in peer{};
        socklen_t size = sizeof(peer);
        const int client = ::accept(server, reinterpret_cast<sockaddr*>(&peer), &size);
        EXPECT(client >= 0);
        EXPECT(peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
        EXPECT(write_all(client, read_all(client) + "!"));
        ::close(client);
      }
    });
    const auto asks = [&](const char* question) {
      const int client = connected_socket(port);
      EXPECT(write_all(client, question));
      EXPECT(::shutdown(client, SHUT_WR) == 0);
      EXPECT(read_all(client) == std::string(question) + "!");
      ::close(client);
    };
    std::thread other([&] { asks("one"); });
    asks("two");
    other.join();
    serves.join();
    ::close(server);
  });
}

TEST_CASE("nobody listens: refused") {
  holds([] {
    const int client = ::socket(AF_INET, SOCK_STREAM, 0);
    EXPECT(connect_to(client, 8080) == -1);
    EXPECT(errno == ECONNREFUSED);
    ::close(client);
  });
}

TEST_CASE("addresses and options are those of an internet socket") {
  holds([] {
    const int server = listening_socket(8080);
    const int client = connected_socket(8080);
    const int accepted = ::accept(server, nullptr, nullptr);
    sockaddr_in mine{};
    sockaddr_in theirs{};
    socklen_t length = sizeof(mine);
    EXPECT(::getsockname(client, reinterpret_cast<sockaddr*>(&mine), &length) == 0);
    EXPECT(::getpeername(accepted, reinterpret_cast<sockaddr*>(&theirs), &length) == 0);
    EXPECT(mine.sin_port == theirs.sin_port);
    EXPECT(::getpeername(client, reinterpret_cast<sockaddr*>(&theirs), &length) == 0);
    EXPECT(ntohs(theirs.sin_port) == 8080);
    const int on = 1;
    EXPECT(::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0);
    EXPECT(::socket(AF_INET6, SOCK_STREAM, 0) == -1);
    EXPECT(errno == EAFNOSUPPORT);
    for (const int socket : {server, client, accepted}) ::close(socket);
  });
}

TEST_CASE("a port is in use, and kept for a minute by a connection that the server ended") {
  const auto body = [](bool reuse, bool server_first) {
    const auto open = [&] {
      const int server = ::socket(AF_INET, SOCK_STREAM, 0);
      const int on = 1;
      if (reuse) EXPECT(::setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0);
      return server;
    };
    int server = open();
    EXPECT(bind_to(server, 8080) == 0);
    EXPECT(::listen(server, 1) == 0);
    const int second = open();
    EXPECT(bind_to(second, 8080) == -1);
    EXPECT(errno == EADDRINUSE);
    const int client = connected_socket(8080);
    const int accepted = ::accept(server, nullptr, nullptr);
    ::close(server);
    ::close(server_first ? accepted : client);
    ::close(server_first ? client : accepted);
    const bool kept = server_first && !reuse;
    EXPECT((bind_to(second, 8080) == -1) == kept);
    // The minute passes.
    std::this_thread::sleep_for(std::chrono::seconds(61));
    if (kept) EXPECT(bind_to(second, 8080) == 0);
    ::close(second);
  };
  for (const bool reuse : {false, true}) {
    for (const bool server_first : {false, true}) {
      holds([&] { body(reuse, server_first); });
    }
  }
}

TEST_CASE("more than the backlog: who connects waits until one is accepted") {
  holds([] {
    const int server = listening_socket(8080, 0);  // one may wait
    const int first = connected_socket(8080);
    std::atomic<bool> accepted{false};
    std::thread other([&] {
      const int second = connected_socket(8080);
      EXPECT(accepted);
      ::close(second);
    });
    quiesce();
    EXPECT(asleep() == 1);
    accepted = true;
    const int one = ::accept(server, nullptr, nullptr);
    const int two = ::accept(server, nullptr, nullptr);
    other.join();
    for (const int socket : {server, first, one, two}) ::close(socket);
  });
}

TEST_CASE("a Unix socket with a path") {
  holds([] {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, "features_descriptors.sock");
    const auto* const at = reinterpret_cast<const sockaddr*>(&address);
    const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT(::bind(server, at, sizeof(address)) == 0);
    EXPECT(::listen(server, 1) == 0);
    std::thread other([&] {
      const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
      EXPECT(::connect(client, at, sizeof(address)) == 0);
      EXPECT(read_all(client) == "hello");
      ::close(client);
    });
    const int accepted = ::accept(server, nullptr, nullptr);
    EXPECT(write_all(accepted, "hello"));
    ::close(accepted);
    other.join();
    ::close(server);
  });
}

TEST_CASE("poll and select wait for one of two, and say which") {
  const auto body = [](const auto& first_of) {
    Pipe one;
    Pipe two;
    std::thread writer([&] { EXPECT(write_all(two.writer(), "x")); });
    EXPECT(first_of(one.reader(), two.reader()) == two.reader());
    writer.join();
  };
  holds([&] {
    body([](int one, int two) {
      pollfd wish[] = {{one, POLLIN, 0}, {two, POLLIN, 0}};
      EXPECT(::poll(wish, 2, -1) == 1);
      EXPECT((wish[0].revents == 0 && wish[1].revents == POLLIN));
      return two;
    });
  });
  holds([&] {
    body([](int one, int two) {
      fd_set wish;
      FD_ZERO(&wish);
      FD_SET(one, &wish);
      FD_SET(two, &wish);
      EXPECT(::select(two + 1, &wish, nullptr, nullptr, nullptr) == 1);
      return FD_ISSET(one, &wish) ? one : two;
    });
  });
}

TEST_CASE("time-outs: of poll, of a socket's own, of nothing at all") {
  holds([] {
    using Clock = std::chrono::steady_clock;
    const auto elapsed = [](auto wait) {
      const auto begin = Clock::now();
      wait();
      return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
    };
    int ends[2];
    EXPECT(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    // An hour, a quarter of a second and two seconds of virtual time.
    EXPECT(elapsed([&] {
             pollfd wish{ends[0], POLLIN, 0};
             EXPECT(::poll(&wish, 1, 3'600'000) == 0);
           }) == 3'600'000);
    EXPECT(elapsed([&] {
             const timeval quarter{0, 250'000};
             EXPECT(::setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &quarter, sizeof(quarter)) == 0);
             char byte = 0;
             EXPECT(::read(ends[0], &byte, 1) == -1);
             EXPECT(errno == EAGAIN);
           }) == 250);
    EXPECT(elapsed([&] { EXPECT(::poll(nullptr, 0, 2'000) == 0); }) == 2'000);
    ::close(ends[0]);
    ::close(ends[1]);
  });
}

TEST_CASE("non-blocking: by a flag, by fcntl, by ioctl, in one call") {
  holds([] {
    const auto refused = [](ssize_t result) { return result == -1 && errno == EAGAIN; };
    char byte = 0;
    int flagged[2];
    EXPECT(::pipe2(flagged, O_NONBLOCK) == 0);
    EXPECT(refused(::read(flagged[0], &byte, 1)));
    Pipe pipe;
    EXPECT((::fcntl(pipe.reader(), F_GETFL) & O_NONBLOCK) == 0);
    EXPECT(::fcntl(pipe.reader(), F_SETFL, O_NONBLOCK) == 0);
    EXPECT((::fcntl(pipe.reader(), F_GETFL) & O_NONBLOCK) != 0);
    EXPECT(refused(::read(pipe.reader(), &byte, 1)));
    int ends[2];
    EXPECT(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    EXPECT(refused(::recv(ends[0], &byte, 1, MSG_DONTWAIT)));
    int on = 1;
    EXPECT(::ioctl(ends[0], FIONBIO, &on) == 0);
    EXPECT(refused(::read(ends[0], &byte, 1)));
    for (const int end : {flagged[0], flagged[1], ends[0], ends[1]}) ::close(end);
  });
}

TEST_CASE("a copy of a descriptor keeps the pipe open") {
  holds([] {
    Pipe pipe;
    const int copy = ::dup(pipe.writer());
    pipe.close_writer();
    std::thread writer([&] {
      EXPECT(write_all(copy, "x"));
      ::close(copy);
    });
    EXPECT(read_all(pipe.reader()) == "x");
    writer.join();
  });
}

TEST_CASE("a copy of a listener listens on") {
  holds([] {
    const int server = listening_socket(8080);
    const int copy = ::dup(server);
    ::close(server);
    const int client = connected_socket(8080);
    const int accepted = ::accept(copy, nullptr, nullptr);
    EXPECT(accepted >= 0);
    for (const int socket : {copy, client, accepted}) ::close(socket);
  });
}

TEST_CASE("a listener that is shut down wakes who accepts") {
  holds([] {
    const int server = listening_socket(8080);
    std::thread serves([&] {
      EXPECT(::accept(server, nullptr, nullptr) == -1);
      EXPECT(errno == EINVAL);
    });
    EXPECT(::shutdown(server, SHUT_RDWR) == 0);
    serves.join();
    ::close(server);
  });
}

TEST_CASE("nobody reads: an error, where SIGPIPE is kept away") {
  holds([] {
    Pipe pipe;
    pipe.close_reader();
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT(::write(pipe.writer(), "x", 1) == -1);
    EXPECT(errno == EPIPE);
    EXPECT(std::signal(SIGPIPE, SIG_DFL) == SIG_IGN);
    int ends[2];
    EXPECT(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    ::close(ends[1]);
    EXPECT(::send(ends[0], "x", 1, MSG_NOSIGNAL) == -1);
    EXPECT(errno == EPIPE);
    ::close(ends[0]);
  });
}
