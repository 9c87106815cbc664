// Headers and chunks, and how tracks become a Score. The events are in track_reader.cpp.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "midi/limits.h"
#include "midi/midi_file.h"
#include "midi/repair_log.h"
#include "midi/track_reader.h"

namespace undersong {
namespace detail {
namespace {

using Bytes = std::span<const std::uint8_t>;

// MacBinary puts 128 bytes before the header, mail programs a few lines.
constexpr std::size_t kMostJunkBytes = 4096;
constexpr std::size_t kChunkHeaderBytes = 8;

struct Header {
  std::size_t begin = 0;  // of the track chunks
  std::size_t end = 0;    // of what belongs to the MIDI file
  int declared_format = 1;
  int format = 1;
  std::size_t declared_tracks = 0;
  Ticks ticks_per_quarter = 480;
  std::int32_t smpte_tempo = 0;  // microseconds a quarter note, 0 for musical time
};

[[noreturn]] void fail(std::size_t byte, std::string_view what) {
  throw Error(ErrorKind::kFormat, fmt::format("byte {}: {}", byte, what));
}

std::size_t find(Bytes bytes, std::size_t from, std::size_t to, std::string_view name) {
  to = std::min(to, bytes.size());
  if (from >= to) return to;
  const auto begin = bytes.begin();
  const auto found =
      std::search(begin + static_cast<std::ptrdiff_t>(from),
                  begin + static_cast<std::ptrdiff_t>(to), name.begin(), name.end(),
                  [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
  return static_cast<std::size_t>(found - begin);
}

bool has_name(Bytes bytes, std::size_t at, std::string_view name) {
  return at + name.size() <= bytes.size() && find(bytes, at, at + name.size(), name) == at;
}

std::uint32_t big_endian(Bytes bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | bytes[at + i];
  return value;
}

std::uint32_t little_endian(Bytes bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = count; i-- > 0;) value = value << 8 | bytes[at + i];
  return value;
}

// Chunk names are four printable characters.
bool is_chunk_header(Bytes bytes, std::size_t at) {
  if (at + kChunkHeaderBytes > bytes.size()) return false;
  return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     bytes.begin() + static_cast<std::ptrdiff_t>(at) + 4,
                     [](std::uint8_t byte) { return byte >= 0x20 && byte < 0x7F; });
}

// An RMID file is a RIFF form with the MIDI file in its "data" chunk. Source: RP-029. Narrows `end`
// to that chunk and returns where it starts; 0 for anything else.
std::size_t find_in_riff(Bytes file, std::size_t& end) {
  if (!has_name(file, 0, "RIFF") || !has_name(file, 8, "RMID")) return 0;
  std::size_t at = 12;
  while (at + kChunkHeaderBytes <= file.size()) {
    const std::size_t length = little_endian(file, at + 4, 4);
    if (has_name(file, at, "data")) {
      end = std::min(end, at + kChunkHeaderBytes + length);
      return at + kChunkHeaderBytes;
    }
    at += kChunkHeaderBytes + length + length % 2;  // chunks of RIFF start at even bytes
  }
  return 0;
}

void read_division(Bytes file, std::size_t at, Header& header) {
  const std::uint8_t high = file[at];
  const std::uint8_t low = file[at + 1];
  if ((high & 0x80) == 0) {
    header.ticks_per_quarter = high << 8 | low;
    if (header.ticks_per_quarter == 0) fail(at, "the header divides a quarter note into 0 ticks");
    return;
  }
  // Frames a second, negated, and ticks a frame. The quarter note becomes one second; 29 means
  // 30000/1001 frames a second, of which 30 take 1.001 s.
  const int frames = 256 - high;
  if ((frames != 24 && frames != 25 && frames != 29 && frames != 30) || low == 0) {
    fail(at, fmt::format("the header tells time in {} ticks a frame at {} frames a second, which "
                         "no SMPTE time does",
                         low, frames));
  }
  header.ticks_per_quarter = (frames == 29 ? 30 : frames) * low;
  header.smpte_tempo = frames == 29 ? 1001000 : 1000000;
}

Header read_header(Bytes file, RepairLog& repairs) {
  Header header;
  header.end = file.size();
  if (file.empty()) fail(0, "the file is empty");
  const std::size_t start = find_in_riff(file, header.end);
  const std::size_t found = find(file.first(header.end), start, start + kMostJunkBytes, "MThd");
  if (!has_name(file, found, "MThd"))
    fail(start, "there is no MThd header: this is not a Standard MIDI File");
  if (found > start)
    repairs.add(start, counted(found - start, "byte") + " before the header skipped");

  constexpr std::size_t kHeaderBytes = 6;
  const std::size_t at = found + kChunkHeaderBytes;
  if (at + kHeaderBytes > header.end) fail(header.end, "the header is cut short");
  const std::size_t length = big_endian(file, found + 4, 4);
  if (length < kHeaderBytes)
    repairs.add(found + 4, fmt::format("the header claims {} bytes and has 6", length));
  header.declared_format = static_cast<int>(big_endian(file, at, 2));
  header.declared_tracks = big_endian(file, at + 2, 2);
  read_division(file, at + 4, header);
  header.begin = at + std::max(kHeaderBytes, length);
  if (header.begin > header.end || !is_chunk_header(file.first(header.end), header.begin))
    header.begin = at + kHeaderBytes;

  header.format = header.declared_format;
  if (header.declared_format > 2) {
    repairs.add(at, fmt::format("format {} is unknown; read as format 1", header.declared_format));
    header.format = 1;
  }
  return header;
}

// The chunks of a file whose lengths may lie.
class ChunkWalk {
 public:
  ChunkWalk(Bytes file, std::size_t begin, RepairLog& repairs)
      : file_(file), at_(begin), repairs_(repairs) {}

