// read(write(s)) == s, for any canonical score (midi/midi_file.h says what that is).

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "midi/midi_file.h"

namespace undersong {
namespace {

// Integers in [low, high].
template <typename Number = int>
Number any(int low, int high) {
  return static_cast<Number>(*rc::gen::inRange<std::int64_t>(low, std::int64_t{high} + 1));
}

// Mostly close together, so that events meet at one tick; seldom as late as can be.
Ticks any_tick() {
  constexpr Ticks kLast = std::numeric_limits<Ticks>::max();
  return any(0, 19) == 0 ? any(0, kLast) : any(0, 40);
}

std::string any_text() {
  static const std::vector<std::string> kLetters = {"a", " ", "é", "ß", "音", "🎹", "\n", "\x01"};
  std::string text;
  for (int i = any(0, 6); i > 0; --i) text += *rc::gen::elementOf(kLetters);
  return text;
}

template <typename Make>
auto any_list(int most, Make make) {
  std::vector<decltype(make())> list;
  for (int i = any(0, most); i > 0; --i) list.push_back(make());
  return list;
}

// Gives the notes of each key the ends that first in, first out gives them.
void order_ends(std::vector<Note>& notes) {
  std::map<std::pair<int, int>, std::vector<Note*>> keys;
  for (auto& note : notes) keys[{note.channel, note.pitch}].push_back(&note);
  for (auto& [key, sounding] : keys) {
    std::vector<Ticks> onsets;
    std::vector<Ticks> ends;
    for (const Note* note : sounding) {
      onsets.push_back(note->onset_ticks);
      ends.push_back(note->onset_ticks + note->duration_ticks);
    }
    std::sort(onsets.begin(), onsets.end());
    std::sort(ends.begin(), ends.end());
    for (std::size_t i = 0; i < sounding.size(); ++i) {
      sounding[i]->onset_ticks = onsets[i];
      sounding[i]->duration_ticks = ends[i] - onsets[i];
    }
  }
}

std::vector<Note> any_notes() {
  auto notes = any_list(30, [] {
    Note note;
    const Ticks a = any_tick();
    const Ticks b = any_tick();
    note.onset_ticks = std::min(a, b);
    note.duration_ticks = std::max(a, b) - note.onset_ticks;
    note.pitch = any<std::uint8_t>(60, 63);
    note.velocity = any<std::uint8_t>(1, 127);
    note.channel = any<std::uint8_t>(0, 1);
    note.release_velocity = any<std::uint8_t>(63, 65);
    return note;
  });
  order_ends(notes);
  return notes;
}

ControlEvent any_control() {
  using Kind = ControlEvent::Kind;
  ControlEvent event;
  event.tick = any_tick();
  event.kind = static_cast<Kind>(any(0, 4));
  event.channel = any<std::uint8_t>(0, 15);
  const bool numbered = event.kind == Kind::kController || event.kind == Kind::kKeyPressure;
  if (numbered) event.number = any<std::uint8_t>(0, 127);
  event.value =
      event.kind == Kind::kPitchBend ? any<std::int16_t>(-8192, 8191) : any<std::int16_t>(0, 127);
  return event;
}

TextEvent any_text_event() {
  static const std::vector<TextEvent::Kind> kKinds = {
      TextEvent::Kind::kText, TextEvent::Kind::kCopyright, TextEvent::Kind::kInstrument,
      TextEvent::Kind::kLyric, TextEvent::Kind::kCue};
  return {any_tick(), *rc::gen::elementOf(kKinds), any_text()};
}

SystemExclusive any_sysex() {
  auto bytes = any_list(200, [] { return any<std::uint8_t>(0, 127); });
  bytes.push_back(0xF7);
  return {any_tick(), std::move(bytes)};
}

Track any_track() {
  Track track;
  track.name = any_text();
  track.notes = any_notes();
  track.controls = any_list(8, any_control);
  track.texts = any_list(4, any_text_event);
  track.sysexes = any_list(2, any_sysex);
  return track;
}

template <typename Event>
void join_equal(std::vector<Event>& events) {
  events.erase(std::unique(events.begin(), events.end()), events.end());
}

Score any_score() {
  Score score;
  score.ticks_per_quarter = any(1, 32767);
  score.tempos = any_list(4, [] { return TempoChange{any_tick(), any(1, 0xFFFFFF)}; });
  score.meters = any_list(4, [] {
    return Meter{any_tick(), any<std::uint8_t>(1, 255), static_cast<std::uint8_t>(1 << any(0, 7)),
                 any<std::uint8_t>(0, 255), any<std::uint8_t>(0, 255)};
  });
  score.keys = any_list(4, [] {
    return KeySignature{any_tick(), any<std::int8_t>(-7, 7), any(0, 1) == 1};
  });
  score.markers = any_list(4, [] { return Marker{any_tick(), any_text()}; });
  score.tracks = any_list(4, any_track);
  sort_events(score);
  join_equal(score.tempos);
  join_equal(score.meters);
  join_equal(score.keys);
  return score;
}

RC_GTEST_PROP(RoundTrip, GivesACanonicalScoreBack, ()) {
  const Score score = any_score();
  const auto bytes = write_midi(score);
  const MidiReading reading = read_midi(bytes);
  RC_ASSERT(reading.repairs.empty());
  RC_ASSERT(reading.score == score);
  RC_ASSERT(write_midi(reading.score) == bytes);
}

// A key inside the same key, [0, 30] around [10, 20], is no canonical score: the file cannot say
// which of the two ends first.
TEST(RoundTrip, ExchangesTheEndsOfANoteInsideItsOwnKey) {
  Score score;
  score.tracks.push_back({});
  score.tracks[0].notes = {{0, 30, 60, 80}, {10, 10, 60, 81}};
  const Score read = read_midi(write_midi(score)).score;
  EXPECT_EQ(read.tracks.at(0).notes, (std::vector<Note>{{0, 20, 60, 80}, {10, 20, 60, 81}}));
}

}  // namespace
}  // namespace undersong
