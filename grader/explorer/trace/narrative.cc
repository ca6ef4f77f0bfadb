#include "grader/explorer/trace/narrative.h"

#include <algorithm>

#include "grader/explorer/trace/findings.h"
#include "grader/explorer/trace/operations.h"
#include "grader/explorer/trace/source_files.h"

namespace lockstep::trace {
namespace {

std::uintptr_t base_of(const Target& target) {
  return target.base != 0 ? target.base : target.address;
}

bool is_unseen_race(const Failure& failure) {
  return failure.rule == Rule::kDataRace && std::holds_alternative<std::monostate>(failure.what);
}

bool is_join_failure(const Failure& failure) {
  const auto* stuck = std::get_if<Stuck>(&failure.what);
  return stuck != nullptr &&
         std::any_of(stuck->threads.begin(), stuck->threads.end(), [](const Blocked& blocked) {
           return blocked.thread != 0 && blocked.op == Op::kJoin;
         });
}

bool is_about_lifetime(const Failure& failure) {
  switch (failure.rule) {
    case Rule::kUseAfterFree:
    case Rule::kDoubleFree:
    case Rule::kDestroyedInUse:
    case Rule::kThreadNotJoined:
      return true;
    default:
      return is_join_failure(failure);
  }
}

}  // namespace

Target target_of_unseen_race(const Failure& failure, const Recording& recording) {
  const int victim = failure.consequence != nullptr ? failure.consequence->thread : -1;
  const Event* best = nullptr;
  const auto rank = [&](const Event& event) {
    return event.racy ? 2 : event.thread == victim ? 1 : 0;
  };
  for (const Event& event : recording.events) {
    const bool takes_part = event.racy || event.racing_code;
    if (!takes_part || event.address == 0 || event.target.type == kReferenceItself) continue;
    if (best == nullptr || rank(event) >= rank(*best)) best = &event;
  }
  if (best != nullptr) return best->target;
  if (failure.consequence != nullptr) {
    const auto* freed = std::get_if<FreedMemory>(&failure.consequence->what);
    if (freed != nullptr) return freed->access.target;
  }
  return {};
}

std::vector<Target> targets_of(const Failure& failure) {
  std::vector<Target> targets;
  const auto add_access = [&](const Access& access) {
    targets.push_back(access.target);
    for (const HeldLock& held : access.held) targets.push_back(held.lock);
  };
  if (const auto* race = std::get_if<DataRace>(&failure.what)) {
    add_access(race->first);
    add_access(race->second);
  } else if (const auto* stuck = std::get_if<Stuck>(&failure.what)) {
    for (const Blocked& blocked : stuck->threads) targets.push_back(blocked.object);
  } else if (const auto* freed = std::get_if<FreedMemory>(&failure.what)) {
    add_access(freed->access);
  } else if (const auto* misuse = std::get_if<Misuse>(&failure.what)) {
    targets.push_back(misuse->object);
  } else if (const auto* spinning = std::get_if<Spinning>(&failure.what)) {
    for (const Spinning::Thread& thread : spinning->threads) {
      targets.insert(targets.end(), thread.reads.begin(), thread.reads.end());
      if (thread.lock.address != 0) targets.push_back(thread.lock);
      for (const HeldLock& held : thread.held) targets.push_back(held.lock);
    }
  } else if (const auto* starved = std::get_if<Starved>(&failure.what)) {
    targets.push_back(starved->object);
  }
  if (failure.consequence != nullptr) {
    const std::vector<Target> more = targets_of(*failure.consequence);
    targets.insert(targets.end(), more.begin(), more.end());
  }
  return targets;
}

Narrative::Narrative(const Failure& failure, const Recording& recording, Symbols& symbols)
    : recording_(recording), symbols_(symbols) {
  for (const Target& target : targets_of(failure)) {
    if (target.address != 0) focus_.insert(base_of(target));
  }
  if (is_unseen_race(failure)) {
    const Target target = target_of_unseen_race(failure, recording);
    if (target.address != 0) focus_.insert(base_of(target));
  }
  const Failure& last = failure.consequence != nullptr ? *failure.consequence : failure;
  last_event_ = static_cast<int>(recording.events.size()) - 1;
  if (last.event >= 0) last_event_ = std::min(last_event_, last.event);
  choose_events(failure);
  collect_names(failure);
  write_steps();
  add_free(last);
  mark_lost_updates();
  add_last_step(last);
  fold();
  shorten();
  number();
}

std::vector<ThreadInfo> Narrative::threads() const {
  std::vector<ThreadInfo> threads;
  for (std::size_t i = 0; i < recording_.threads.size(); ++i) {
    threads.push_back({label(static_cast<int>(i)), place(recording_.threads[i].created)});
  }
  if (threads.empty()) return threads;
  // Nobody created the body: it begins where it is written.
  for (const Event& event : recording_.events) {
    if (event.thread != 0) continue;
    threads[0].created = symbols_.outermost_function(event.stack);
    if (threads[0].created.line != 0) break;
  }
  return threads;
}

int Narrative::step_of(int event) const {
  const auto found = step_of_event_.find(event);
  return found == step_of_event_.end() ? 0 : found->second;
}

std::string Narrative::where(const std::vector<Frame>& stack) const {
  const Place at = place(stack);
  return short_place(at.file, at.line);
}

bool Narrative::always_of_interest(const Event& event) const {
  if (event.op == Op::kCheckFailed || event.racy || event.spurious) return true;
  return event.address != 0 && focus_.count(base_of(event.target)) != 0;
}

// Memory and locks that two threads use while there are two threads; waits and notifications; and
// whatever the failure itself is about. Creating and joining is the frame of every test, so it is
// told only where it matters.
void Narrative::choose_events(const Failure& failure) {
  const std::vector<Event>& events = recording_.events;
  struct Use {
    std::set<int> threads;
    bool written = false;
  };
  std::map<std::uintptr_t, Use> uses;
  int first_create = -1;
  for (int i = 0; i <= last_event_; ++i) {
    const Event& event = events[i];
    if (event.op == Op::kCreate && first_create < 0) first_create = i;
    if (first_create < 0) continue;
    if (!is_memory(event.op) && !is_lock(event.op) && event.op != Op::kOnceBegin) continue;
    Use& use = uses[base_of(event.target)];
    use.threads.insert(event.thread);
    use.written |= writes(event) || !is_memory(event.op);
  }
  const bool alone = first_create < 0;
  const auto* spinning = std::get_if<Spinning>(&failure.what);
  const auto spins = [&](int thread) {
    return spinning != nullptr &&
           std::any_of(spinning->threads.begin(), spinning->threads.end(),
                       [&](const Spinning::Thread& one) { return one.thread == thread; });
  };
  const bool lifetime = is_about_lifetime(failure) ||
                        (failure.consequence != nullptr && is_about_lifetime(*failure.consequence));
  for (int i = 0; i <= last_event_; ++i) {
    const Event& event = events[i];
    if (event.target.type == kReferenceItself && !event.racy) continue;  // how a capture works
    bool wanted = always_of_interest(event);
    const bool before_threads = !alone && i < first_create;
    if (wanted && before_threads && is_memory(event.op) && !event.racy && !event.spurious) {
      wanted = false;
    }
    if (is_memory(event.op) || is_lock(event.op) || event.op == Op::kOnceBegin) {
      const auto use = uses.find(base_of(event.target));
      const bool shared =
          use != uses.end() && use->second.threads.size() > 1 && use->second.written;
      wanted |= !before_threads && (shared || alone || spins(event.thread));
    } else if (is_signal(event.op)) {
      wanted = true;
    } else if (is_lifetime(event.op)) {
      wanted |= lifetime && event.op != Op::kExit && event.op != Op::kAllocate &&
                event.op != Op::kFree && event.op != Op::kDestroy;
    } else if (event.op == Op::kSleep) {
      wanted = true;
    } else if (event.op == Op::kInterleave) {
      wanted |= !event.text.empty() && failure.rule == Rule::kNotInsideLock;
    }
    if (wanted) chosen_.push_back(i);
  }
}

void Narrative::collect_names(const Failure& failure) {
  for (const int i : chosen_) names_.add(recording_.events[i].target);
  for (const Target& target : targets_of(failure)) names_.add(target);
  names_.settle();
}

std::string Narrative::value(const Event& event, std::uint64_t bits) {
  for (std::size_t i = 0; i < recording_.threads.size(); ++i) {
    const std::uintptr_t handle = recording_.threads[i].handle;
    if (handle != 0 && handle == bits) return label(static_cast<int>(i));
  }
  if (auto text = symbols_.value(event.target.type, bits, event.size)) return *text;
  const auto [at, added] = pointers_.try_emplace(bits, static_cast<int>(pointers_.size()) + 1);
  return "pointer " + std::to_string(at->second);
}

// Whether the recording knows of an earlier access. What else was overwritten may be whatever the
// stack held before: an address, say, which is another one in every run.
bool Narrative::touched_before(const Event& event) const {
  for (const Event& earlier : recording_.events) {
    if (&earlier == &event) return false;
    if (is_memory(earlier.op) && earlier.address <= event.address &&
        event.address + event.size <= earlier.address + earlier.size) {
      return true;
    }
  }
  return false;
}

void Narrative::write_values(const Event& event, Step& step) {
  if (event.size == 0 || event.size > 8) return;
  if (!event.gone && (event.op != Op::kWrite || event.before == 0 || touched_before(event))) {
    step.before = value(event, event.before);
  }
  if (writes(event)) step.after = value(event, event.after);
}

void Narrative::write_note(const Event& event, Step& step) {
  switch (event.op) {
    case Op::kNotifyOne:
    case Op::kNotifyAll:
    case Op::kFutexWake:
      if (event.count == 0) {
        step.note = "nobody waits";
      } else if (event.count == 1 && event.other >= 0) {
        step.note = "wakes " + label(event.other);
      } else if (event.count > 1) {
        step.note = "wakes " + std::to_string(event.count);
      }
      break;
    case Op::kWake:
      if (event.spurious) step.note = "for no reason: nobody has notified it";
      break;
    case Op::kTryLock:
    case Op::kTryReadLock:
    case Op::kSemTryWait:
      if (event.failed) step.note = "refused";
      break;
    case Op::kAtomicCas:
      step.note = event.spurious ? "as expected, and fails for no reason, as a weak one may"
                                 : "not as expected: nothing is written";
      break;
    case Op::kReceive:
    case Op::kSend:
    case Op::kAccept:
    case Op::kConnect:
    case Op::kListen:
    case Op::kPoll:
      step.note = event.text;
      break;
    case Op::kSemPost:
    case Op::kSemWait:
      step.after = std::to_string(event.count);
      break;
    default:
      break;
  }
}

Step Narrative::step_for(const Event& event) {
  Step step;
  step.thread = label(event.thread);
  step.place = place(event.stack);
  step.operation = verb(event);
  step.object = names_.name(event.target);
  if (event.op == Op::kCreate || event.op == Op::kJoin || event.op == Op::kDetach) {
    step.object = label(event.other);
  }
  if (event.op == Op::kCheckFailed || event.op == Op::kOutput) step.object = event.text;
  if (event.op == Op::kInterleave && !event.text.empty()) step.operation = event.text;
  if (is_memory(event.op)) write_values(event, step);
  write_note(event, step);
  return step;
}

void Narrative::write_steps() {
  int previous = -1;
  for (const int i : chosen_) {
    Step step = step_for(recording_.events[i]);
    // The preemption may have led to a step that is not shown: the next one shown carries the mark.
    const bool other_thread =
        previous >= 0 && recording_.events[previous].thread != recording_.events[i].thread;
    for (int between = previous + 1; other_thread && between <= i; ++between) {
      step.preempts |= recording_.events[between].preempts;
    }
    if (other_thread && !step.preempts && was_left(recording_.events[previous].thread, i)) {
      step.preempts = true;
      ++uncounted_preemptions_;
    }
    previous = i;
    steps_.push_back(std::move(step));
    shows_.push_back({i});
  }
}

// Whether `thread` was left in the middle of what it did before `event`. The engine counts no
// preemption where it runs a new thread up to its first step that others can see; to a reader it is
// a switch in mid-sentence all the same.
bool Narrative::was_left(int thread, int event) const {
  for (int i = event - 1; i >= 0; --i) {
    if (recording_.events[i].thread == thread) return recording_.events[i].left;
  }
  return false;
}

// The engine may not have kept the free itself as an event; its stack is known all the same.
void Narrative::add_free(const Failure& failure) {
  const auto* freed = std::get_if<FreedMemory>(&failure.what);
  if (freed == nullptr || freed->freed.empty() || steps_.empty()) return;
  for (const int i : chosen_) {
    const Event& event = recording_.events[i];
    if (event.op == Op::kFree && event.thread == freed->freed_by) return;
  }
  // Without its place in the order of events: it came before the last access.
  std::size_t at = steps_.size() - 1;
  if (freed->freed_event >= 0) {
    at = 0;
    while (at < shows_.size() && shows_[at].front() <= freed->freed_event) ++at;
  }
  Step step;
  step.thread = label(freed->freed_by);
  step.place = place(freed->freed);
  step.operation = verb(Op::kFree);
  step.object = names_.name(freed->access.target);
  steps_.insert(steps_.begin() + static_cast<std::ptrdiff_t>(at), std::move(step));
  shows_.insert(shows_.begin() + static_cast<std::ptrdiff_t>(at), std::vector<int>());
}

// Thread A reads, B writes, A writes what it computed from the old value.
void Narrative::mark_lost_updates() {
  struct Seen {
    std::map<int, std::size_t> read;     // by thread: the step of its last read
    std::map<int, std::size_t> written;  // by thread: the step of its last write
  };
  std::map<std::uintptr_t, Seen> memory;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (shows_[i].empty()) continue;
    const Event& event = recording_.events[shows_[i].front()];
    if (!is_memory(event.op)) continue;
    Seen& seen = memory[event.address];
    if (!writes(event)) {
      seen.read[event.thread] = i;
      continue;
    }
    const auto read = seen.read.find(event.thread);
    if (event.op != Op::kAtomicRmw && read != seen.read.end()) {
      for (const auto& [thread, when] : seen.written) {
        if (thread == event.thread || when < read->second) continue;
        steps_[i].note = label(thread) + "'s update is lost";
      }
      seen.read.erase(read);
    }
    seen.written[event.thread] = i;
  }
}

