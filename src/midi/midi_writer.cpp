#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <initializer_list>
#include <limits>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "midi/limits.h"
#include "midi/midi_file.h"

namespace undersong {
namespace detail {
namespace {

constexpr std::uint32_t kLongestDelta = 0x0FFFFFFF;  // 28 bits
constexpr std::uint32_t kLastTick = std::numeric_limits<Ticks>::max();

using Bytes = std::vector<std::uint8_t>;

void append_big_endian(Bytes& out, std::uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void append_varint(Bytes& out, std::uint32_t value) {
  UNDERSONG_CHECK(value <= kLongestDelta);
  int shift = 21;
  while (shift > 0 && (value >> shift) == 0) shift -= 7;
  for (; shift > 0; shift -= 7)
    out.push_back(static_cast<std::uint8_t>(0x80 | ((value >> shift) & 0x7F)));
  out.push_back(static_cast<std::uint8_t>(value & 0x7F));
}

// The bytes of one track chunk, event by event in order of time.
class ChunkWriter {
 public:
  explicit ChunkWriter(Bytes& out) : out_(out) {
    for (const char letter : {'M', 'T', 'r', 'k', '\0', '\0', '\0', '\0'})
      out_.push_back(static_cast<std::uint8_t>(letter));
    begin_ = out_.size();
  }

  void meta(Ticks tick, std::uint8_t type, std::span<const std::uint8_t> data) {
    move_to(tick);
    meta_without_time(type, data);
  }

  void text(Ticks tick, std::uint8_t type, std::string_view text) {
    meta(tick, type, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }

  void sysex(const SystemExclusive& event) {
    UNDERSONG_CHECK(!event.bytes.empty() && event.bytes.back() == 0xF7);
    move_to(event.tick);
    out_.push_back(0xF0);
    append_varint(out_, static_cast<std::uint32_t>(event.bytes.size()));
    out_.insert(out_.end(), event.bytes.begin(), event.bytes.end());
    running_status_ = 0;
  }

  void channel_message(Ticks tick, int status, std::initializer_list<int> data) {
    move_to(tick);
    const auto byte = static_cast<std::uint8_t>(status);
    if (byte != running_status_) out_.push_back(byte);
    running_status_ = byte;
    for (const int value : data) {
      UNDERSONG_CHECK(value >= 0 && value <= 127);
      out_.push_back(static_cast<std::uint8_t>(value));
    }
  }

  void finish() {
    out_.push_back(0);
    meta_without_time(0x2F, {});
    const std::size_t length = out_.size() - begin_;
    UNDERSONG_CHECK(length <= std::numeric_limits<std::uint32_t>::max());
    for (std::size_t i = 0; i < 4; ++i)
      out_[begin_ - 4 + i] = static_cast<std::uint8_t>(length >> (24 - 8 * i));
  }

 private:
  // Running status ends here, as the standard says.
  void meta_without_time(std::uint8_t type, std::span<const std::uint8_t> data) {
    out_.push_back(0xFF);
    out_.push_back(type);
    append_varint(out_, static_cast<std::uint32_t>(data.size()));
    out_.insert(out_.end(), data.begin(), data.end());
    running_status_ = 0;
  }

  // A gap of more than 28 bits is bridged by empty sequencer-specific events, which readers skip.
  void move_to(Ticks tick) {
    UNDERSONG_CHECK(tick >= tick_);
    auto delta = static_cast<std::uint32_t>(tick - tick_);
    for (; delta > kLongestDelta; delta -= kLongestDelta) {
      append_varint(out_, kLongestDelta);
      meta_without_time(0x7F, {});
    }
    append_varint(out_, delta);
    tick_ = tick;
  }

  Bytes& out_;
  std::size_t begin_ = 0;
  Ticks tick_ = 0;
  std::uint8_t running_status_ = 0;
};

// At one tick: what ends, what is said, how it sounds, what starts.
enum class Rank : std::uint8_t {
  kNoteOff,
  kTempo,
  kMeter,
  kKey,
  kMarker,
  kText,
  kSysex,
  kControl,
  kNoteOn
};

struct Item {
  Ticks tick;
  Rank rank;
  std::uint32_t index;  // into the vector of its rank
};

template <typename Event>
void add_items(std::vector<Item>& items, const std::vector<Event>& events, Rank rank) {
  for (std::uint32_t i = 0; i < events.size(); ++i) items.push_back({events[i].tick, rank, i});
}

void sort_items(std::vector<Item>& items) {
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return a.tick != b.tick ? a.tick < b.tick : a.rank < b.rank;
  });
}

Ticks end_of(const Note& note) {
  UNDERSONG_CHECK(note.onset_ticks >= 0 && note.duration_ticks >= 0);
  UNDERSONG_CHECK(note.duration_ticks <= std::numeric_limits<Ticks>::max() - note.onset_ticks);
  return note.onset_ticks + note.duration_ticks;
}

void write_note_on(ChunkWriter& chunk, const Note& note) {
  UNDERSONG_CHECK(note.channel < 16 && note.velocity > 0);
  chunk.channel_message(note.onset_ticks, 0x90 | note.channel, {note.pitch, note.velocity});
}

// A note-on of velocity 0 says release velocity 64, and keeps the running status.
void write_note_off(ChunkWriter& chunk, const Note& note) {
  if (note.release_velocity == Note{}.release_velocity) {
    chunk.channel_message(end_of(note), 0x90 | note.channel, {note.pitch, 0});
  } else {
    chunk.channel_message(end_of(note), 0x80 | note.channel, {note.pitch, note.release_velocity});
  }
}

void write_control(ChunkWriter& chunk, const ControlEvent& event) {
  using Kind = ControlEvent::Kind;
  UNDERSONG_CHECK(event.channel < 16);
  const auto write = [&](int status, std::initializer_list<int> data) {
    chunk.channel_message(event.tick, status | event.channel, data);
  };
  switch (event.kind) {
    case Kind::kKeyPressure: write(0xA0, {event.number, event.value}); break;
    case Kind::kController: write(0xB0, {event.number, event.value}); break;
    case Kind::kProgram: write(0xC0, {event.value}); break;
    case Kind::kChannelPressure: write(0xD0, {event.value}); break;
    case Kind::kPitchBend: {
      const int value = event.value + 8192;
      UNDERSONG_CHECK(value >= 0 && value < 16384);
      write(0xE0, {value & 0x7F, value >> 7});
      break;
    }
  }
}

void write_tempo(ChunkWriter& chunk, const TempoChange& tempo) {
  const std::int32_t value = tempo.microseconds_per_quarter;
  UNDERSONG_CHECK(value > 0 && value < 1 << 24);
  Bytes data;
  append_big_endian(data, static_cast<std::uint32_t>(value), 3);
  chunk.meta(tempo.tick, 0x51, data);
}

void write_meter(ChunkWriter& chunk, const Meter& meter) {
  UNDERSONG_CHECK(meter.numerator > 0 && std::has_single_bit(meter.denominator));
  const auto power = static_cast<std::uint8_t>(std::countr_zero(meter.denominator));
  const Bytes data = {meter.numerator, power, meter.clocks_per_click,
                      meter.thirty_seconds_per_quarter};
  chunk.meta(meter.tick, 0x58, data);
}

void write_key(ChunkWriter& chunk, const KeySignature& key) {
  UNDERSONG_CHECK(key.sharps >= -7 && key.sharps <= 7);
  const Bytes data = {static_cast<std::uint8_t>(key.sharps), std::uint8_t{key.minor}};
  chunk.meta(key.tick, 0x59, data);
}

void write_conductor(Bytes& out, const Score& score) {
  std::vector<Item> items;
  add_items(items, score.tempos, Rank::kTempo);
  add_items(items, score.meters, Rank::kMeter);
  add_items(items, score.keys, Rank::kKey);
  add_items(items, score.markers, Rank::kMarker);
  sort_items(items);
  ChunkWriter chunk(out);
  for (const auto& item : items) {
    switch (item.rank) {
      case Rank::kTempo: write_tempo(chunk, score.tempos[item.index]); break;
      case Rank::kMeter: write_meter(chunk, score.meters[item.index]); break;
      case Rank::kKey: write_key(chunk, score.keys[item.index]); break;
      default: chunk.text(item.tick, 0x06, score.markers[item.index].text); break;
    }
  }
  chunk.finish();
}

std::vector<Item> items_of(const Track& track) {
  std::vector<Item> items;
  items.reserve(2 * track.notes.size() + track.controls.size() + track.texts.size() +
                track.sysexes.size());
  for (std::uint32_t i = 0; i < track.notes.size(); ++i) {
    const Note& note = track.notes[i];
    const Ticks end = end_of(note);
    items.push_back({note.onset_ticks, Rank::kNoteOn, i});
    // The end of a note of no length follows its start, below.
    if (end > note.onset_ticks) items.push_back({end, Rank::kNoteOff, i});
  }
  add_items(items, track.texts, Rank::kText);
  add_items(items, track.sysexes, Rank::kSysex);
  add_items(items, track.controls, Rank::kControl);
  sort_items(items);
  return items;
}

void write_track(Bytes& out, const Track& track) {
  ChunkWriter chunk(out);
  if (!track.name.empty()) chunk.text(0, 0x03, track.name);
  for (const auto& item : items_of(track)) {
    switch (item.rank) {
      case Rank::kNoteOff: write_note_off(chunk, track.notes[item.index]); break;
      case Rank::kText: {
        const TextEvent& event = track.texts[item.index];
        chunk.text(event.tick, static_cast<std::uint8_t>(event.kind), event.text);
        break;
      }
      case Rank::kSysex: chunk.sysex(track.sysexes[item.index]); break;
      case Rank::kControl: write_control(chunk, track.controls[item.index]); break;
      default: {
        const Note& note = track.notes[item.index];
        write_note_on(chunk, note);
        if (note.duration_ticks == 0) write_note_off(chunk, note);
        break;
      }
    }
  }
  chunk.finish();
}

}  // namespace
}  // namespace detail

std::vector<std::uint8_t> write_midi(const Score& score) {
  UNDERSONG_CHECK(score.ticks_per_quarter > 0 && score.ticks_per_quarter < 32768);
  if (score.tracks.size() > detail::kMostTracks) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("a MIDI file holds up to {} tracks, and these are {}",
                            detail::kMostTracks, score.tracks.size()));
  }
  std::vector<std::uint8_t> out = {'M', 'T', 'h', 'd'};
  out.reserve(64 + 8 * note_count(score));
  detail::append_big_endian(out, 6, 4);
  detail::append_big_endian(out, 1, 2);
  detail::append_big_endian(out, static_cast<std::uint32_t>(1 + score.tracks.size()), 2);
  detail::append_big_endian(out, static_cast<std::uint32_t>(score.ticks_per_quarter), 2);
  detail::write_conductor(out, score);
  for (const auto& track : score.tracks) detail::write_track(out, track);
  return out;
}

}  // namespace undersong
