#include "midi/midi_bytes.h"

namespace undersong {
namespace {

Bytes big_endian(std::size_t value, int count) {
  Bytes bytes;
  for (int i = count - 1; i >= 0; --i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  return bytes;
}

}  // namespace

Bytes letters(std::string_view text) { return Bytes(text.begin(), text.end()); }

Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Bytes header(int format, int tracks, int division) {
  const auto field = [](int value) { return big_endian(static_cast<std::size_t>(value), 2); };
  return join({letters("MThd"), big_endian(6, 4), field(format), field(tracks), field(division)});
}

Bytes track_without_end(const Bytes& events) {
  return join({letters("MTrk"), big_endian(events.size(), 4), events});
}

Bytes track(const Bytes& events) {
  return track_without_end(join({events, {0x00, 0xFF, 0x2F, 0x00}}));
}

Bytes meta(int type, std::string_view data) {
  return join(
      {{0x00, 0xFF, static_cast<std::uint8_t>(type), static_cast<std::uint8_t>(data.size())},
       letters(data)});
}

Bytes file_of_everything() {
  const Bytes conductor = join({meta(0x51, {"\x07\xA1\x20", 3}),      // 120 BPM
                                meta(0x58, {"\x06\x03\x24\x08", 4}),  // 6/8
                                meta(0x59, {"\xFD\x01", 2}),          // C minor
                                {0x83, 0x60, 0xB0, 0x07, 0x64},       // volume, at 480
                                meta(0x06, "Verse"),
                                meta(0x51, {"\x0F\x42\x40", 3})});  // 60 BPM
  const Bytes piano = join({meta(0x03, "Piano"),
                            meta(0x02, "nobody"),
                            {0x00, 0xF0, 0x05, 0x7E, 0x7F, 0x09, 0x01, 0xF7},
                            {0x00, 0xC0, 0x05, 0x00, 0xB0, 0x40, 0x7F},
                            {0x00, 0x90, 0x3C, 0x50, 0x00, 0x40, 0x51, 0x00, 0x43, 0x52},
                            {0x83, 0x60, 0x3C, 0x00, 0x00, 0x80, 0x40, 0x20, 0x00, 0x43, 0x40},
                            {0x00, 0xE0, 0x00, 0x50, 0x10, 0xD0, 0x33, 0x10, 0xA0, 0x3C, 0x21},
                            meta(0x05, "la"),
                            {0x10, 0xF0, 0x02, 0x43, 0x12, 0x10, 0xF7, 0x02, 0x00, 0xF7},
                            {0x00, 0xB0, 0x40, 0x00}});
  const Bytes drums = join({meta(0x03, "Drums"),
                            {0x00, 0x99, 0x24, 0x70, 0x30, 0x24, 0x60, 0x30, 0x24, 0x00},
                            {0x00, 0x24, 0x00, 0x00, 0x26, 0x40, 0x00, 0x26, 0x00}});
  return join({header(1, 3, 480), track(conductor), track(piano), track(drums)});
}

}  // namespace undersong
