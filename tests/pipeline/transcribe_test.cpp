#include "pipeline/transcribe.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "midi/midi_file.h"
#include "support/simple_pitch_network.h"
#include "support/sound_files.h"
#include "support/temporary_folder.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

TEST(Transcribe, HearsAToneWhereItIs) {
  const TemporaryFolder folder;
  const fs::path recording = folder.path() / "tone.wav";
  save_tones(recording, {.seconds = 3.0, .channel_hz = {440.0, 440.0}});
  const PitchNetwork network(simple_pitch_network());
  const Transcription heard = transcribe_file(recording, network, {}, silent_progress());
  EXPECT_NEAR(heard.length_seconds, 3.0, 0.01);
  const auto is_tone = [](const DetectedNote& note) { return note.pitch == 69; };
  const auto tone = std::find_if(heard.notes.begin(), heard.notes.end(), is_tone);
  ASSERT_NE(tone, heard.notes.end());
  EXPECT_LT(tone->onset_seconds, 0.1);
  for (const DetectedNote& note : heard.notes) EXPECT_NEAR(note.pitch, 69, 1);
  EXPECT_GT(heard.note_confidence(), 0.3);
  EXPECT_EQ(note_count(heard.score), heard.notes.size());
}

TEST(Transcribe, WritesAFileForEachSuffixAndTellsOfIt) {
  const TemporaryFolder folder;
  const fs::path recording = folder.path() / "tone.wav";
  save_tones(recording, {.seconds = 2.0, .channel_hz = {440.0}});
  save_weights(folder.path() / "net", simple_pitch_network(), Overwrite::kRefuse);
  TranscribeRequest request;
  request.recordings = {recording};
  request.network = folder.path() / "net";
  request.outputs = {folder.path() / "tone.mid", folder.path() / "tone.json"};
  const TranscribeReport report = transcribe(request, silent_progress());
  ASSERT_EQ(report.files.size(), 1U);
  EXPECT_EQ(report.failed(), 0U);
  EXPECT_EQ(note_count(load_midi(request.outputs[0]).score), report.files[0].notes);
  EXPECT_NE(read_text_file(request.outputs[1]).find("\"pitch\": 69"), std::string::npos);
}

TEST(Transcribe, TwoRecordingsOfOneNameKeepApart) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "x");
  for (const char* name : {"a.wav", "x/a.wav"})
    save_tones(folder.path() / name, {.seconds = 1.0, .channel_hz = {440.0}});
  save_weights(folder.path() / "net", simple_pitch_network(), Overwrite::kRefuse);
  TranscribeRequest request;
  request.recordings = {folder.path() / "a.wav", folder.path() / "x" / "a.wav"};
  request.network = folder.path() / "net";
  request.outputs = {folder.path() / "out"};
  const TranscribeReport report = transcribe(request, silent_progress());
  ASSERT_EQ(report.files.size(), 2U);
  EXPECT_EQ(report.files[0].outputs.front().filename(), "a.mid");
  EXPECT_EQ(report.files[1].outputs.front().filename(), "a-2.mid");
}

}  // namespace
}  // namespace undersong
