#pragma once
// The composer's texts as words, for tests that read like the grammar.

#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tokens/composer_vocabulary.h"

namespace undersong {

// "begin style.lied mode.minor …" -> ids.
inline std::vector<TokenId> composer_ids(const std::string& words) {
  std::vector<TokenId> ids;
  std::istringstream stream(words);
  for (std::string word; stream >> word;) {
    const auto id = composer_vocabulary().id_of(word);
    if (!id) throw std::invalid_argument(word);
    ids.push_back(*id);
  }
  return ids;
}

inline std::string composer_words(const std::vector<TokenId>& ids) {
  std::string words;
  for (const TokenId id : ids) {
    if (!words.empty()) words += ' ';
    words += composer_vocabulary().symbol(id);
  }
  return words;
}

}  // namespace undersong
