#pragma once
// Note-on and note-off events -> notes.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "score/score.h"

namespace undersong::detail {

// Pairs within one track chunk, by channel and key, first in, first out: when a key sounds twice at
// once, a note-off ends the older of the two. (The standard leaves it open. FIFO keeps the onsets
// of the ends in order, and most sequencers write so.)
//
// Open notes of a key form a list through their own `duration_ticks`, which has no other use until
// the note ends; so overlaps cost no memory and an event touches two cache lines.
class NotePairing {
 public:
  // The fields go straight into the vector: a Note built elsewhere byte by byte and copied as whole
  // words waits for its own stores, which took a quarter of the reading's time.
  void note_on(std::vector<Note>& notes, Ticks tick, std::uint8_t channel, std::uint8_t pitch,
               std::uint8_t velocity) {
    const auto index = static_cast<std::int32_t>(notes.size());
    Note& note = notes.emplace_back();
    note.onset_ticks = tick;
    note.duration_ticks = kNone;
    note.pitch = pitch;
    note.velocity = velocity;
    note.channel = channel;
    Queue& queue = queue_of(channel, pitch);
    if (queue.oldest == kNone) {
      queue.oldest = index;
    } else {
      notes[static_cast<std::size_t>(queue.newest)].duration_ticks = index;
    }
    queue.newest = index;
    ++open_;
  }

  // A note-off without an open note changes nothing: files of real players are full of them.
  void note_off(std::vector<Note>& notes, Ticks tick, std::uint8_t channel, std::uint8_t pitch,
                std::uint8_t release_velocity) {
    Queue& queue = queue_of(channel, pitch);
    if (queue.oldest == kNone) return;
    Note& note = notes[static_cast<std::size_t>(queue.oldest)];
    queue.oldest = note.duration_ticks;
    note.duration_ticks = tick - note.onset_ticks;
    note.release_velocity = release_velocity;
    --open_;
  }

  // Ends what still sounds and returns how many notes that were. Afterwards the table is as new.
  std::size_t end_all(std::vector<Note>& notes, Ticks tick) {
    const std::size_t hanging = open_;
    for (std::size_t key = 0; key < queues_.size() && open_ > 0; ++key) {
      while (queues_[key].oldest != kNone) {
        const Note& note = notes[static_cast<std::size_t>(queues_[key].oldest)];
        note_off(notes, tick, note.channel, note.pitch, Note{}.release_velocity);
      }
    }
    return hanging;
  }

 private:
  static constexpr std::int32_t kNone = -1;

  struct Queue {
    std::int32_t oldest = kNone;  // index into the track's notes
    std::int32_t newest = kNone;  // of meaning only while there is an oldest
  };

  Queue& queue_of(std::uint8_t channel, std::uint8_t pitch) {
    return queues_[static_cast<std::size_t>(channel) * 128 + pitch];
  }

  std::array<Queue, 16 * 128> queues_;
  std::size_t open_ = 0;
};

}  // namespace undersong::detail
