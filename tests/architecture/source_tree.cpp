#include "source_tree.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>

namespace undersong {
namespace {

namespace fs = std::filesystem;

bool has_suffix(const fs::path& path, const std::vector<std::string>& suffixes) {
  const std::string suffix = path.extension().string();
  return suffixes.empty() || std::find(suffixes.begin(), suffixes.end(), suffix) != suffixes.end();
}

SourceFile read(const fs::path& path, const fs::path& root) {
  SourceFile file{fs::relative(path, root), {}};
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) file.lines.push_back(line);
  return file;
}

}  // namespace

std::string SourceFile::module() const {
  const auto first = path.begin();
  const bool in_module = *first == "src" && std::distance(path.begin(), path.end()) > 2;
  return in_module ? std::next(first)->string() : std::string();
}

std::vector<SourceFile> source_files(const std::vector<std::string>& folders,
                                     const std::vector<std::string>& suffixes) {
  const fs::path root = UNDERSONG_SOURCE_FOLDER;
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    if (!fs::is_directory(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file() && has_suffix(entry.path(), suffixes))
        files.push_back(read(entry.path(), root));
    }
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

Include include_of(const std::string& line) {
  static const std::regex kInclude("^\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"].*");
  std::smatch parts;
  if (!std::regex_match(line, parts, kInclude)) return {};
  return {parts[2].str(), parts[1].str() == "\""};
}

}  // namespace undersong
