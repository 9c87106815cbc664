// Trains for training_test, which kills it: `interrupted_training OUTPUT`. Writes a checkpoint
// after every batch.

#include <cstdio>

#include "base/error.h"
#include "train/tiny_training.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  try {
    undersong::TrainingSettings settings;
    settings.device = undersong::Device::kCpu;
    settings.threads = 2;
    settings.checkpoint_seconds = 0.0;
    undersong::train_model(undersong::tiny_architecture(), undersong::tiny_dataset(8, 60), settings,
                           arguments[1], undersong::Overwrite::kRefuse,
                           undersong::silent_progress());
    return 0;
  } catch (const undersong::Error& error) {
    std::fputs(error.what(), stderr);
    return 1;
  }
}
