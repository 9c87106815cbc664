#pragma once
// Real music that written pieces are held against: passages of the music that a pack's network
// style names, as long in bars as the pack's pieces.

#include <map>
#include <tuple>
#include <vector>

#include "corpus/training_file.h"
#include "writer_pieces.h"

namespace undersong {

inline constexpr std::size_t kYardstickPassages = 200;
// Fewer parts of a role say nothing of how it is played.
inline constexpr std::size_t kFewestRealParts = 20;

struct Yardstick {
  std::vector<HalfMeasures> passages;
  Bands textures;
  std::vector<std::size_t> parts;  // by role: passages in which it plays
  std::vector<Bands> roles;        // empty below kFewestRealParts
};

// Passages of learned and of held-out pieces, each half the ends of theirs; the same ones always.
class Yardsticks {
 public:
  explicit Yardsticks(const TrainingFile& file) : file_(file) {}

  const Yardstick& of(GridStyle style, Half half, int bars);

 private:
  const TrainingFile& file_;
  std::map<std::tuple<GridStyle, Half, int>, Yardstick> made_;
};

// The pieces of one pack by one writer.
struct PackPieces {
  Style style;
  std::map<WriterKind, std::vector<MeasuredPiece>> by_writer;

  int bars() const;  // median
};
// Only seeds that both writers have, in their order.
std::vector<PackPieces> packs_of(const std::vector<MeasuredPiece>& pieces,
                                 const WriterNetwork& network);

// The tables, in Markdown, on the standard output.
void print_writer_tables(const std::vector<PackPieces>& packs, Yardsticks& real,
                         const WriterNetwork& network);
void print_writer_roles(const std::vector<PackPieces>& packs, Yardsticks& real);

}  // namespace undersong
