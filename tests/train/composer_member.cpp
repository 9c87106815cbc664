// One process that trains a composer, for composer_training_test, which kills it or starts several
// that train together: `composer_member MUSIC OUTPUT`. Writes a checkpoint after every step.

#include <cstdio>

#include "base/error.h"
#include "train/tiny_composer_training.h"

int main(int count, char** arguments) {
  if (count != 3) return 2;
  try {
    auto settings = undersong::tiny_composer_settings();
    settings.checkpoint_seconds = 0.0;
    settings.threads = 1;
    undersong::train_composer(undersong::TrainingFile::open(arguments[1]), settings, arguments[2],
                              undersong::Overwrite::kRefuse, undersong::silent_progress());
    return 0;
  } catch (const undersong::Error& error) {
    std::fputs(error.what(), stderr);
    return 1;
  }
}
