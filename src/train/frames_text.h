#pragma once
// Music as sets of sounding keys, a set a time step: what Boulanger-Lewandowski, Bengio and Vincent
// 2012 (arXiv:1206.6392) measure models of polyphony on.
//
// A file has a line a piece, a word a step: the sounding keys 0-87 (0 is A0) joined by commas, `-`
// for silence.

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace undersong {

inline constexpr int kFrameKeys = 88;

using Frame = std::vector<std::uint8_t>;  // ascending
using FramePiece = std::vector<Frame>;

// Errors: kFormat with the line and the step; empty lines are no pieces, and a text without any is
// an error.
std::vector<FramePiece> parse_frames(std::string_view text);

// PREFIX.train.txt, PREFIX.valid.txt, PREFIX.test.txt.
struct FrameSet {
  std::vector<FramePiece> train;
  std::vector<FramePiece> valid;
  std::vector<FramePiece> test;
};
// Errors: also kNotFound, naming the file that is missing.
FrameSet read_frame_set(const std::filesystem::path& prefix);

std::int64_t frame_count(const std::vector<FramePiece>& pieces);
int most_keys(const FrameSet& set);  // in one frame

}  // namespace undersong
