// read, write, recv, send and their like on pipes and sockets.

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "grader/explorer/hooks/descriptors.h"
#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/plain_memory.h"
#include "grader/explorer/model/world.h"

namespace lockstep::descriptors {

namespace {

// Whether this transfer, of several bytes, is to be one of a single byte.
bool is_short() {
  Thread& me = *self();
  if (me.short_transfers >= g_engine.options->short_transfers) return false;
  g_engine.saw_short = true;
  if (choose(2) == 0) return false;
  ++me.short_transfers;
  return true;
}

// Goes to the point of a transfer; false, with errno, when it cannot be done: the descriptor is
// gone, or the deadline came.
bool begin(Op op, int number, bool blocks, const void* pc) {
  File& file = *at(number);
  const bool receives = op == Op::kReceive;
  const Range objects{receives ? file.in : file.out};
  const pollfd wish{number, static_cast<short>(receives ? POLLIN : POLLOUT), 0};
  bool in_time = true;
  if (blocks) {
    in_time = wait(op, objects, &wish, 1, receives ? file.receive_timeout : file.send_timeout, pc);
  } else {
    reach(op, objects, pc);
  }
  if (at(number) == nullptr) {
    errno = EBADF;
    return false;
  }
  if (!in_time) {
    record(op, objects, "nothing in time");
    errno = EAGAIN;
    return false;
  }
  return true;
}

// What can be read now.
std::size_t available(int number) {
  int bytes = 0;
  return LOCKSTEP_REAL(ioctl)(number, FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

ssize_t receive_once(int number, void* to, std::size_t size, int flags, const void* pc) {
  File* file = at(number);
  if (!begin(Op::kReceive, number, file->blocking && (flags & MSG_DONTWAIT) == 0, pc)) return -1;
  file = at(number);
  const std::uintptr_t direction = file->in;
  if (std::min(size, available(number)) > 1 && is_short()) size = 1;
  const int kept = flags & ~(MSG_WAITALL | MSG_DONTWAIT);
  const ssize_t result = file->kind == Kind::kPipe ? LOCKSTEP_REAL(read)(number, to, size)
                                                   : LOCKSTEP_REAL(recv)(number, to, size, kept);
  const int error = errno;
  record(Op::kReceive, {direction}, outcome(Op::kReceive, result));
  acquire(direction);
  if (result < 0 && error == EAGAIN) {
    note_vain(direction, pc);
  } else {
    note_write();
  }
  errno = error;
  return result;
}

ssize_t receive(int number, void* to, std::size_t size, int flags, const void* pc) {
  if (at(number)->in == 0) return LOCKSTEP_REAL(read)(number, to, size);  // refused, with errno
  if (size == 0) return 0;
  std::size_t got = 0;
  do {
    const ssize_t result =
        receive_once(number, static_cast<char*>(to) + got, size - got, flags, pc);
    if (result <= 0) return got > 0 ? static_cast<ssize_t>(got) : result;
    got += static_cast<std::size_t>(result);
  } while ((flags & MSG_WAITALL) != 0 && (flags & MSG_DONTWAIT) == 0 && got < size);
  return static_cast<ssize_t>(got);
}

[[noreturn]] void fail_broken_pipe() {
  trace::Failure failure = failure_of(Rule::kCrash);
  trace::Crash crash;
  crash.kind = trace::Crash::Kind::kBrokenPipe;
  crash.signal = SIGPIPE;
  failure.what = std::move(crash);
  fail_now(std::move(failure));
}

ssize_t send_once(int number, const void* from, std::size_t size, int flags, const void* pc) {
  File* file = at(number);
  if (!begin(Op::kSend, number, file->blocking && (flags & MSG_DONTWAIT) == 0, pc)) return -1;
  file = at(number);
  const std::uintptr_t direction = file->out;
  const ssize_t result = file->kind == Kind::kPipe
                             ? LOCKSTEP_REAL(write)(number, from, size)
                             : LOCKSTEP_REAL(send)(number, from, size, flags | MSG_NOSIGNAL);
  const int error = errno;
  record(Op::kSend, {direction}, outcome(Op::kSend, result));
  if (result < 0 && error == EPIPE && (flags & MSG_NOSIGNAL) == 0 &&
      !g_engine.ignores_broken_pipes) {
    fail_broken_pipe();
  }
  release(direction);
  if (result < 0 && error == EAGAIN) {
    note_vain(direction, pc);
  } else {
    note_write();
  }
  errno = error;
  return result;
}

// A blocking write returns when all has been written.
ssize_t send(int number, const void* from, std::size_t size, int flags, const void* pc) {
  const File& file = *at(number);
  if (file.out == 0) return LOCKSTEP_REAL(write)(number, from, size);  // refused, with errno
  if (size == 0) return 0;
  const bool blocks = file.blocking && (flags & MSG_DONTWAIT) == 0;
  const bool cut = size > 1 && is_short();
  if (cut) size = 1;
  std::size_t sent = 0;
  do {
    const char* const rest = static_cast<const char*>(from) + sent;
    const ssize_t result = send_once(number, rest, size - sent, flags, pc);
    if (result < 0) return sent > 0 ? static_cast<ssize_t>(sent) : result;
    sent += static_cast<std::size_t>(result);
  } while (blocks && sent < size);
  return static_cast<ssize_t>(sent);
}

// The program's memory is read here and now, and written when the bytes are there.
ssize_t receive_to(int number, void* to, std::size_t size, int flags, const void* pc) {
  const ssize_t result = receive(number, to, size, flags, pc);
  const int error = errno;
  if (result > 0) plain_access(address_of(to), static_cast<std::size_t>(result), true, pc);
  errno = error;
  return result;
}

ssize_t send_from(int number, const void* from, std::size_t size, int flags, const void* pc) {
  if (size > 0) plain_access(address_of(from), size, false, pc);
  return send(number, from, size, flags, pc);
}

ssize_t receive_parts(int number, const iovec* parts, std::size_t count, int flags,
                      const void* pc) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < count; ++i) size += parts[i].iov_len;
  std::string bytes(size, '\0');
  const ssize_t result = receive(number, bytes.data(), size, flags, pc);
  const int error = errno;
  std::size_t done = 0;
  for (std::size_t i = 0; result > 0 && i < count; ++i) {
    const std::size_t part = std::min(parts[i].iov_len, static_cast<std::size_t>(result) - done);
    if (part == 0) continue;
    plain_access(address_of(parts[i].iov_base), part, true, pc);
    std::memcpy(parts[i].iov_base, bytes.data() + done, part);
    done += part;
  }
  errno = error;
  return result;
}

ssize_t send_parts(int number, const iovec* parts, std::size_t count, int flags, const void* pc) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) {
    if (parts[i].iov_len == 0) continue;
    plain_access(address_of(parts[i].iov_base), parts[i].iov_len, false, pc);
    bytes.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  }
  return send(number, bytes.data(), bytes.size(), flags, pc);
}

}  // namespace

}  // namespace lockstep::descriptors

