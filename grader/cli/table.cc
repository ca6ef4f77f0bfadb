#include "grader/cli/table.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "grader/cli/errors.h"
#include "grader/cli/files.h"
#include "grader/report/text.h"

namespace lockstep::cli {
namespace fs = std::filesystem;
namespace {

constexpr char kHead[] = R"(# The labs in figures

Made by `./lab table`; not to be edited. Each row was counted by `./lab verify LAB` and
`./lab mutate LAB`, and `bazel test //docs/...` fails when a lab has changed since its row was made.

- *exhaustive*: cases in which every interleaving that matters was run, with the reference. The
  bounds are in each verdict, and in [explorer.md](explorer.md).
- *right*: other designs that get every point. *wrong*: submissions that fail the case they name for
  the rule they name.
- *mutants*: small changes of the reference that some case fails, of those that are not explained
  where they stand ([authors.md](authors.md)).
- *executions* and *grade*: what it takes to grade the reference. The time, from the edit to the
  verdict, is that of the machine on which the row was made; everything else is the same everywhere.

| lab | cases | points | exhaustive | right | wrong | mutants | executions | grade | state |
|---|---|---|---|---|---|---|---|---|---|
)";
constexpr std::string_view kRow = "| [";

// Everything below `folder`, by path.
void add_files(const fs::path& folder, std::set<fs::path>& files) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool counts = name.ends_with(".h") || name.ends_with("_test.cc") || name == "BUILD";
    if (!entry.is_directory() && counts) files.insert(entry.path());
  }
}

int folders_in(const fs::path& parent) {
  std::error_code none;
  const fs::directory_iterator entries(parent, none);
  return static_cast<int>(std::ranges::count_if(
      entries, [](const fs::directory_entry& entry) { return entry.is_directory(); }));
}

// The columns of a row, without the bars and the spaces around them.
std::vector<std::string> columns_of(std::string_view line) {
  std::vector<std::string> columns;
  line.remove_prefix(1);
  for (std::size_t bar = line.find('|'); bar != std::string_view::npos; bar = line.find('|')) {
    const std::string_view column = line.substr(0, bar);
    const std::size_t first = column.find_first_not_of(' ');
    const std::size_t last = column.find_last_not_of(' ');
    columns.emplace_back(first == std::string_view::npos ? ""
                                                         : column.substr(first, last - first + 1));
    line.remove_prefix(bar + 1);
  }
  return columns;
}

[[noreturn]] void refuse(std::string_view line) {
  throw Error(fmt::format("docs/labs.md has a row that cannot be read: {}", line),
              "delete that row, then ./lab table with the lab's name");
}

// The numbers in a column, commas aside: "18 of 29" has two.
std::vector<double> numbers_in(std::string text) {
  std::erase(text, ',');
  std::vector<double> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    double number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error == std::errc{}) numbers.push_back(number);
    at = error == std::errc{} ? next : at + 1;
  }
  return numbers;
}

TableRow row_of(std::string_view line) {
  const std::vector<std::string> columns = columns_of(line);
  constexpr std::size_t kColumns = 10;
  if (columns.size() != kColumns) refuse(line);
  std::vector<double> numbers;
  for (std::size_t i = 1; i + 1 < kColumns; ++i) {
    const std::vector<double> more = numbers_in(columns[i]);
    numbers.insert(numbers.end(), more.begin(), more.end());
  }
  constexpr std::size_t kNumbers = 9;
  const std::string& name = columns.front();
  const std::string& state = columns.back();
  if (numbers.size() != kNumbers || !name.starts_with('[') || state.size() < 2) refuse(line);

  TableRow row;
  row.lab = name.substr(1, name.find(']') - 1);
  std::size_t next = 0;
  for (int* value : {&row.cases, &row.points, &row.exhaustive, &row.right, &row.wrong, &row.killed,
                     &row.mutants}) {
    *value = static_cast<int>(numbers[next++]);
  }
  row.executions = static_cast<long>(numbers[next++]);
  row.seconds = numbers[next++];
  row.state = state.substr(1, state.size() - 2);
  return row;
}

}  // namespace

std::string state_of(const fs::path& root, const std::string& lab) {
  std::set<fs::path> files;
  add_files(root / "solutions" / lab, files);
  // Of the lab itself the cases alone: the rest is the student's.
  for (const fs::directory_entry& entry : fs::directory_iterator(root / "labs" / lab)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with("_test.cc") || name == "BUILD") files.insert(entry.path());
  }
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, crypto_generichash_BYTES);
  for (const fs::path& file : files) {
    const std::string text =
        fmt::format("{}\n{}\n", fs::relative(file, root).string(), read_file(file));
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(text.data()),
                              text.size());
  }
  std::array<unsigned char, crypto_generichash_BYTES> hash{};
  crypto_generichash_final(&state, hash.data(), hash.size());
  constexpr int kBytes = 6;
  std::string text;
  for (int i = 0; i < kBytes; ++i) text += fmt::format("{:02x}", hash[static_cast<std::size_t>(i)]);
  return text;
}

std::string write_table(const std::vector<TableRow>& rows) {
  std::string text = kHead;
  for (const TableRow& row : rows) {
    text += fmt::format(
        "| [{0}](../labs/{0}/README.md) | {1} | {2} | {3} | {4} | {5} | {6} of {7} | {8} | {9:.1f} "
        "s "
        "| `{10}` |\n",
        row.lab, row.cases, row.points, row.exhaustive, row.right, row.wrong, row.killed,
        row.mutants, report::thousands(row.executions), row.seconds, row.state);
  }
  return text;
}

std::vector<TableRow> read_table(std::string_view document) {
  std::vector<TableRow> rows;
  for (const std::string_view line : report::split_lines(document)) {
    if (line.starts_with(kRow)) rows.push_back(row_of(line));
  }
  return rows;
}

std::vector<std::string> out_of_date(const std::vector<TableRow>& rows,
                                     const std::vector<std::string>& labs, const fs::path& root) {
  std::vector<std::string> complaints;
  for (const std::string& lab : labs) {
    const auto row = std::ranges::find(rows, lab, &TableRow::lab);
    if (row == rows.end()) {
      complaints.push_back(lab + " has no row");
      continue;
    }
    if (row->state != state_of(root, lab)) complaints.push_back(lab + " has changed since its row");
    if (row->right < folders_in(root / "solutions" / lab / "right") ||
        row->wrong < folders_in(root / "solutions" / lab / "wrong")) {
      complaints.push_back(lab + ": some of its right or wrong submissions do not do as they say");
    }
  }
  return complaints;
}

}  // namespace lockstep::cli
