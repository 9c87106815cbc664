#include "pipeline/trainer.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/error.h"
#include "base/paths.h"
#include "base/subprocess.h"

namespace undersong {

namespace fs = std::filesystem;

std::optional<fs::path> find_trainer() {
  constexpr const char* kName = "undersong-train";
  // build/release/bin/undersong and build/dev/bin/undersong-train stand in one tree.
  const fs::path builds = program_folder().parent_path().parent_path();
  for (const fs::path& folder : {program_folder(), builds / "dev" / "bin"}) {
    if (::access((folder / kName).c_str(), X_OK) == 0) return folder / kName;
  }
  return find_program(kName);
}

void become_trainer(const std::vector<std::string>& arguments) {
  const auto program = find_trainer();
  if (!program) {
    throw Error(ErrorKind::kNotFound,
                std::string("networks are trained by undersong-train, which is not installed; "
                            "build it from the source folder with ") +
                    kBuildTrainer);
  }
  std::string name = program->string();
  std::vector<std::string> copies = arguments;
  std::vector<char*> argv = {name.data()};
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  ::execv(name.c_str(), argv.data());
  throw Error(ErrorKind::kIo,
              "cannot start " + name + ": " + std::generic_category().message(errno));
}

}  // namespace undersong