using namespace lockstep;               // NOLINT: the hooks below are C functions
using namespace lockstep::descriptors;  // NOLINT

LOCKSTEP_HOOK ssize_t read(int number, void* to, std::size_t size) {
  if (!ours(number)) return LOCKSTEP_REAL(read)(number, to, size);
  const Inside inside;
  return receive_to(number, to, size, 0, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK ssize_t recv(int number, void* to, std::size_t size, int flags) {
  if (!ours(number)) return LOCKSTEP_REAL(recv)(number, to, size, flags);
  const Inside inside;
  return receive_to(number, to, size, flags, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK ssize_t recvfrom(int number, void* to, std::size_t size, int flags, sockaddr* address,
                               socklen_t* length) {
  if (!ours(number)) return LOCKSTEP_REAL(recvfrom)(number, to, size, flags, address, length);
  const Inside inside;
  if (length != nullptr) *length = 0;  // a stream has one sender
  return receive_to(number, to, size, flags, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK ssize_t readv(int number, const iovec* parts, int count) {
  if (!ours(number)) return LOCKSTEP_REAL(readv)(number, parts, count);
  const Inside inside;
  return receive_parts(number, parts, static_cast<std::size_t>(count), 0, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK ssize_t recvmsg(int number, msghdr* message, int flags) {
  if (!ours(number)) return LOCKSTEP_REAL(recvmsg)(number, message, flags);
  const Inside inside;
  message->msg_namelen = 0;
  message->msg_controllen = 0;
  message->msg_flags = 0;
  return receive_parts(number, message->msg_iov, message->msg_iovlen, flags, LOCKSTEP_CALLER);
}

LOCKSTEP_HOOK ssize_t write(int number, const void* from, std::size_t size) {
  if (!ours(number)) {
    if (g_engine.exploring && (number == 1 || number == 2)) world::note_output();
    return LOCKSTEP_REAL(write)(number, from, size);
  }
  const Inside inside;
  return send_from(number, from, size, 0, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK ssize_t send(int number, const void* from, std::size_t size, int flags) {
  if (!ours(number)) return LOCKSTEP_REAL(send)(number, from, size, flags);
  const Inside inside;
  return send_from(number, from, size, flags, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK ssize_t sendto(int number, const void* from, std::size_t size, int flags,
                             const sockaddr* address, socklen_t length) {
  if (!ours(number)) return LOCKSTEP_REAL(sendto)(number, from, size, flags, address, length);
  const Inside inside;
  return send_from(number, from, size, flags, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK ssize_t writev(int number, const iovec* parts, int count) {
  if (!ours(number)) return LOCKSTEP_REAL(writev)(number, parts, count);
  const Inside inside;
  return send_parts(number, parts, static_cast<std::size_t>(count), 0, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK ssize_t sendmsg(int number, const msghdr* message, int flags) {
  if (!ours(number)) return LOCKSTEP_REAL(sendmsg)(number, message, flags);
  const Inside inside;
  if (message->msg_controllen != 0) {
    refuse_call("sendmsg", "no descriptors may be sent along");
  }
  return send_parts(number, message->msg_iov, message->msg_iovlen, flags, LOCKSTEP_CALLER);
}