  // Moves to the next track chunk; false when there is none.
  bool next(ChunkSpan& chunk) {
    while (is_chunk_header(file_, at_) && !has_name(file_, at_, "MTrk")) {
      const std::size_t behind = end_of_chunk();
      if (!is_boundary(behind)) break;
      at_ = behind;  // a chunk of another kind
    }
    const std::size_t found = find(file_, at_, file_.size(), "MTrk");
    if (found > at_)
      repairs_.add(at_, counted(found - at_, "byte") + " outside of all chunks skipped");
    at_ = found;
    if (at_ + kChunkHeaderBytes > file_.size()) {
      if (at_ < file_.size()) repairs_.add_damage(at_, "a track chunk's header is cut short");
      return false;
    }
    chunk.begin = at_ + kChunkHeaderBytes;
    chunk.end = end_of_chunk();
    if (!is_boundary(chunk.end)) {
      // A wrong length, or junk behind the chunk: its own end-of-track event tells.
      length_is_sure_ = false;
      chunk.end = find(file_, chunk.begin, file_.size(), "MTrk");
    } else {
      length_is_sure_ = true;
    }
    ++chunk.number;
    return true;
  }

  void leave(const ChunkSpan& chunk, const TrackEnd& end) {
    at_ = length_is_sure_ ? chunk.end : end.byte;
    if (!length_is_sure_) {
      note_wrong_length(chunk);
    } else if (end.byte < chunk.end && !end.is_damaged) {
      repairs_.add(end.byte, fmt::format("track {} has {} behind its end; skipped", chunk.number,
                                         counted(chunk.end - end.byte, "byte")));
    }
  }

 private:
  std::size_t end_of_chunk() const {
    return at_ + kChunkHeaderBytes + big_endian(file_, at_ + 4, 4);
  }
  bool is_boundary(std::size_t at) const {
    return at == file_.size() || is_chunk_header(file_, at);
  }
  void note_wrong_length(const ChunkSpan& chunk) {
    const std::size_t header = chunk.begin - kChunkHeaderBytes;
    const std::size_t declared = big_endian(file_, header + 4, 4);
    if (at_ - chunk.begin == declared) return;  // right, with junk behind
    const std::size_t left = file_.size() - chunk.begin;
    repairs_.add(header + 4, declared > left
                                 ? fmt::format("track {} claims {}, and the file has {} more",
                                               chunk.number, counted(declared, "byte"), left)
                                 : fmt::format("track {} claims {}; its events say where it ends",
                                               chunk.number, counted(declared, "byte")));
  }

