// Mistakes with pipes and sockets, each with a twin that does it right.

#include <poll.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <thread>

#include "grader/explorer/tests/rows.h"
#include "grader/explorer/tests/sockets.h"
#include "grader/explorer/tests/two_threads.h"

using namespace lockstep;
using namespace lockstep::tests;

TEST_CASE("deadlock: the reader waits for an end that it keeps open itself") {
  const auto body = [](bool closes) {
    int ends[2];
    EXPECT(::pipe(ends) == 0);
    const int copy = ::dup(ends[1]);
    std::thread writer([&] {
      EXPECT(write_all(copy, "x"));
      ::close(copy);
    });
    if (closes) ::close(ends[1]);
    EXPECT(read_all(ends[0]) == "x");
    writer.join();
    ::close(ends[0]);
  };
  finds(Rule::kDeadlock, {"pipe 16-17"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("deadlock: joined before its pipe is drained") {
  const auto body = [](bool drains_first) {
    int ends[2];
    EXPECT(::pipe(ends) == 0);
    std::thread writer([&] {
      EXPECT(write_all(ends[1], std::string(70'000, 'x')));  // more than a pipe holds
      ::close(ends[1]);
    });
    std::size_t size = 0;
    const auto drain = [&] {
      std::string buffer(70'000, '\0');
      for (ssize_t got = 1; got > 0; size += static_cast<std::size_t>(got)) {
        got = ::read(ends[0], buffer.data(), buffer.size());
      }
    };
    if (drains_first) drain();
    writer.join();
    if (!drains_first) drain();
    EXPECT(size == 70'000);
    ::close(ends[0]);
  };
  finds(Rule::kDeadlock, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("check failed: what two writers send for one message each gets mixed") {
  const auto body = [](bool in_one) {
    int ends[2];
    EXPECT(::pipe(ends) == 0);
    const auto send = [&](const char* text) {
      if (in_one) {
        EXPECT(write_all(ends[1], text));
      } else {
        EXPECT(write_all(ends[1], std::string_view(text, 2)));
        EXPECT(write_all(ends[1], text + 2));
      }
    };
    two_threads([&] { send("AAAA"); }, [&] { send("BBBB"); });
    ::close(ends[1]);
    const std::string text = read_all(ends[0]);
    EXPECT(text == "AAAABBBB" || text == "BBBBAAAA");
    ::close(ends[0]);
  };
  finds(Rule::kCheckFailed, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("check failed: one read is taken for a whole message") {
  const auto body = [](bool loops) {
    int ends[2];
    EXPECT(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    std::thread sender([&] { EXPECT(::send(ends[1], "number", 6, 0) > 0); });
    char message[7] = {};
    if (loops) {
      EXPECT(::recv(ends[0], message, 1, MSG_WAITALL) == 1);
    } else {
      EXPECT(::recv(ends[0], message, 6, 0) > 0);
      EXPECT(std::strcmp(message, "number") == 0);
    }
    sender.join();
    ::close(ends[0]);
    ::close(ends[1]);
  };
  Options options;
  options.short_transfers = 1;
  const Result result = run([&] { body(false); }, options);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->rule == Rule::kCheckFailed);
  CHECK_FALSE(run([&] { body(true); }, options).finding.has_value());
  // Whole where the case does not ask for it.
  holds([&] { body(false); });
}

TEST_CASE("crash: SIGPIPE, when the peer has gone") {
  const auto body = [](int flags) {
    int ends[2];
    EXPECT(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    std::thread peer([&] { ::close(ends[1]); });
    const ssize_t sent = ::send(ends[0], "x", 1, flags);
    EXPECT(sent == 1 || errno == EPIPE);
    peer.join();
    ::close(ends[0]);
  };
  finds(Rule::kCrash, {"SIGPIPE"}, [&] { body(0); });
  holds([&] { body(MSG_NOSIGNAL); });
}

TEST_CASE("destroyed in use: closed while another thread sleeps in it") {
  const auto body = [](bool shuts_down) {
    const int server = listening_socket(8080);
    std::thread serves([&] {
      const int client = ::accept(server, nullptr, nullptr);
      EXPECT(client == -1);
    });
    if (shuts_down) {
      ::shutdown(server, SHUT_RDWR);
      serves.join();
      ::close(server);
    } else {
      ::close(server);
      serves.join();
    }
  };
  finds(Rule::kDestroyedInUse, {"port 8080"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("closed twice") {
  const auto body = [](bool twice) {
    int ends[2];
    EXPECT(::pipe(ends) == 0);
    std::thread reader([&] {
      EXPECT(read_all(ends[0]).empty());
      if (twice) ::close(ends[0]);
    });
    ::close(ends[1]);
    reader.join();
    ::close(ends[0]);
  };
  finds(Rule::kDoubleFree, {"descriptor 16"}, [&] { body(true); });
  holds([&] { body(false); });
}

TEST_CASE("leak: a descriptor that nobody closes") {
  const auto body = [](bool closes) {
    const int server = listening_socket(8080);
    const int client = connected_socket(8080);
    const int accepted = ::accept(server, nullptr, nullptr);
    ::close(client);
    ::close(server);
    if (closes) ::close(accepted);
  };
  finds(Rule::kLeak, {"Descriptor 18"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("busy wait: a non-blocking read in a loop") {
  const auto body = [](bool polls) {
    int ends[2];
    EXPECT(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    std::thread sender([&] { EXPECT(write_all(ends[1], "x")); });
    char byte = 0;
    pollfd wish{ends[0], POLLIN, 0};
    if (polls) EXPECT(::poll(&wish, 1, -1) == 1);
    while (::recv(ends[0], &byte, 1, MSG_DONTWAIT) != 1) {
    }
    sender.join();
    ::close(ends[0]);
    ::close(ends[1]);
  };
  finds(Rule::kBusyWait, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("data race: a buffer that is read into while another thread looks") {
  const auto body = [](bool joins_first) {
    int ends[2];
    EXPECT(::pipe(ends) == 0);
    EXPECT(write_all(ends[1], "x"));
    char byte = 0;
    std::thread reader([&] { EXPECT(::read(ends[0], &byte, 1) == 1); });
    if (joins_first) reader.join();
    [[maybe_unused]] volatile char seen = byte;
    if (!joins_first) reader.join();
    ::close(ends[0]);
    ::close(ends[1]);
  };
  finds(Rule::kDataRace, {"byte"}, [&] { body(false); });
  holds([&] { body(true); });
}

TEST_CASE("check failed: a stop that comes between the look and the wait") {
  // The server looks at a flag, then accepts; who stops it sets the flag and connects once more, or
  // does not.
  const auto body = [](bool knocks) {
    const int server = listening_socket(8080);
    std::atomic<bool> stop{false};
    std::thread serves([&] {
      while (!stop) {
        const int client = ::accept(server, nullptr, nullptr);
        ::close(client);
      }
    });
    stop = true;
    if (knocks) {
      const int knock = ::socket(AF_INET, SOCK_STREAM, 0);
      EXPECT(connect_to(knock, 8080) == 0);
      ::close(knock);
    }
    serves.join();
    ::close(server);
  };
  finds(Rule::kDeadlock, {"port 8080"}, [&] { body(false); });
  holds([&] { body(true); });
}
