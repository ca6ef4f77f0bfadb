#ifndef GRADER_HARNESS_CHANNEL_H_
#define GRADER_HARNESS_CHANNEL_H_

#include <string_view>

namespace lockstep::harness {

// The line to the judge: a pipe, and the key of this run that proves that a line on it was written
// here and not by the code under test.
//
// Both are there before any code of the executable runs: the library's constructor takes them over
// (see channel.cc). The judge passes the numbers of two descriptors in the environment, never the
// key itself.
namespace channel {

// Whether a judge listens. If not, send() does nothing.
bool judged();

// Writes one event, a JSON object on one line, with the next sequence number and its MAC. Ends the
// process when the line is cut: nothing that happens after that could count. Not for two threads at
// once.
void send(std::string_view json);

}  // namespace channel

}  // namespace lockstep::harness

#endif  // GRADER_HARNESS_CHANNEL_H_
