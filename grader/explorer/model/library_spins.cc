#include "grader/explorer/model/library_spins.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <string_view>

#include "grader/explorer/model/world.h"
#include "grader/explorer/trace/process_symbols.h"

namespace lockstep {

namespace {

// Whose loop the code at an address may belong to.
enum class Whose { kLibrary, kProgram, kUnknown };

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
  return std::any_of(ends.begin(), ends.end(),
                     [text](std::string_view end) { return text.ends_with(end); });
}

Whose whose(const Place& place) {
  const std::string_view file = place.file;
  if (!file.starts_with("/usr/")) return file.empty() ? Whose::kUnknown : Whose::kProgram;
  if (ends_with_any(file, {"/stop_token", "/barrier", "bits/shared_ptr_atomic.h"})) {
    return Whose::kLibrary;
  }
  // std::lock, which std::scoped_lock calls; the members of mutexes there have their class before
  // them.
  if (file.ends_with("/mutex") && place.function == "lock") return Whose::kLibrary;
  return Whose::kUnknown;
}

// The innermost inlined call at `pc` that decides.
Whose whose(const void* pc) {
  static auto* const known = new std::map<const void*, Whose>;
  const auto it = known->find(pc);
  if (it != known->end()) return it->second;
  Whose answer = Whose::kUnknown;
  world::watch_anew();  // reading debug information leaves traces in libc
  for (const Place& place : trace::process_symbols().places(reinterpret_cast<std::uintptr_t>(pc))) {
    answer = whose(place);
    if (answer != Whose::kUnknown) break;
  }
  (*known)[pc] = answer;
  return answer;
}

}  // namespace

bool is_library_spin(const Thread& thread, const void* pc) {
  Whose answer = pc == nullptr ? Whose::kUnknown : whose(pc);
  const int deepest = std::min(thread.depth, static_cast<int>(std::size(thread.calls)));
  for (int i = deepest - 1; i >= 0 && answer == Whose::kUnknown; --i)
    answer = whose(thread.calls[i]);
  return answer == Whose::kLibrary;
}

}  // namespace lockstep
