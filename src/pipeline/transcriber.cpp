#include "pipeline/transcriber.h"

#include "base/error.h"
#include "base/progress.h"
#include "midi/midi_file.h"
#include "pipeline/transcribe.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNetworkName = "basic-pitch 1.0.1";

std::shared_ptr<const PitchNetwork> load_usual_network() {
  try {
    return std::make_shared<PitchNetwork>(load_pitch_network({}));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNotFound) throw;
    throw Error(error.kind(),
                error.message() + ", or leave the recordings in folders out with --only-midi");
  }
}

}  // namespace

std::shared_ptr<const Transcriber> usual_transcriber() {
  auto transcriber = std::make_shared<Transcriber>();
  transcriber->name = std::string("undersong ") + UNDERSONG_VERSION + ", " + kNetworkName;
  transcriber->transcribe = [network = std::shared_ptr<const PitchNetwork>()](
                                const fs::path& recording) mutable -> HeardNotes {
    if (network == nullptr) network = load_usual_network();
    const Transcription heard = transcribe_file(recording, *network, {}, silent_progress());
    return {write_midi(heard.score), heard.note_confidence()};
  };
  return transcriber;
}

}  // namespace undersong
