#pragma once
// Where things live, by the XDG base directory specification.

#include <filesystem>

namespace undersong {

// $XDG_DATA_HOME/undersong, by default ~/.local/share/undersong. Corpora stand in its folder
// `corpora`. Errors: kNotFound when neither XDG_DATA_HOME nor HOME is set.
std::filesystem::path user_data_folder();

// The folder that holds what ships with the program (`models`): $UNDERSONG_SHARE when set, else
// beside the installed program (../share/undersong), else the source tree that it was built from.
std::filesystem::path shipped_folder();

// The folder of the running program.
std::filesystem::path program_folder();

}  // namespace undersong
