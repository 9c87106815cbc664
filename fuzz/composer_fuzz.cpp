// Any ids are a composer's text or an Error of one kind; what was read is told again and reads the
// same. Any choices among what the grammar allows make a text that is read. The first byte says
// which; then two bytes an id or a choice, little-endian.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "base/error.h"
#include "tokens/composer_cursor.h"
#include "tokens/composer_text.h"

namespace {

using undersong::ComposerCursor;
using undersong::TokenId;
namespace token = undersong::composer_token;

constexpr std::size_t kMaskSize = static_cast<std::size_t>(token::kCount);

void require(bool holds) {
  if (!holds) std::abort();
}

void check_told_again(const undersong::GridPiece& piece) {
  using undersong::TextLayout;
  const auto ids = undersong::to_composer_text(piece, TextLayout::whole(piece));
  require(undersong::from_composer_text(ids) == piece);
  ComposerCursor cursor;
  for (const TokenId id : ids) cursor.advance(id);
  require(cursor.finished());
}

void check_place(const ComposerCursor& cursor) {
  const auto rows = cursor.features();
  for (const auto row : rows) require(row >= 0 && row < undersong::composer_feature::kCount);
  for (const auto anchor : cursor.anchors())
    require(anchor >= -1 && anchor < undersong::kPitchCount);
}

// What the ids say, or nothing wrong but their format.
void read_ids(std::span<const std::uint16_t> words) {
  std::vector<TokenId> ids;
  for (const std::uint16_t word : words) ids.push_back(static_cast<std::int16_t>(word));
  try {
    check_told_again(undersong::from_composer_text(ids));
  } catch (const undersong::Error& error) {
    require(error.kind() == undersong::ErrorKind::kFormat);
  }
}

TokenId choose(const ComposerCursor& cursor, std::uint16_t word) {
  std::array<std::uint8_t, kMaskSize> mask;
  cursor.allowed(mask);
  std::array<TokenId, kMaskSize> allowed;
  std::size_t count = 0;
  for (TokenId id = 0; id < token::kCount; ++id) {
    if (mask[static_cast<std::size_t>(id)] != 0) allowed[count++] = id;
  }
  require(count > 0);
  const auto any = static_cast<TokenId>(word % kMaskSize);
  require(cursor.allows(any) == (mask[static_cast<std::size_t>(any)] != 0));
  return allowed[word % count];
}

// Whichever way they go, the way out stays short.
void follow_choices(std::span<const std::uint16_t> words) {
  ComposerCursor cursor;
  std::vector<TokenId> ids;
  const auto step = [&](TokenId id) {
    cursor.advance(id);
    ids.push_back(id);
    check_place(cursor);
  };
  for (const std::uint16_t word : words) {
    if (cursor.finished()) break;
    step(choose(cursor, word));
  }
  check_told_again(undersong::from_composer_text(ids));
  for (int steps = 0; !cursor.finished(); ++steps) {
    require(steps < 12);
    const bool ends = cursor.allows(token::kEnd);
    const bool past = cursor.allows(token::kPast);
    constexpr std::uint16_t kFirst = 0;
    step(ends ? token::kEnd : past ? token::kPast : choose(cursor, kFirst));
  }
  check_told_again(undersong::from_composer_text(ids));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::vector<std::uint16_t> words;
  for (std::size_t i = 1; i + 1 < size; i += 2) {
    words.push_back(static_cast<std::uint16_t>(data[i] | data[i + 1] << 8));
  }
  if (data[0] % 2 == 0) {
    read_ids(words);
  } else {
    follow_choices(words);
  }
  return 0;
}
