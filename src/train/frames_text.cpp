#include "train/frames_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "base/error.h"
#include "base/file.h"

namespace undersong {
namespace {

// Cuts what stands before the next `mark` off `text`.
std::string_view take(std::string_view& text, std::string_view marks) {
  const std::size_t end = std::min(text.find_first_of(marks), text.size());
  const std::string_view first = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return first;
}

[[noreturn]] void refuse(std::size_t line, std::size_t step, const std::string& what) {
  throw Error(ErrorKind::kFormat, fmt::format("line {}, step {}: {}", line, step, what));
}

std::uint8_t parse_key(std::string_view word, std::size_t line, std::size_t step) {
  int key = -1;
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), key);
  if (fault != std::errc{} || end != word.data() + word.size() || key < 0 || key >= kFrameKeys) {
    refuse(line, step,
           fmt::format("`{}` is no key: they are numbers from 0 (A0) to {}, joined by commas",
                       word.substr(0, 20), kFrameKeys - 1));
  }
  return static_cast<std::uint8_t>(key);
}

Frame parse_frame(std::string_view word, std::size_t line, std::size_t step) {
  Frame frame;
  if (word == "-") return frame;
  // A comma at the end leaves an empty key, which is refused.
  for (bool more = true; more;) {
    more = word.find(',') != std::string_view::npos;
    frame.push_back(parse_key(take(word, ","), line, step));
  }
  std::sort(frame.begin(), frame.end());
  const auto twice = std::adjacent_find(frame.begin(), frame.end());
  if (twice != frame.end()) refuse(line, step, fmt::format("the key {} comes twice", *twice));
  return frame;
}

FramePiece parse_piece(std::string_view text, std::size_t line) {
  FramePiece piece;
  while (!text.empty()) {
    const std::string_view word = take(text, " \t\r");
    if (!word.empty()) piece.push_back(parse_frame(word, line, piece.size() + 1));
  }
  return piece;
}

std::vector<FramePiece> read_split(const std::filesystem::path& prefix, std::string_view split) {
  const std::filesystem::path path = prefix.string() + "." + std::string(split) + ".txt";
  const std::string text = read_text_file(path);  // names the file itself
  return with_context(display(path), [&] { return parse_frames(text); });
}

}  // namespace

std::vector<FramePiece> parse_frames(std::string_view text) {
  std::vector<FramePiece> pieces;
  for (std::size_t line = 1; !text.empty(); ++line) {
    FramePiece piece = parse_piece(take(text, "\n"), line);
    if (!piece.empty()) pieces.push_back(std::move(piece));
  }
  if (pieces.empty()) {
    throw Error(ErrorKind::kFormat,
                "there is no piece in it: a line a piece, a word a time step, such as "
                "`39,51,58,67 - 46`");
  }
  return pieces;
}

FrameSet read_frame_set(const std::filesystem::path& prefix) {
  return {read_split(prefix, "train"), read_split(prefix, "valid"), read_split(prefix, "test")};
}

std::int64_t frame_count(const std::vector<FramePiece>& pieces) {
  std::int64_t count = 0;
  for (const FramePiece& piece : pieces) count += static_cast<std::int64_t>(piece.size());
  return count;
}

int most_keys(const FrameSet& set) {
  std::size_t most = 0;
  for (const auto* pieces : {&set.train, &set.valid, &set.test}) {
    for (const FramePiece& piece : *pieces) {
      for (const Frame& frame : piece) most = std::max(most, frame.size());
    }
  }
  return static_cast<int>(most);
}

}  // namespace undersong
