#include "audio/id3_tag.h"

#include <string_view>

namespace undersong::detail {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t kUtf8 = 3;

void append(std::string_view text, Bytes& bytes) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

// Four times seven bits, so that no byte looks like the start of an MP3 frame.
void append_syncsafe(std::size_t value, Bytes& bytes) {
  for (const unsigned shift : {21U, 14U, 7U, 0U})
    bytes.push_back(static_cast<std::uint8_t>((value >> shift) & 0x7FU));
}

// `prefix` stands between the encoding and the text: a comment has its language and an empty
// description there.
void append_frame(std::string_view id, std::string_view prefix, std::string_view text,
                  Bytes& bytes) {
  if (text.empty()) return;
  append(id, bytes);
  append_syncsafe(1 + prefix.size() + text.size(), bytes);
  bytes.insert(bytes.end(), {0, 0, kUtf8});  // two bytes of flags, the encoding
  append(prefix, bytes);
  append(text, bytes);
}

}  // namespace

Bytes id3_tag(const AudioTags& tags) {
  Bytes frames;
  append_frame("TIT2", "", tags.title, frames);
  append_frame("TPE1", "", tags.artist, frames);
  append_frame("TDRC", "", tags.date, frames);
  append_frame("TCON", "", tags.genre, frames);
  append_frame("COMM", std::string_view("eng\0", 4), tags.comment, frames);
  append_frame("TSSE", "", tags.software, frames);
  if (frames.empty()) return {};
  Bytes tag;
  append("ID3", tag);
  tag.insert(tag.end(), {4, 0, 0});  // version 2.4.0, no flags
  append_syncsafe(frames.size(), tag);
  tag.insert(tag.end(), frames.begin(), frames.end());
  return tag;
}

}  // namespace undersong::detail
