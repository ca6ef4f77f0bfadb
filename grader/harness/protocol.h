#ifndef GRADER_HARNESS_PROTOCOL_H_
#define GRADER_HARNESS_PROTOCOL_H_

// What the harness and the judge agree on.
//
// The judge starts the program with two pipes. From the first the harness reads the run's key
// (crypto_auth_KEYBYTES bytes) before any code of the program runs; to the second it writes events,
// one a line:
//
//   SEQUENCE MAC JSON
//
// SEQUENCE counts from 1, MAC is crypto_auth over "SEQUENCE JSON" in hexadecimal, JSON one object
// with a field `event`:
//
//   hello                                        main was reached
//   refused       call                           a system call that the judge forbids was made
//   listed        number name file line points hints      one a case, only with --list
//   case_begin    case name
//   exploration   case ordinal seed checks result         what one `explore` found
//   check_failed  case file line expression expanded      a CHECK outside `explore`
//   exception     case message                            escaped from the case, outside `explore`
//   case_end      case checks failed seconds              counts of checks and of failures; wall
//   time bye                                          every case that was asked for has ended
//
// Arguments of the program: `--list`, or any of `--cases 3,4,5`, `--seed N`, `--schedule S`.

namespace lockstep::protocol {

// "KEY_DESCRIPTOR,EVENT_DESCRIPTOR", removed from the environment before the program sees it.
inline constexpr char kVariable[] = "LOCKSTEP_JUDGE";

// Exit statuses of the harness itself.
inline constexpr int kNoKey = 120;    // the key could not be read
inline constexpr int kLineCut = 121;  // an event could not be written
inline constexpr int kUsage = 122;    // bad arguments

// Leads the schedule of an exploration that is not the first of its case: "2/m3A2" is the third's.
inline constexpr char kOrdinalMark = '/';

}  // namespace lockstep::protocol

#endif  // GRADER_HARNESS_PROTOCOL_H_
