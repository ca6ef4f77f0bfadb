#ifndef GRADER_EXPLORER_MODEL_DESCRIPTORS_H_
#define GRADER_EXPLORER_MODEL_DESCRIPTORS_H_

// Pipes and stream sockets that an explored body opens. They are the kernel's own, and the kernel
// says which calls would have to wait: all are non-blocking underneath, and a call that blocks, to
// the program, is performed once poll() says that it can go on.
//
// Sockets of the loopback network are Unix sockets underneath. What TCP does depends on timers and
// deferred interrupts: the same call in the same state would sometimes have to wait and sometimes
// not. A Unix socket has delivered when the call returns. What a program can see of an internet
// socket (ports, addresses, who may bind when) is kept in model/meetings.h.
//
// To the search each direction of a pipe or connection is an object of its own, at a made-up
// address.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "grader/explorer/model/thread.h"
#include "grader/explorer/trace/failure.h"

namespace lockstep::descriptors {

struct Meeting;  // model/meetings.h

enum class Kind : std::uint8_t { kPipe, kPair, kSocket, kListener, kConnection };

// An open file description; dup() makes several descriptors share one.
struct File {
  Kind kind = Kind::kPipe;
  bool internet = false;  // a TCP socket, to the program
  bool blocking = true;   // likewise
  bool reuse_address = false;
  int references = 0;          // descriptors
  std::uintptr_t in = 0;       // the direction that is read here; 0: none
  std::uintptr_t out = 0;      // the direction that is written here
  Meeting* meeting = nullptr;  // what it is bound to, or was accepted at
  int local_port = 0;          // of a connection
  int peer_port = 0;
  std::uint64_t receive_timeout = 0;  // virtual nanoseconds; 0: none
  std::uint64_t send_timeout = 0;
  // For reports.
  int opened_by = 0;
  std::vector<trace::Frame> opened;
};

// Closes what the last execution left open and forgets it.
void begin_execution();

// What `number` stands for; nullptr when it is no descriptor of this body's.
File* at(int number);
// Who closed `number`, when the body had it and did; nullptr otherwise. Numbers come again only
// after some hundred others: what is done to a closed one meets nobody else's.
struct Closing {
  int thread;
  std::vector<trace::Frame> stack;
};
const Closing* closing_of(int number);

// A new file for the kernel's descriptor `fd`, under a number of its own, which is returned; -1
// with errno when there are too many. Keeps the kernel's errno when `fd` is -1.
int add(int fd, Kind kind, bool blocking);
// The kernel's copy of `fd` under the next number; -1 with errno when there are too many.
int fresh_number(int fd);
// `number`, which the kernel has made a copy of `original`, is the same file.
void share(int number, int original);
// Closes `number`, in the kernel too.
void close(int number);

// What goes on between them.
void join_pipe(int reader, int writer);
void join_pair(int first, int second);
// A connection of which the other side is not there yet.
void begin_connection(int number, const Meeting& meeting);
// ... and is now: `in` and `out` as seen from it.
void end_connection(int number, std::uintptr_t in, std::uintptr_t out);

// Nothing more is written in this direction.
void end_direction(std::uintptr_t direction);
bool has_ended(std::uintptr_t direction);

// A made-up address. `name` is what reports call it.
std::uintptr_t new_object(std::string name);
bool is_object(std::uintptr_t address);
std::string name_of(std::uintptr_t object);

inline constexpr std::uint32_t kObjectSize = 8;
struct Range {
  std::uintptr_t begin;
  std::uint32_t size = kObjectSize;  // of one object
};
// All objects: what a poll() of several descriptors looks at.
Range all_objects();
// What reads or writes at `file`, in both directions, concern.
Range objects_of(const File& file);

// Whether the operation, which may have to wait, would go on now.
bool ready(const Pending& pending);

// What an execution that has ended did not close.
std::optional<trace::OpenDescriptors> left_open();

}  // namespace lockstep::descriptors

#endif  // GRADER_EXPLORER_MODEL_DESCRIPTORS_H_
