#pragma once
// Recordings on their way into a corpus: heard once, whatever happens in between.

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "corpus/candidates.h"
#include "corpus/ingest.h"

namespace undersong::detail {

// Gives candidates that are recordings their notes. What was transcribed stands in the corpus'
// folder `transcribed` until the addition ends.
class RecordingHearer {
 public:
  RecordingHearer(std::filesystem::path folder, const Transcriber& transcriber);

  // Known recordings are not transcribed.
  void add_known(const TranscriptionNote& transcribed, const std::string& piece_id);

  // Fills `transcribed`, and the bytes of the transcription or the problem; of a known recording
  // `known_piece` alone. Errors: what ends the addition.
  void hear(Candidate& candidate);

  // Removes what was kept for an addition that had been killed.
  void forget_transcriptions();

 private:
  std::filesystem::path kept_path(const Candidate& candidate) const;

  std::filesystem::path folder_;
  const Transcriber& transcriber_;
  std::map<std::string, std::string> known_;  // ids of pieces, by the recording's hash
};

// One list: `recordings`, and those of `found` that they do not name already.
std::vector<Candidate> with_recordings(std::vector<Candidate> found,
                                       std::span<const Recording> recordings);

}  // namespace undersong::detail