// What ended the execution, where no event says it.
void Narrative::add_last_step(const Failure& failure) {
  const auto add = [&](int thread, const std::vector<Frame>& stack, std::string operation,
                       std::string object, std::string note) {
    Step step;
    step.thread = label(thread);
    step.place = place(stack);
    step.operation = std::move(operation);
    step.object = std::move(object);
    step.note = std::move(note);
    steps_.push_back(std::move(step));
    shows_.emplace_back();
  };
  if (const auto* stuck = std::get_if<Stuck>(&failure.what)) {
    for (const Blocked& blocked : stuck->threads) {
      // Its going to sleep is a step already; or main waits for the others, as it always does.
      if (blocked.op == Op::kWait || blocked.op == Op::kFutexWait) continue;
      const bool join = blocked.op == Op::kJoin;
      if (join && !is_join_failure(failure)) continue;
      std::string note;
      if (!join && blocked.owner >= 0) note = "held by " + label(blocked.owner);
      add(blocked.thread, blocked.stack, "waits for",
          join ? label(blocked.owner) : names_.name(blocked.object), note);
    }
    return;
  }
  if (failure.thread < 0 || failure.stack.empty()) return;
  const auto* check = std::get_if<CheckFailed>(&failure.what);
  if (const auto* crash = std::get_if<Crash>(&failure.what)) {
    add(failure.thread, failure.stack,
        crash->kind == Crash::Kind::kAssert ? "assertion fails" : "crashes", crash->text, "");
  } else if (std::holds_alternative<Escaped>(failure.what)) {
    add(failure.thread, failure.stack, "throws", "", "");
  } else if (const auto* exited = std::get_if<Exited>(&failure.what)) {
    add(failure.thread, failure.stack, "calls", exited->call, "");
  } else if (const auto* misuse = std::get_if<Misuse>(&failure.what)) {
    // A relock looks like the first lock, and is none of the events.
    const bool shown = !chosen_.empty() && failure.rule != Rule::kRelock &&
                       recording_.events[chosen_.back()].thread == failure.thread &&
                       recording_.events[chosen_.back()].address == misuse->object.address &&
                       recording_.events[chosen_.back()].op == misuse->op;
    if (shown) return;
    add(failure.thread, failure.stack, std::string(verb(misuse->op)), names_.name(misuse->object),
        misuse->owner >= 0 ? "held by " + label(misuse->owner) : "");
  } else if (check != nullptr) {
    const bool shown = !chosen_.empty() &&
                       recording_.events[chosen_.back()].op == Op::kCheckFailed &&
                       recording_.events[chosen_.back()].thread == failure.thread;
    if (!shown) add(failure.thread, failure.stack, "check fails", check->expression, "");
    if (check->line != 0) {
      steps_.back().place.file = check->file;
      steps_.back().place.line = check->line;
    }
  } else if (failure.rule == Rule::kUseAfterFree || failure.rule == Rule::kDoubleFree) {
    const auto& freed = std::get<FreedMemory>(failure.what);
    if (freed.access.event >= 0 || step_of(freed.access.event) != 0) return;
    add(failure.thread, failure.stack, std::string(verb(freed.access.op)),
        names_.name(freed.access.target), "");
  }
}

void Narrative::number() {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    steps_[i].number = static_cast<int>(i) + 1;
    for (const int event : shows_[i]) step_of_event_[event] = steps_[i].number;
  }
}

}  // namespace lockstep::trace
