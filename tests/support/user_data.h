#pragma once

#include <filesystem>
#include <string>

#include "support/temporary_folder.h"

namespace undersong {

// For its lifetime the program keeps its corpora in a fresh folder.
class OwnUserData {
 public:
  OwnUserData();
  ~OwnUserData();
  OwnUserData(const OwnUserData&) = delete;
  OwnUserData& operator=(const OwnUserData&) = delete;

  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  bool had_before_ = false;
  std::string before_;
};

}  // namespace undersong
