#pragma once
// One track chunk's events -> Track and Score.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "midi/note_pairing.h"
#include "midi/repair_log.h"
#include "score/score.h"

namespace undersong::detail {

// Where the events of a track chunk are in the file. Without the chunk's header of eight bytes.
struct ChunkSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t number = 1;  // as people count
};

struct TrackEnd {
  std::size_t byte = 0;  // behind the last byte that was understood
  Ticks tick = 0;        // of the end-of-track event, or of the damage
  bool is_damaged = false;
};

// Reads the chunks of one file, one after the other. Notes are sorted; the score's own vectors are
// in the file's order, and the caller sorts them once all tracks are in.
class TrackReader {
 public:
  TrackReader(std::span<const std::uint8_t> file, Score& score, RepairLog& repairs)
      : file_(file), score_(score), repairs_(repairs) {}

  // Reads `chunk` up to its end-of-track event, its last byte or its first damage. `track` takes
  // the notes, controls, texts and sysexes; tempos, meters, keys and markers go to the score.
  // Times start at `start_tick`.
  TrackEnd read(const ChunkSpan& chunk, Ticks start_tick, Track& track);

  // Whether any chunk so far said anything but its end.
  bool has_events() const { return has_events_; }

 private:
  using Bytes = std::span<const std::uint8_t>;

  struct Place {
    const std::uint8_t* at = nullptr;
    std::uint32_t tick = 0;   // at most the largest Ticks
    std::uint8_t status = 0;  // running status; 0 before the first
  };

  // Each returns whether the track goes on.
  bool read_event();
  bool read_channel_message();
  bool read_meta_event();
  bool read_sysex();
  bool skip_escape();
  bool skip_system_message();

  void read_channel_messages_quickly();
  // Inlined by force into the loop above, which is otherwise a twentieth slower.
  [[gnu::always_inline]] void take_channel_message(Ticks tick, std::uint8_t status,
                                                   std::uint8_t first, std::uint8_t second);
  void take_control(Ticks tick, std::uint8_t status, std::uint8_t first, std::uint8_t second);
  void take_meta_event(std::uint8_t type, Bytes data);
  void take_text(std::uint8_t type, Bytes data);
  void take_tempo(Bytes data);
  void take_meter(Bytes data);
  void take_key(Bytes data);

  bool read_varint(std::uint32_t& value);
  // The bytes whose number a varint here announces.
  bool read_announced_bytes(Bytes& bytes);
  bool enter_sysex_continuation();
  bool append_sysex_packet(std::vector<std::uint8_t>& bytes);

  Ticks tick() const { return static_cast<Ticks>(place_.tick); }
  std::size_t position() const { return static_cast<std::size_t>(place_.at - file_.data()); }
  std::size_t left() const { return static_cast<std::size_t>(end_ - place_.at); }
  bool damaged(std::string_view what);
  bool cut_short();
  void repair(std::string_view what);

  Bytes file_;
  Score& score_;
  RepairLog& repairs_;
  NotePairing pairing_;
  bool has_events_ = false;

  // Of the chunk at hand.
  Track* track_ = nullptr;
  const std::uint8_t* end_ = nullptr;
  Place place_;
  std::size_t number_ = 1;
  bool is_damaged_ = false;
};

}  // namespace undersong::detail
