#pragma once
// A whole training on a set of frames (frames_text.h): one network or a few, the likelihood of what
// was held out and of the test pieces, and weight files. Checkpoints as for other trainings. No
// type of LibTorch in here.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/progress.h"
#include "train/decoder_engine.h"
#include "train/frames_measure.h"
#include "train/frames_steps.h"

namespace undersong {

struct FrameTrainingSettings {
  FrameNetworkSize size;
  int networks = 1;         // whose distributions are averaged
  int keys = 1;             // transpositions that are averaged besides, an odd number
  std::int64_t tokens = 0;  // for each network to learn from; 0: by the set's size
  std::int64_t rows = 4;    // a step
  double learning_rate = 2e-3;
  double warm_up = 0.02;          // share of the steps over which the rate rises
  double decay = 0.6;             // share at the end over which it falls to 0, linearly
  std::optional<double> dropout;  // none: by how often the set is heard
  double weight_decay = 0.1;
  int transpose = 6;       // pieces are moved by up to so many semitones while they are learned
  std::uint64_t seed = 1;  // of the first network; the next one's is one more
  Device device = Device::kAuto;
  int threads = 0;
  int looks = 8;  // at what is held out; the best weights are kept
  double checkpoint_seconds = 60.0;
  double stop_after_seconds = 0.0;  // then the run ends, to go on later; 0: never
  bool fresh = false;
};

// With all that depends on the set.
FrameTrainingSettings fitted(FrameTrainingSettings settings, const FrameSet& set);

struct FrameLoss {
  FrameMeans valid;
  FrameMeans test;
};

struct FrameOutcome {
  bool finished = false;          // false: stopped by time; the same command goes on
  std::int64_t parameters = 0;    // of one network
  std::vector<FrameLoss> single;  // of each network
  FrameLoss keys;                 // of the first, over keys
  FrameLoss all;                  // of all networks, over keys
};

// What others reached on a test set, joint models of whole frames alone; 0: not known.
struct PublishedFrameLoss {
  double rnn_nade = 0.0;  // Boulanger-Lewandowski et al. 2012, arXiv:1206.6392
  double balstm = 0.0;    // Johnson 2017, doi:10.1007/978-3-319-55750-2_9
};
PublishedFrameLoss published_frame_loss(const std::string& set);

// Trains and writes OUTPUT, and OUTPUT's name with .2, .3 … for further networks, each with a
// NAME.log.csv beside it; meanwhile OUTPUT.checkpoint.
//
// Errors: kUsage for numbers that make no sense and outputs that exist; kMismatch for a checkpoint
// of another training; kCancelled after Ctrl-C, with a checkpoint written.
FrameOutcome train_frames(const FrameSet& set, const FrameTrainingSettings& settings,
                          const std::filesystem::path& output, Overwrite overwrite,
                          Progress& progress);

}  // namespace undersong
