// Rules of the house that a machine can check.

#include <gtest/gtest.h>

#include <regex>

#include "source_tree.h"

namespace undersong {
namespace {

const std::vector<std::string> kCode = {"src", "apps", "tests", "bench", "fuzz"};

TEST(HouseRules, AFileHoldsOneSubject) {
  constexpr std::size_t kLongest = 600;
  for (const SourceFile& file : source_files(kCode, {".h", ".cpp"}))
    EXPECT_LE(file.lines.size(), kLongest) << file.path;
}

TEST(HouseRules, AHeaderIsReadOnce) {
  for (const SourceFile& file : source_files(kCode, {".h"})) {
    ASSERT_FALSE(file.lines.empty()) << file.path;
    EXPECT_EQ(file.lines.front(), "#pragma once") << file.path;
  }
}

TEST(HouseRules, OnlyTheTrainerSeesLibTorch) {
  const std::regex torch("(torch|ATen|c10|caffe2)/.*");
  for (const SourceFile& file : source_files(kCode, {".h", ".cpp"})) {
    const std::string path = file.path.generic_string();
    // bench/ and tests/train compare with LibTorch; nobody includes their headers.
    if (file.module() == "train" || path.starts_with("tests/train/") || path.starts_with("bench/"))
      continue;
    for (const std::string& line : file.lines)
      EXPECT_FALSE(std::regex_match(include_of(line).name, torch)) << path << ": " << line;
  }
}

TEST(HouseRules, OnlyTheRendererSeesFluidSynth) {
  for (const SourceFile& file : source_files({"src", "apps"}, {".h", ".cpp"})) {
    if (file.module() == "render") continue;
    for (const std::string& line : file.lines)
      EXPECT_FALSE(include_of(line).name.starts_with("fluidsynth")) << file.path << ": " << line;
  }
}

// A path of the machine that something was written on works there alone.
TEST(HouseRules, NobodysOwnMachineIsNamed) {
  const std::regex machine(std::string("(^|[^A-Za-z0-9_.~])/(") + "work|home|farm|Users)/.*");
  const std::vector<std::string> everything = {"src",  "apps",    "tests", "bench", "fuzz",
                                               "docs", "scripts", "cmake", ".ci",   "models"};
  for (const SourceFile& file :
       source_files(everything, {".h", ".cpp", ".txt", ".md", ".sh", ".cmake", ".test", ".json"})) {
    for (const std::string& line : file.lines)
      EXPECT_FALSE(std::regex_search(line, machine)) << file.path << ": " << line;
  }
}

}  // namespace
}  // namespace undersong
