// Pipes, pairs of sockets, and what is done to a descriptor whatever it is: close, dup, fcntl,
// poll.

#include "grader/explorer/hooks/descriptors.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <vector>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/locks.h"
#include "grader/explorer/hooks/plain_memory.h"
#include "grader/explorer/hooks/time.h"
#include "grader/explorer/model/meetings.h"

namespace lockstep::descriptors {

void reach(Op op, Range objects, const void* pc) {
  Pending& p = self()->pending;
  p = Pending{};
  p.op = op;
  p.address = objects.begin;
  p.size = objects.size;
  p.pc = pc;
  reach_point();
}

bool wait(Op op, Range objects, const pollfd* wish, std::size_t count, std::uint64_t timeout,
          const void* pc) {
  Pending& p = self()->pending;
  p = Pending{};
  p.op = op;
  p.blocks = true;
  p.address = objects.begin;
  p.size = objects.size;
  p.wish = wish;
  p.wish_count = count;
  p.timed = timeout != 0;
  if (p.timed) {
    p.deadline = deadline_in(timeout);
    g_engine.saw_deadline = true;
  }
  p.pc = pc;
  reach_point();
  return !self()->timed_out;
}

void record(Op op, Range objects, const std::string& text) {
  if (!g_engine.recording) return;
  trace::Event event;
  event.op = op;
  event.address = objects.begin;
  event.text = text;
  recorder::add(std::move(event));
}

std::string outcome(Op op, long result) {
  if (result < 0) return std::strerror(errno);
  if (op == Op::kReceive && result == 0) return "end of file";
  if (op == Op::kReceive || op == Op::kSend) {
    return std::to_string(result) + (result == 1 ? " byte" : " bytes");
  }
  return {};
}

void release(std::uintptr_t object) {
  release_joining(object_at(reinterpret_cast<void*>(object))->released);
}

void acquire(std::uintptr_t object) {
  acquire_from(object_at(reinterpret_cast<void*>(object))->released);
}

void note_vain(std::uintptr_t object, const void* pc) { note_read_for_spin(object, 0, pc); }

void refuse_call(const char* call, const char* instead) {
  refuse(std::string(call) + "() inside an explored body is not supported: " + instead);
}

namespace {

bool concerns(const Pending& pending, int number) {
  return std::any_of(pending.wish, pending.wish + pending.wish_count,
                     [number](const pollfd& wish) { return wish.fd == number; });
}

// Threads that sleep in the kernel with this descriptor. Theirs goes on to be what they wait for,
// for ever; and the number is given to the next file that is opened.
std::vector<int> sleepers_at(int number) {
  std::vector<int> sleepers;
  for (int i = 0; i < g_engine.thread_count; ++i) {
    const Thread& thread = *g_engine.threads[i];
    if (&thread == self() || thread.life != Life::kAlive || !thread.pending.blocks) continue;
    if (concerns(thread.pending, number) && !ready(thread.pending)) sleepers.push_back(i);
  }
  return sleepers;
}

void check_closing(int number, Range objects) {
  const std::vector<int> sleepers = sleepers_at(number);
  if (sleepers.empty() || ignored(Rule::kDestroyedInUse)) return;
  trace::Failure failure = failure_of(Rule::kDestroyedInUse);
  trace::Misuse misuse;
  misuse.op = Op::kClose;
  misuse.waiters = sleepers;
  if (g_engine.recording) misuse.object = recorder::target(objects.begin, 1);
  failure.what = std::move(misuse);
  fail_now(std::move(failure));
}

void note_second_closing(int number, const Closing& first) {
  trace::Failure failure = failure_of(Rule::kDoubleFree);
  trace::Misuse misuse;
  misuse.op = Op::kClose;
  misuse.number = number;
  misuse.owner = first.thread;
  misuse.taken = first.stack;
  failure.what = std::move(misuse);
  fail_later(std::move(failure));
}

// The last descriptor of the file is closed: what that means to others.
void end(const File& file) {
  if (file.kind == Kind::kListener) {
    file.meeting->listening = false;
    file.meeting->waiting.clear();
  }
  if (file.out != 0) {
    end_direction(file.out);
    release(file.out);
  }
  if (file.meeting != nullptr) {
    unbind(file, file.kind == Kind::kConnection && !has_ended(file.in));
  }
}

int close_modelled(int number, const void* pc) {
  File* file = at(number);
  const Range objects = objects_of(*file);
  if (objects.begin != 0) {
    reach(Op::kClose, objects, pc);
    file = at(number);
    if (file == nullptr) {  // another thread was faster
      errno = EBADF;
      return -1;
    }
    record(Op::kClose, objects, {});
    check_closing(number, objects);
  }
  if (file->references == 1) end(*file);
  close(number);
  note_write();
  return 0;
}

int open_pipe(int* ends, int flags) {
  int fds[2];
  if (LOCKSTEP_REAL(pipe2)(fds, flags | O_NONBLOCK) != 0) return -1;
  const bool blocking = (flags & O_NONBLOCK) == 0;
  const int reader = add(fds[0], Kind::kPipe, blocking);
  const int writer = add(fds[1], Kind::kPipe, blocking);
  if (reader < 0 || writer < 0) return -1;
  join_pipe(reader, writer);
  ends[0] = reader;
  ends[1] = writer;
  return 0;
}

int open_pair(int domain, int type, int protocol, int* ends) {
  int fds[2];
  if (LOCKSTEP_REAL(socketpair)(domain, type | SOCK_NONBLOCK, protocol, fds) != 0) return -1;
  const bool blocking = (type & SOCK_NONBLOCK) == 0;
  const int first = add(fds[0], Kind::kPair, blocking);
  const int second = add(fds[1], Kind::kPair, blocking);
  if (first < 0 || second < 0) return -1;
  join_pair(first, second);
  ends[0] = first;
  ends[1] = second;
  return 0;
}

// `copy` is what the kernel made of `number`; keeps its errno.
int shared(int copy, int number) {
  if (copy >= 0) share(copy, number);
  return copy;
}

int dup_to(int number, int wanted, int flags, const void* pc) {
  constexpr int kStandard = 3;
  if (wanted < kStandard) refuse_call("dup2", "standard input and output are the grader's");
  if (number == wanted) return wanted;
  if (at(wanted) != nullptr) close_modelled(wanted, pc);
  if (at(number) == nullptr) return LOCKSTEP_REAL(dup3)(number, wanted, flags);
  return shared(LOCKSTEP_REAL(dup3)(number, wanted, flags), number);
}

// What poll() looks at: one file's own objects, or all there are.
Range looked_at(const std::vector<pollfd>& wish) {
  const auto mine = [](const pollfd& one) { return at(one.fd) != nullptr; };
  const auto count = std::count_if(wish.begin(), wish.end(), mine);
  if (count == 0) return {0, 0};
  if (count > 1) return all_objects();
  return objects_of(*at(std::find_if(wish.begin(), wish.end(), mine)->fd));
}

// `timeout` in virtual nanoseconds; locks::kNoDeadline for none.
int poll_modelled(std::vector<pollfd>& wish, std::uint64_t timeout, const void* pc) {
  const Range objects = looked_at(wish);
  for (pollfd& one : wish) one.revents = 0;
  if (timeout == 0) {
    reach(Op::kPoll, objects, pc);
  } else if (!wait(Op::kPoll, objects, wish.data(), wish.size(),
                   timeout == locks::kNoDeadline ? 0 : timeout, pc)) {
    record(Op::kPoll, objects, "nothing in time");
    return 0;
  }
  const int result = LOCKSTEP_REAL(poll)(wish.data(), wish.size(), 0);
  record(Op::kPoll, objects, result == 0 ? "nothing" : "");
  if (result == 0) note_vain(objects.begin, pc);
  return result;
}

// Whether the call is about descriptors of this body. One that waits for nothing at all sleeps.
bool concerns_us(pollfd* wish, nfds_t count) {
  return count == 0 ||
         std::any_of(wish, wish + count, [](const pollfd& one) { return at(one.fd) != nullptr; });
}

int poll_copied(pollfd* wish, nfds_t count, std::uint64_t timeout, const void* pc) {
  plain_access(address_of(wish), count * sizeof(*wish), true, pc);
  std::vector<pollfd> copy(wish, wish + count);
  const int result = poll_modelled(copy, timeout, pc);
  std::copy(copy.begin(), copy.end(), wish);
  return result;
}

std::uint64_t milliseconds(int timeout) {
  return timeout < 0 ? locks::kNoDeadline : static_cast<std::uint64_t>(timeout) * 1'000'000;
}

std::uint64_t length_of(const timespec* time) {
  return time == nullptr ? locks::kNoDeadline : duration(*time);
}

int select_modelled(int count, fd_set* read, fd_set* write, fd_set* except, std::uint64_t timeout,
                    const void* pc) {
  const auto in = [](const fd_set* set, int fd) { return set != nullptr && FD_ISSET(fd, set); };
  std::vector<pollfd> wish;
  for (int fd = 0; fd < count; ++fd) {
    const int events = (in(read, fd) ? POLLIN : 0) | (in(write, fd) ? POLLOUT : 0) |
                       (in(except, fd) ? POLLPRI : 0);
    if (events != 0) wish.push_back({fd, static_cast<short>(events), 0});
  }
  const int result = poll_modelled(wish, timeout, pc);
  if (result < 0) return result;
  for (fd_set* set : {read, write, except}) {
    if (set != nullptr) FD_ZERO(set);
  }
  int bits = 0;
  const auto answer = [&](const pollfd& one, fd_set* set, int wanted, int seen) {
    if (set == nullptr || (one.events & wanted) == 0 || (one.revents & seen) == 0) return;
    FD_SET(one.fd, set);
    ++bits;
  };
  for (const pollfd& one : wish) {
    if ((one.revents & POLLNVAL) != 0) {
      errno = EBADF;
      return -1;
    }
    answer(one, read, POLLIN, POLLIN | POLLHUP | POLLERR);
    answer(one, write, POLLOUT, POLLOUT | POLLERR);
    answer(one, except, POLLPRI, POLLPRI);
  }
  return bits;
}

bool selects_ours(int count, const fd_set* read, const fd_set* write, const fd_set* except) {
  bool any = false;
  for (const fd_set* set : {read, write, except}) {
    for (int fd = 0; set != nullptr && fd < count; ++fd) {
      if (!FD_ISSET(fd, set)) continue;
      any = true;
      if (at(fd) != nullptr) return true;
    }
  }
  return !any;
}

int control(int number, int command, long argument) {
  File& file = *at(number);
  switch (command) {
    case F_GETFL: {
      const int flags = LOCKSTEP_REAL(fcntl)(number, F_GETFL);
      return file.blocking ? flags & ~O_NONBLOCK : flags;
    }
    case F_SETFL:
      file.blocking = (argument & O_NONBLOCK) == 0;
      return LOCKSTEP_REAL(fcntl)(number, F_SETFL, argument | O_NONBLOCK);
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      return shared(LOCKSTEP_REAL(fcntl)(number, command, argument), number);
    default:
      return LOCKSTEP_REAL(fcntl)(number, command, argument);
  }
}

}  // namespace

}  // namespace lockstep::descriptors

