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

// A variable-length quantity, seven bits a byte, at most four bytes. Moves `at` behind it; empty
// when the bytes end first (then `at` is `end`) or go on too long.
std::optional<std::uint32_t> parse_varint(const std::uint8_t*& at, const std::uint8_t* end) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4 && at != end; ++i) {
    const std::uint8_t byte = *at++;
    value = (value << 7) | (byte & 0x7Fu);
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
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
  at_ = file_.data() + chunk.begin;
  end_ = file_.data() + chunk.end;
  tick_ = static_cast<std::uint32_t>(start_tick);
  status_ = 0;
  number_ = chunk.number;
  track.notes.reserve(left() / kBytesPerNote);
  do {
    read_channel_messages_quickly();
  } while (read_event());

  const auto tick = static_cast<Ticks>(tick_);
  const std::size_t hanging = pairing_.end_all(track.notes, tick);
  if (hanging > 0) {
    repair(fmt::format("has {} without an end; the end of the track ends them",
                       counted(hanging, "note")));
  }
  sort_notes(track.notes);
  return {position(), tick};
}

// The same as read_event for what most bytes of a file are, without a look at the end of the chunk
// for each byte. Leaves at the first event that is anything else, with nothing of it consumed.
void TrackReader::read_channel_messages_quickly() {
  while (left() >= kLongestChannelEvent) {
    const std::uint8_t* at = at_;
    std::uint32_t delta = *at & 0x7F;
    for (int more = 3; (*at++ & 0x80) != 0; --more) {
      if (more == 0) return;
      delta = (delta << 7) | (*at & 0x7F);
    }
    if (delta > kLastTick - tick_) return;

    std::uint8_t status = status_;
    if ((*at & 0x80) != 0) status = *at++;
    if (status < 0x80 || status >= 0xF0) return;
    const std::uint8_t first = at[0];
    const bool two = data_byte_count(status) == 2;
    const std::uint8_t second = two ? at[1] : 0;
    if (((first | second) & 0x80) != 0) return;

    at_ = at + (two ? 2 : 1);
    tick_ += delta;
    status_ = status;
    take_channel_message(status, first, second);
  }
}

bool TrackReader::read_event() {
  if (at_ == end_) return damaged("has no end-of-track event");
  const auto delta = read_varint();
  if (!delta) return false;
  if (at_ == end_) return cut_short();
  if (*delta > kLastTick - tick_) return damaged("passes the last time that can be told");
  tick_ += *delta;
  const std::uint8_t byte = *at_;
  if (byte < 0xF0) return read_channel_message();
  ++at_;
  if (byte == 0xFF) return read_meta_event();
  if (byte == 0xF0 || byte == 0xF7) return read_sysex(byte == 0xF7);
  return skip_system_message();
}

bool TrackReader::read_channel_message() {
  if ((*at_ & 0x80) != 0) {
    status_ = *at_++;
  } else if (status_ == 0) {
    return damaged(fmt::format("has the data byte {:02X} before any status", *at_));
  }
  const std::size_t count = data_byte_count(status_);
  for (std::size_t i = 0; i < count && i < left(); ++i) {
    if ((at_[i] & 0x80) == 0) continue;
    at_ += i;
    return damaged(fmt::format("has {:02X} where a data byte of {:02X} belongs", *at_, status_));
  }
  if (left() < count) return cut_short();
  const std::uint8_t first = at_[0];
  const std::uint8_t second = count == 2 ? at_[1] : std::uint8_t{0};
  at_ += count;
  take_channel_message(status_, first, second);
  return true;
}

