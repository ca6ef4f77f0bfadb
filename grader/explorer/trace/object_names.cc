#include "grader/explorer/trace/object_names.h"

#include <algorithm>
#include <set>
#include <vector>

namespace lockstep::trace {
namespace {

constexpr std::string_view kPartOf[] = {"an element of ", "the contents of ", "the inside of ",
                                        "the virtual table pointer of "};
constexpr std::string_view kWords[] = {"memory", "unnamed memory", "a local variable",
                                       "a static local's guard"};

bool is_words(std::string_view name) {
  for (const std::string_view words : kWords) {
    if (name.starts_with(words)) return true;
  }
  return false;
}

// A member of a class says most, then a variable, then whatever else is known.
int rank(std::string_view name) {
  if (name.empty()) return 0;
  if (is_words(name)) return 1;
  return name.find("::") == std::string_view::npos ? 2 : 3;
}

std::string_view without_part(std::string_view name) {
  for (const std::string_view part : kPartOf) {
    if (name.starts_with(part)) return name.substr(part.size());
  }
  return name;
}

std::string_view part_of(std::string_view name) {
  return name.substr(0, name.size() - without_part(name).size());
}

}  // namespace

std::string quote(std::string_view name) {
  if (is_words(name)) return std::string(name);
  return std::string(part_of(name)) + '`' + std::string(without_part(name)) + '`';
}

ObjectNames::Key ObjectNames::key_of(const Target& target) {
  return {target.base != 0 ? target.base : target.address, target.type};
}

void ObjectNames::add(const Target& target) {
  if (target.address == 0) return;
  const auto [at, added] = entries_.try_emplace(key_of(target));
  Entry& entry = at->second;
  if (added) {
    entry.order = static_cast<int>(entries_.size());
    entry.base = key_of(target).first;
  }
  const std::string_view name = without_part(target.name);
  if (rank(name) > rank(entry.name)) entry.name = name;
  if (entry.path.empty()) entry.path = without_part(target.path);
}

void ObjectNames::settle() {
  std::map<std::string, std::vector<Entry*>> by_name;
  for (auto& [key, entry] : entries_) {
    if (entry.name.empty()) entry.name = "unnamed memory";
    entry.shown = entry.name;
    by_name[entry.name].push_back(&entry);
  }
  for (auto& [name, entries] : by_name) {
    // The elements of a container and the container itself are one object here.
    std::map<std::uintptr_t, int> objects;  // the first mention of each
    std::set<std::string> paths;
    bool all_paths = true;
    for (const Entry* entry : entries) {
      const auto [at, added] = objects.try_emplace(entry->base, entry->order);
      at->second = std::min(at->second, entry->order);
      paths.insert(entry->path);
      all_paths = all_paths && !entry->path.empty();
    }
    if (objects.size() < 2) continue;
    if (all_paths && paths.size() == objects.size()) {
      for (Entry* entry : entries) entry->shown = entry->path;
      continue;
    }
    // By the order in which the report speaks of them: addresses differ from run to run.
    for (Entry* entry : entries) {
      int number = 1;
      for (const auto& [base, order] : objects) number += order < objects[entry->base] ? 1 : 0;
      entry->shown = name + " #" + std::to_string(number);
    }
  }
}

std::string ObjectNames::name(const Target& target) const {
  if (target.address == 0) return {};
  const auto found = entries_.find(key_of(target));
  const std::string shown = found == entries_.end() ? target.name : found->second.shown;
  return std::string(part_of(target.name)) + shown;
}

std::string ObjectNames::quoted(const Target& target) const {
  const std::string shown = name(target);
  return shown.empty() ? shown : quote(shown);
}

}  // namespace lockstep::trace
