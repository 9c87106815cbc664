#pragma once
// The repository as text, for tests of the house's own rules.

#include <filesystem>
#include <string>
#include <vector>

namespace undersong {

struct SourceFile {
  std::filesystem::path path;  // relative to the repository
  std::vector<std::string> lines;

  // "score" for src/score/…, empty outside src.
  std::string module() const;
};

// Every text file of ours under `folders` of the repository with one of the suffixes (all of them
// when none is named), sorted by path.
std::vector<SourceFile> source_files(const std::vector<std::string>& folders,
                                     const std::vector<std::string>& suffixes);

// The name in an `#include "…"` or `#include <…>` line, empty for other lines.
struct Include {
  std::string name;
  bool quoted = false;
};
Include include_of(const std::string& line);

}  // namespace undersong