void TrackReader::take_channel_message(std::uint8_t status, std::uint8_t first,
                                       std::uint8_t second) {
  using Kind = ControlEvent::Kind;
  const auto channel = static_cast<std::uint8_t>(status & 0x0F);
  const auto tick = static_cast<Ticks>(tick_);
  const auto control = [&](Kind kind, std::uint8_t number, int value) {
    track_->controls.push_back({tick, kind, channel, number, static_cast<std::int16_t>(value)});
  };
  ++event_count_;
  switch (status >> 4) {
    case 0x8: pairing_.note_off(track_->notes, tick, channel, first, second); break;
    case 0x9:
      if (second == 0) {
        pairing_.note_off(track_->notes, tick, channel, first, Note{}.release_velocity);
      } else {
        pairing_.note_on(track_->notes, {tick, 0, first, second, channel});
      }
      break;
    case 0xA: control(Kind::kKeyPressure, first, second); break;
    case 0xB: control(Kind::kController, first, second); break;
    case 0xC: control(Kind::kProgram, 0, first); break;
    case 0xD: control(Kind::kChannelPressure, 0, first); break;
    default: control(Kind::kPitchBend, 0, (second << 7 | first) - 8192); break;
  }
}

bool TrackReader::read_meta_event() {
  if (at_ == end_) return cut_short();
  const std::uint8_t type = *at_++;
  const auto data = read_announced_bytes();
  if (!data) return false;
  if (type == kEndOfTrack) return false;
  ++event_count_;
  take_meta_event(type, *data);
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
  const auto tick = static_cast<Ticks>(tick_);
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
  score_.tempos.push_back({static_cast<Ticks>(tick_), tempo});
}

void TrackReader::take_meter(Bytes data) {
  if (data.size() < 2 || data[0] == 0 || data[1] > 7)
    return repair("has a meter that is none; it is skipped");
  Meter meter;
  meter.tick = static_cast<Ticks>(tick_);
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
  score_.keys.push_back(
      {static_cast<Ticks>(tick_), static_cast<std::int8_t>(sharps), data[1] == 1});
}

// F0 starts a message; when its packet does not end in F7, the F7 events that follow go on with it.
// An F7 event on its own holds arbitrary bytes (an escape) and is not kept.
bool TrackReader::read_sysex(bool continuation) {
  std::vector<std::uint8_t> bytes;
  const auto tick = static_cast<Ticks>(tick_);
  if (!append_sysex_packet(bytes)) return false;
  ++event_count_;
  if (continuation) return true;
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
  const std::uint8_t* at = at_;
  const auto delta = parse_varint(at, end_);
  if (!delta || at == end_ || *at != 0xF7 || *delta > kLastTick - tick_) return false;
  at_ = at + 1;
  tick_ += *delta;
  return true;
}

bool TrackReader::append_sysex_packet(std::vector<std::uint8_t>& bytes) {
  const auto packet = read_announced_bytes();
  if (!packet) return false;
  bytes.insert(bytes.end(), packet->begin(), packet->end());
  return true;
}

// F1-F6 and F8-FE belong on a cable, not in a file.
bool TrackReader::skip_system_message() {
  const std::uint8_t status = at_[-1];
  repair(
      fmt::format("has the system message {:02X}, which no file may hold; it is skipped", status));
  const std::size_t count = status == 0xF2 ? 2 : status == 0xF1 || status == 0xF3 ? 1 : 0;
  if (left() < count) return cut_short();
  at_ += count;
  return true;
}

std::optional<std::uint32_t> TrackReader::read_varint() {
  const auto value = parse_varint(at_, end_);
  if (value) return value;
  if (at_ == end_) {
    cut_short();
  } else {
    damaged("has a number of more than four bytes");
  }
  return std::nullopt;
}

std::optional<std::span<const std::uint8_t>> TrackReader::read_announced_bytes() {
  const auto length = read_varint();
  if (!length) return std::nullopt;
  if (*length > left()) {
    cut_short();
    return std::nullopt;
  }
  const Bytes bytes(at_, *length);
  at_ += *length;
  return bytes;
}

bool TrackReader::damaged(std::string_view what) {
  repairs_.add_damage(position(),
                      fmt::format("track {} {}; what came before is kept", number_, what));
  return false;
}

// Whatever is left cannot be told.
bool TrackReader::cut_short() {
  at_ = end_;
  return damaged("is cut short");
}

void TrackReader::repair(std::string_view what) {
  repairs_.add(position(), fmt::format("track {} {}", number_, what));
}

}  // namespace undersong::detail
