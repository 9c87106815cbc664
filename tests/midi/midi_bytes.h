#pragma once
// MIDI files built by hand, as bytes.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace undersong {

using Bytes = std::vector<std::uint8_t>;

Bytes letters(std::string_view text);
Bytes join(std::initializer_list<Bytes> parts);

// "MThd", length 6, and the three numbers. `division` is the raw field.
Bytes header(int format, int tracks, int division);

// "MTrk", the length, `events`, and an end-of-track event at once.
Bytes track(const Bytes& events);
// The same without the end-of-track event.
Bytes track_without_end(const Bytes& events);

// A meta event of a delta time of 0: 00 FF type length data.
Bytes meta(int type, std::string_view data);

// Uses every kind of event: format 1, a conductor and two tracks, 480 ticks a quarter note.
Bytes file_of_everything();

}  // namespace undersong
