#include "corpus/recordings.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mapped_file.h"

namespace undersong::detail {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string sha256_of_recording(const fs::path& file) {
  if (fs::file_size(file) == 0) throw Error(ErrorKind::kFormat, "the file is empty");
  const MappedFile mapped(file);
  return sha256_hex(mapped.bytes());
}

bool ends_one_recording(ErrorKind kind) {
  return kind == ErrorKind::kFormat || kind == ErrorKind::kUnsupported || kind == ErrorKind::kIo;
}

// What a killed addition left; anything strange in it is as good as nothing.
std::optional<HeardNotes> load_kept(const fs::path& midi, const std::string& by) {
  std::error_code ignored;
  const fs::path note = fs::path(midi).replace_extension(".json");
  if (!fs::exists(midi, ignored) || !fs::exists(note, ignored)) return std::nullopt;
  const Json json = Json::parse(read_text_file(note), nullptr, false);
  if (!json.is_object() || json.value("by", Json()) != by) return std::nullopt;
  const Json confidence = json.value("confidence", Json());
  if (!confidence.is_number()) return std::nullopt;
  return HeardNotes{read_file(midi), confidence.get<double>()};
}

// The description last: without it the notes do not count.
void keep(const fs::path& midi, const HeardNotes& heard, const std::string& by) {
  save_file(midi, heard.midi, Overwrite::kAllow);
  const Json note = {{"by", by}, {"confidence", heard.confidence}};
  save_file(fs::path(midi).replace_extension(".json"), note.dump() + "\n", Overwrite::kAllow);
}

}  // namespace

RecordingHearer::RecordingHearer(fs::path folder, const Transcriber& transcriber)
    : folder_(std::move(folder)), transcriber_(transcriber) {}

void RecordingHearer::add_known(const TranscriptionNote& transcribed, const std::string& piece_id) {
  if (!transcribed.recording_sha256.empty()) known_.emplace(transcribed.recording_sha256, piece_id);
}

fs::path RecordingHearer::kept_path(const Candidate& candidate) const {
  return folder_ / "transcribed" / (candidate.transcribed.recording_sha256 + ".mid");
}

void RecordingHearer::hear(Candidate& candidate) {
  HeardNotes heard;
  bool is_new = false;
  try {
    candidate.transcribed.recording_sha256 = sha256_of_recording(candidate.file);
    const auto known = known_.find(candidate.transcribed.recording_sha256);
    if (known != known_.end()) {
      candidate.known_piece = known->second;
      return;
    }
    auto kept = load_kept(kept_path(candidate), transcriber_.name);
    is_new = !kept.has_value();
    heard = is_new ? transcriber_.transcribe(candidate.file) : *std::move(kept);
  } catch (const Error& error) {
    if (!ends_one_recording(error.kind())) throw;
    candidate.problem = error.message();
    return;
  } catch (const fs::filesystem_error& error) {
    candidate.problem = error.code().message();
    return;
  }
  // A corpus that cannot be written to is not the recording's fault: that ends the addition.
  if (is_new) keep(kept_path(candidate), heard, transcriber_.name);
  candidate.transcribed.by = transcriber_.name;
  candidate.transcribed.confidence = heard.confidence;
  candidate.bytes = std::move(heard.midi);
  candidate.file.clear();
}

void RecordingHearer::forget_transcriptions() {
  std::error_code ignored;
  fs::remove_all(folder_ / "transcribed", ignored);
}

std::vector<Candidate> with_recordings(std::vector<Candidate> found,
                                       std::span<const Recording> recordings) {
  std::set<fs::path> named;
  for (const Recording& recording : recordings)
    named.insert(fs::absolute(recording.file).lexically_normal());
  std::erase_if(found, [&](const Candidate& candidate) {
    return candidate.is_recording &&
           named.contains(fs::absolute(candidate.file).lexically_normal());
  });
  for (const Recording& recording : recordings) {
    Candidate candidate;
    candidate.path = valid_utf8(recording.path);
    candidate.group = valid_utf8(recording.group);
    candidate.origin = valid_utf8(fs::absolute(recording.file).lexically_normal().string());
    candidate.file = recording.file;
    candidate.is_recording = true;
    candidate.recording = recording;
    found.push_back(std::move(candidate));
  }
  return found;
}

}  // namespace undersong::detail
