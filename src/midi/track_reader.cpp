#include "midi/track_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "midi/text_decoding.h"

namespace undersong::detail {
namespace {

constexpr std::uint32_t kLastTick = std::numeric_limits<Ticks>::max();
// A delta time of four bytes, a status and two data bytes.
constexpr std::size_t kLongestChannelEvent = 7;
// A note on and its end take about eight bytes with running status; a guess that is too low costs
// one reallocation.
constexpr std::size_t kBytesPerNote = 8;
// Runs of equal onsets are chords; a long one is a made file, and must not cost its square.
constexpr std::ptrdiff_t kLongestChord = 16;

enum MetaType : std::uint8_t {
  kFirstText = 0x01,
  kTrackName = 0x03,
  kMarker = 0x06,
  kLastText = 0x0F,
  kEndOfTrack = 0x2F,
  kTempo = 0x51,
  kMeter = 0x58,
  kKey = 0x59,
};

// A variable-length quantity, seven bits a byte, at most four bytes. Moves `at` behind it; false
// when the bytes end first (then `at` is `end`) or go on too long. (No std::optional: writing it in
// two parts and reading it as one word stalls, which took a sixth of the reading's time.)
bool parse_varint(const std::uint8_t*& at, const std::uint8_t* end, std::uint32_t& value) {
  value = 0;
  for (int i = 0; i < 4 && at != end; ++i) {
    const std::uint8_t byte = *at++;
    value = (value << 7) | (byte & 0x7Fu);
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

// The same where four bytes are left.
inline bool parse_varint(const std::uint8_t*& at, std::uint32_t& value) {
  value = *at & 0x7Fu;
  for (int more = 3; (*at++ & 0x80) != 0; --more) {
    if (more == 0) return false;
    value = (value << 7) | (*at & 0x7Fu);
  }
  return true;
}

std::size_t data_byte_count(std::uint8_t status) { return (status & 0xE0) == 0xC0 ? 1 : 2; }

// The notes come in order of their onsets; within one onset, in any.
void sort_notes(std::vector<Note>& notes) {
  auto chord = notes.begin();
  while (chord != notes.end()) {
    auto chord_end = chord + 1;
    bool sorted = true;
    for (; chord_end != notes.end() && chord_end->onset_ticks == chord->onset_ticks; ++chord_end)
      sorted = sorted && *(chord_end - 1) < *chord_end;
    if (!sorted && chord_end - chord > kLongestChord) {
      std::sort(chord, chord_end);
    } else if (!sorted) {
      for (auto note = chord + 1; note != chord_end; ++note)
        std::rotate(std::upper_bound(chord, note, *note), note, note + 1);
    }
    chord = chord_end;
  }
}

}  // namespace

TrackEnd TrackReader::read(const ChunkSpan& chunk, Ticks start_tick, Track& track) {
  track_ = &track;
  place_.at = file_.data() + chunk.begin;
  end_ = file_.data() + chunk.end;
  place_.tick = static_cast<std::uint32_t>(start_tick);
  place_.status = 0;
  number_ = chunk.number;
  is_damaged_ = false;
  track.notes.reserve(left() / kBytesPerNote);
  do {
    read_channel_messages_quickly();
  } while (read_event());

  const Ticks tick = this->tick();
  const std::size_t hanging = pairing_.end_all(track.notes, tick);
  if (hanging > 0) {
    repair(fmt::format("has {} without an end; the end of the track ends them",
                       counted(hanging, "note")));
  }
  sort_notes(track.notes);
  return {position(), tick, is_damaged_};
}

// Reads channel messages, which most bytes of a file are, without a look at the end of the chunk
// for each byte. Stops before the first event that is anything else, damaged or too near to the
// end.
void TrackReader::read_channel_messages_quickly() {
  // A copy stays in registers; the members would be stored and loaded around each note.
  Place place = place_;
  while (static_cast<std::size_t>(end_ - place.at) >= kLongestChannelEvent) {
    const std::uint8_t* at = place.at;
    std::uint32_t delta = 0;
    if (!parse_varint(at, delta) || delta > kLastTick - place.tick) break;
    const std::uint8_t status = (*at & 0x80) != 0 ? *at++ : place.status;
    if (status < 0x80 || status >= 0xF0 || (at[0] & 0x80) != 0) break;
    const std::size_t count = data_byte_count(status);
    if (count == 2 && (at[1] & 0x80) != 0) break;

    place.at = at + count;
    place.tick += delta;
    place.status = status;
    take_channel_message(static_cast<Ticks>(place.tick), status, at[0], at[1]);
  }
  has_events_ = has_events_ || place.at != place_.at;
  place_ = place;
}

bool TrackReader::read_event() {
  if (place_.at == end_) return damaged("has no end-of-track event");
  std::uint32_t delta = 0;
  if (!read_varint(delta)) return false;
  if (place_.at == end_) return cut_short();
  if (delta > kLastTick - place_.tick) return damaged("passes the last time that can be told");
  place_.tick += delta;
  const std::uint8_t byte = *place_.at;
  if (byte < 0xF0) return read_channel_message();
  ++place_.at;
  if (byte == 0xFF) return read_meta_event();
  if (byte == 0xF0) return read_sysex();
  if (byte == 0xF7) return skip_escape();
  return skip_system_message();
}

bool TrackReader::read_channel_message() {
  if ((*place_.at & 0x80) != 0) {
    place_.status = *place_.at++;
  } else if (place_.status == 0) {
    return damaged(fmt::format("has the data byte {:02X} before any status", *place_.at));
  }
  const std::size_t count = data_byte_count(place_.status);
  for (std::size_t i = 0; i < count && i < left(); ++i) {
    if ((place_.at[i] & 0x80) == 0) continue;
    place_.at += i;
    return damaged(
        fmt::format("has {:02X} where a data byte of {:02X} belongs", *place_.at, place_.status));
  }
  if (left() < count) return cut_short();
  const std::uint8_t first = place_.at[0];
  const std::uint8_t second = count == 2 ? place_.at[1] : std::uint8_t{0};
  place_.at += count;
  has_events_ = true;
  take_channel_message(tick(), place_.status, first, second);
  return true;
}

inline void TrackReader::take_channel_message(Ticks tick, std::uint8_t status, std::uint8_t first,
                                              std::uint8_t second) {
  const auto channel = static_cast<std::uint8_t>(status & 0x0F);
  if (status >= 0xA0) {
    take_control(tick, status, first, second);
  } else if (status >= 0x90 && second != 0) {
    pairing_.note_on(track_->notes, tick, channel, first, second);
  } else {
    const std::uint8_t release = status >= 0x90 ? Note{}.release_velocity : second;
    pairing_.note_off(track_->notes, tick, channel, first, release);
  }
}

void TrackReader::take_control(Ticks tick, std::uint8_t status, std::uint8_t first,
                               std::uint8_t second) {
  using Kind = ControlEvent::Kind;
  ControlEvent& event = track_->controls.emplace_back();
  event.tick = tick;
  event.channel = static_cast<std::uint8_t>(status & 0x0F);
  const auto set = [&](Kind kind, std::uint8_t number, int value) {
    event.kind = kind;
    event.number = number;
    event.value = static_cast<std::int16_t>(value);
  };
  switch (status >> 4) {
    case 0xA: set(Kind::kKeyPressure, first, second); break;
    case 0xB: set(Kind::kController, first, second); break;
    case 0xC: set(Kind::kProgram, 0, first); break;
    case 0xD: set(Kind::kChannelPressure, 0, first); break;
    default: set(Kind::kPitchBend, 0, (second << 7 | first) - 8192); break;
  }
}

bool TrackReader::read_meta_event() {
  if (place_.at == end_) return cut_short();
  const std::uint8_t type = *place_.at++;
  Bytes data;
  if (!read_announced_bytes(data)) return false;
  if (type == kEndOfTrack) return false;
  has_events_ = true;
  take_meta_event(type, data);
  return true;
}

// The running status lives on: the standard ends it here, and real files rely on it all the same.
void TrackReader::take_meta_event(std::uint8_t type, Bytes data) {
  if (type >= kFirstText && type <= kLastText) {
    take_text(type, data);
  } else if (type == kTempo) {
    take_tempo(data);
  } else if (type == kMeter) {
    take_meter(data);
  } else if (type == kKey) {
    take_key(data);
  }
}

void TrackReader::take_text(std::uint8_t type, Bytes data) {
  using Kind = TextEvent::Kind;
  const Ticks tick = this->tick();
  std::string text = to_utf8(data);
  if (type == kMarker) {
    score_.markers.push_back({tick, std::move(text)});
  } else if (type == kTrackName && track_->name.empty()) {
    track_->name = std::move(text);
  } else {
    const bool known = type == 2 || type == 4 || type == 5 || type == 7;
    track_->texts.push_back({tick, known ? static_cast<Kind>(type) : Kind::kText, std::move(text)});
  }
}

void TrackReader::take_tempo(Bytes data) {
  if (data.size() < 3) return repair("has a tempo of less than three bytes; it is skipped");
  const std::int32_t tempo = data[0] << 16 | data[1] << 8 | data[2];
  if (tempo == 0) return repair("has a tempo of zero; it is skipped");
  TempoChange& change = score_.tempos.emplace_back();
  change.tick = tick();
  change.microseconds_per_quarter = tempo;
}

void TrackReader::take_meter(Bytes data) {
  if (data.size() < 2 || data[0] == 0 || data[1] > 7)
    return repair("has a meter that is none; it is skipped");
  Meter meter;
  meter.tick = tick();
  meter.numerator = data[0];
  meter.denominator = static_cast<std::uint8_t>(1 << data[1]);
  if (data.size() >= 4) {
    meter.clocks_per_click = data[2];
    meter.thirty_seconds_per_quarter = data[3];
  }
  score_.meters.push_back(meter);
}

void TrackReader::take_key(Bytes data) {
  const int sharps = data.empty() ? 0 : static_cast<std::int8_t>(data[0]);
  if (data.size() < 2 || sharps < -7 || sharps > 7 || data[1] > 1)
    return repair("has a key signature that is none; it is skipped");
  score_.keys.push_back({tick(), static_cast<std::int8_t>(sharps), data[1] == 1});
}

// F0 starts a message; when its packet does not end in F7, the F7 events that follow go on with it.
bool TrackReader::read_sysex() {
  std::vector<std::uint8_t> bytes;
  const Ticks tick = this->tick();
  if (!append_sysex_packet(bytes)) return false;
  has_events_ = true;
  while (bytes.empty() || bytes.back() != 0xF7) {
    if (!enter_sysex_continuation()) {
      repair("has a system exclusive message without its end; it is ended");
      bytes.push_back(0xF7);
    } else if (!append_sysex_packet(bytes)) {
      return false;
    }
  }
  track_->sysexes.push_back({tick, std::move(bytes)});
  return true;
}

// Moves behind the status of the next event if that is F7; consumes nothing else.
bool TrackReader::enter_sysex_continuation() {
  const std::uint8_t* at = place_.at;
  std::uint32_t delta = 0;
  if (!parse_varint(at, end_, delta) || at == end_ || *at != 0xF7) return false;
  if (delta > kLastTick - place_.tick) return false;
  place_.at = at + 1;
  place_.tick += delta;
  return true;
}

bool TrackReader::append_sysex_packet(std::vector<std::uint8_t>& bytes) {
  Bytes packet;
  if (!read_announced_bytes(packet)) return false;
  bytes.insert(bytes.end(), packet.begin(), packet.end());
  return true;
}

// An F7 event on its own holds bytes for a cable, whatever they are.
bool TrackReader::skip_escape() {
  Bytes bytes;
  return read_announced_bytes(bytes);
}

// F1-F6 and F8-FE belong on a cable, not in a file.
bool TrackReader::skip_system_message() {
  const std::uint8_t status = place_.at[-1];
  repair(
      fmt::format("has the system message {:02X}, which no file may hold; it is skipped", status));
  const std::size_t count = status == 0xF2 ? 2 : status == 0xF1 || status == 0xF3 ? 1 : 0;
  if (left() < count) return cut_short();
  place_.at += count;
  return true;
}

bool TrackReader::read_varint(std::uint32_t& value) {
  if (parse_varint(place_.at, end_, value)) return true;
  return place_.at == end_ ? cut_short() : damaged("has a number of more than four bytes");
}

bool TrackReader::read_announced_bytes(Bytes& bytes) {
  std::uint32_t length = 0;
  if (!read_varint(length)) return false;
  if (length > left()) return cut_short();
  bytes = Bytes(place_.at, length);
  place_.at += length;
  return true;
}

bool TrackReader::damaged(std::string_view what) {
  is_damaged_ = true;
  repairs_.add_damage(position(), fmt::format("track {} {}", number_, what));
  return false;
}

// Whatever is left cannot be told.
bool TrackReader::cut_short() {
  place_.at = end_;
  return damaged("is cut short");
}

void TrackReader::repair(std::string_view what) {
  repairs_.add(position(), fmt::format("track {} {}", number_, what));
}

}  // namespace undersong::detail