  Bytes file_;
  std::size_t at_;
  RepairLog& repairs_;
  bool length_is_sure_ = true;
};

bool is_empty(const Track& track) {
  return track.name.empty() && track.notes.empty() && track.controls.empty() &&
         track.texts.empty() && track.sysexes.empty();
}

// A pattern starts anew: at 120 BPM and in 4/4, unless it says otherwise.
void start_pattern(Score& score, Ticks start) {
  if (start == 0) return;
  const TempoChange tempo{.tick = start};
  if (!score.tempos.empty() &&
      score.tempos.back().microseconds_per_quarter != tempo.microseconds_per_quarter)
    score.tempos.push_back(tempo);
  Meter meter = score.meters.empty() ? Meter{} : score.meters.back();
  meter.tick = 0;
  if (meter != Meter{}) score.meters.push_back({.tick = start});
}

std::size_t read_tracks(Bytes file, const Header& header, Score& score, RepairLog& repairs) {
  ChunkWalk walk(file, header.begin, repairs);
  TrackReader reader(file, score, repairs);
  ChunkSpan chunk{.number = 0};
  Ticks start = 0;
  while (score.tracks.size() < kMostTracks && walk.next(chunk)) {
    if (header.format == 2) start_pattern(score, start);
    Track& track = score.tracks.emplace_back();
    const TrackEnd end = reader.read(chunk, start, track);
    if (header.format == 2) start = end.tick;
    walk.leave(chunk, end);
    // A conductor track has said all to the score. Only the first chunk may be one, so that an
    // empty track behind it stays.
    if (header.format != 2 && chunk.number == 1 && is_empty(track)) score.tracks.pop_back();
  }
  if (chunk.number == 0) fail(header.begin, "there is no track after the header");
  if (!reader.has_events() && !repairs.first_damage().empty())
    throw Error(ErrorKind::kFormat, repairs.first_damage());
  return chunk.number;
}

// A track a channel. What belongs to no channel stays with the first.
std::vector<Track> split_by_channel(Track whole) {
  std::array<Track, 16> channels;
  std::array<bool, 16> used{};
  for (const auto& note : whole.notes) {
    channels[note.channel].notes.push_back(note);
    used[note.channel] = true;
  }
  for (const auto& control : whole.controls) {
    channels[control.channel].controls.push_back(control);
    used[control.channel] = true;
  }
  const auto first_used =
      static_cast<std::size_t>(std::find(used.begin(), used.end(), true) - used.begin());
  Track& first = channels[first_used % channels.size()];
  first.name = std::move(whole.name);
  first.texts = std::move(whole.texts);
  first.sysexes = std::move(whole.sysexes);

  std::vector<Track> tracks;
  for (auto& channel : channels) {
    if (!is_empty(channel)) tracks.push_back(std::move(channel));
  }
  return tracks;
}

template <typename Event>
void sort_and_join(std::vector<Event>& events) {
  const auto earlier = [](const Event& a, const Event& b) { return a.tick < b.tick; };
  if (!std::is_sorted(events.begin(), events.end(), earlier))
    std::stable_sort(events.begin(), events.end(), earlier);
  events.erase(std::unique(events.begin(), events.end()), events.end());
}

void order_events(Score& score) {
  sort_and_join(score.tempos);
  sort_and_join(score.meters);
  sort_and_join(score.keys);
  std::stable_sort(score.markers.begin(), score.markers.end(),
                   [](const Marker& a, const Marker& b) { return a.tick < b.tick; });
}

}  // namespace
}  // namespace detail

MidiReading read_midi(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > detail::kMostFileBytes) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("the file has {} bytes; MIDI files of more than {} are not read",
                            bytes.size(), detail::kMostFileBytes));
  }
  detail::RepairLog repairs;
  detail::Header header = detail::read_header(bytes, repairs);
  MidiReading reading;
  Score& score = reading.score;
  score.ticks_per_quarter = header.ticks_per_quarter;
  const auto file = bytes.first(header.end);
  const std::size_t track_count = detail::read_tracks(file, header, score, repairs);
  if (track_count != header.declared_tracks) {
    repairs.add(header.begin,
                fmt::format("the header declares {}, and the file has {}",
                            detail::counted(header.declared_tracks, "track"), track_count));
  }
  if (header.format == 0 && track_count > 1)
    repairs.add(header.begin, "a file of format 0 has one track; read as format 1");
  if (header.format == 0 && track_count == 1 && !score.tracks.empty())
    score.tracks = detail::split_by_channel(std::move(score.tracks.front()));
  if (header.smpte_tempo != 0) score.tempos = {{0, header.smpte_tempo}};
  detail::order_events(score);
  reading.format = header.format;
  reading.repairs = repairs.take();
  return reading;
}

}  // namespace undersong
