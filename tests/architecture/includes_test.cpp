// The module table that CMake declares is the architecture; every #include of src/ keeps to it.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "source_tree.h"

namespace undersong {
namespace {

using Table = std::map<std::string, std::set<std::string>>;  // module -> what it may include

// Lines of `module: used used`.
Table parse_table(std::istream& text) {
  Table table;
  for (std::string line; std::getline(text, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::istringstream used(line.substr(colon + 1));
    const std::string module = line.substr(0, colon);
    table[module] = {module};
    for (std::string name; used >> name;) table[module].insert(name);
  }
  return table;
}

Table declared_table() {
  std::ifstream file(UNDERSONG_MODULE_TABLE);
  return parse_table(file);
}

// What breaks the table in one file, a line each.
std::string violations(const SourceFile& file, const Table& table) {
  std::string text;
  const auto allowed = table.find(file.module());
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const Include include = include_of(file.lines[i]);
    const std::string module = include.name.substr(0, include.name.find('/'));
    if (!include.quoted || module == include.name || !table.contains(module)) continue;
    if (allowed == table.end() || !allowed->second.contains(module))
      text += file.path.string() + ":" + std::to_string(i + 1) + ": " + file.lines[i] + "\n";
  }
  return text;
}

TEST(ModuleTable, HoldsForEveryInclude) {
  const Table table = declared_table();
  ASSERT_GE(table.size(), 8U);
  std::size_t looked_at = 0;
  for (const SourceFile& file : source_files({"src"}, {".h", ".cpp", ".inc"})) {
    if (!table.contains(file.module())) continue;  // not part of this build: train without LibTorch
    EXPECT_EQ(violations(file, table), "");
    ++looked_at;
  }
  EXPECT_GE(looked_at, 50U);
}

TEST(ModuleTable, HasNoCircles) {
  const Table table = declared_table();
  for (const auto& [module, used] : table) {
    for (const std::string& other : used) {
      const auto back = table.find(other);
      if (other == module || back == table.end()) continue;
      EXPECT_FALSE(back->second.contains(module)) << module << " and " << other;
    }
  }
}

TEST(ModuleTable, NoticesAnIncludeAgainstTheStream) {
  std::istringstream text("base: \nscore: base\nmidi: base score\n");
  const Table table = parse_table(text);
  const SourceFile upstream{"src/score/score.cpp", {"#include \"midi/midi_file.h\""}};
  const SourceFile downstream{"src/midi/midi_file.cpp",
                              {"#include <vector>", "#include \"score/score.h\""}};
  EXPECT_EQ(violations(upstream, table), "src/score/score.cpp:1: #include \"midi/midi_file.h\"\n");
  EXPECT_EQ(violations(downstream, table), "");
}

}  // namespace
}  // namespace undersong