using namespace lockstep;               // NOLINT: the hooks below are C functions
using namespace lockstep::descriptors;  // NOLINT

LOCKSTEP_HOOK int pipe(int ends[2]) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pipe)(ends);
  const Inside inside;
  return open_pipe(ends, 0);
}
LOCKSTEP_HOOK int pipe2(int ends[2], int flags) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pipe2)(ends, flags);
  const Inside inside;
  return open_pipe(ends, flags);
}
LOCKSTEP_HOOK int socketpair(int domain, int type, int protocol, int ends[2]) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(socketpair)(domain, type, protocol, ends);
  const Inside inside;
  return open_pair(domain, type, protocol, ends);
}

LOCKSTEP_HOOK int close(int number) {
  if (!modelled()) return LOCKSTEP_REAL(close)(number);
  const Inside inside;
  if (at(number) != nullptr) return close_modelled(number, LOCKSTEP_CALLER);
  if (const Closing* first = closing_of(number)) note_second_closing(number, *first);
  return LOCKSTEP_REAL(close)(number);
}

LOCKSTEP_HOOK int dup(int number) noexcept {
  if (!ours(number)) return LOCKSTEP_REAL(dup)(number);
  const Inside inside;
  return shared(fresh_number(number), number);
}
LOCKSTEP_HOOK int dup2(int number, int wanted) noexcept {
  if (!modelled() || (at(number) == nullptr && at(wanted) == nullptr)) {
    return LOCKSTEP_REAL(dup2)(number, wanted);
  }
  const Inside inside;
  return dup_to(number, wanted, 0, LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int dup3(int number, int wanted, int flags) noexcept {
  if (!modelled() || (at(number) == nullptr && at(wanted) == nullptr)) {
    return LOCKSTEP_REAL(dup3)(number, wanted, flags);
  }
  const Inside inside;
  return dup_to(number, wanted, flags, LOCKSTEP_CALLER);
}

LOCKSTEP_HOOK int fcntl(int number, int command, ...) {
  std::va_list arguments;
  va_start(arguments, command);
  const long argument = va_arg(arguments, long);
  va_end(arguments);
  if (!ours(number)) {
    return LOCKSTEP_REAL(fcntl)(number, command, argument);
  }
  const Inside inside;
  return control(number, command, argument);
}
LOCKSTEP_HOOK int ioctl(int number, unsigned long request, ...) noexcept {
  std::va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  if (request == FIONBIO && ours(number)) {
    at(number)->blocking = *static_cast<const int*>(argument) == 0;
    return 0;
  }
  return LOCKSTEP_REAL(ioctl)(number, request, argument);
}

LOCKSTEP_HOOK int poll(pollfd* wish, nfds_t count, int timeout) {
  if (!modelled() || !concerns_us(wish, count)) return LOCKSTEP_REAL(poll)(wish, count, timeout);
  const Inside inside;
  return poll_copied(wish, count, milliseconds(timeout), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int ppoll(pollfd* wish, nfds_t count, const timespec* timeout,
                        const sigset_t* signals) {
  if (!modelled() || !concerns_us(wish, count)) {
    return LOCKSTEP_REAL(ppoll)(wish, count, timeout, signals);
  }
  const Inside inside;
  return poll_copied(wish, count, length_of(timeout), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int select(int count, fd_set* read, fd_set* write, fd_set* except, timeval* timeout) {
  if (!modelled() || !selects_ours(count, read, write, except)) {
    return LOCKSTEP_REAL(select)(count, read, write, except, timeout);
  }
  const Inside inside;
  timespec time{};
  if (timeout != nullptr) time = {timeout->tv_sec, timeout->tv_usec * 1000};
  return select_modelled(count, read, write, except,
                         length_of(timeout == nullptr ? nullptr : &time), LOCKSTEP_CALLER);
}
LOCKSTEP_HOOK int pselect(int count, fd_set* read, fd_set* write, fd_set* except,
                          const timespec* timeout, const sigset_t* signals) {
  if (!modelled() || !selects_ours(count, read, write, except)) {
    return LOCKSTEP_REAL(pselect)(count, read, write, except, timeout, signals);
  }
  const Inside inside;
  return select_modelled(count, read, write, except, length_of(timeout), LOCKSTEP_CALLER);
}

// --- What is not explored -----------------------------------------------------------------------

LOCKSTEP_HOOK int epoll_create1(int flags) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(epoll_create1)(flags);
  const Inside inside;
  refuse_call("epoll_create1", "use poll()");
}
LOCKSTEP_HOOK int epoll_create(int size) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(epoll_create)(size);
  const Inside inside;
  refuse_call("epoll_create", "use poll()");
}
LOCKSTEP_HOOK int eventfd(unsigned count, int flags) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(eventfd)(count, flags);
  const Inside inside;
  refuse_call("eventfd", "use pipe()");
}
LOCKSTEP_HOOK int timerfd_create(clockid_t clock, int flags) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(timerfd_create)(clock, flags);
  const Inside inside;
  refuse_call("timerfd_create", "use the timeout of poll()");
}
LOCKSTEP_HOOK FILE* fdopen(int number, const char* mode) noexcept {
  if (!ours(number)) return LOCKSTEP_REAL(fdopen)(number, mode);
  const Inside inside;
  refuse_call("fdopen", "use read() and write()");
}
LOCKSTEP_HOOK ssize_t sendfile(int to, int from, off_t* offset, std::size_t count) noexcept {
  if (!ours(to)) return LOCKSTEP_REAL(sendfile)(to, from, offset, count);
  const Inside inside;
  refuse_call("sendfile", "use read() and write()");
}
LOCKSTEP_HOOK ssize_t splice(int from, off64_t* from_offset, int to, off64_t* to_offset,
                             std::size_t count, unsigned flags) {
  if (!modelled() || (at(from) == nullptr && at(to) == nullptr)) {
    return LOCKSTEP_REAL(splice)(from, from_offset, to, to_offset, count, flags);
  }
  const Inside inside;
  refuse_call("splice", "use read() and write()");
}
