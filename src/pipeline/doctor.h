#pragma once
// What this machine has of what the program can use: the seed's GPU check, and more.

#include <string>
#include <vector>

namespace undersong {

struct Finding {
  enum class Need {
    kGenerate,  // without it `generate` cannot make sound
    kOptional,  // some other verb uses it
    kInformation,
  };

  std::string section;  // devices, training, sound, programs, data
  std::string name;     // SoundFont
  bool found = false;
  std::string detail;   // a version, a path, or what is lost without it
  std::string install;  // the exact command that installs it; empty when found
  Need need = Need::kInformation;
};

struct DoctorReport {
  std::vector<Finding> findings;

  // Whether everything that `generate` needs is there.
  bool can_generate() const;
};

// Looks, and asks other programs for their versions (2 s each at most). Errors: kCancelled.
DoctorReport examine_machine();

}  // namespace undersong
