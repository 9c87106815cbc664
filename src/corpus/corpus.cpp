#include "corpus/corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/paths.h"
#include "base/suggestion.h"
#include "midi/midi_file.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

// Far more than people type, and well inside the 255 bytes of a file name.
constexpr std::size_t kLongestName = 100;

bool is_possible_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestName || name.front() == '.') return false;
  return std::none_of(name.begin(), name.end(), [](char c) {
    return c == '/' || static_cast<unsigned char>(c) < ' ' || c == 0x7F;
  });
}

[[noreturn]] void throw_unknown(const std::string& name) {
  const auto names = corpus_names();
  throw Error(ErrorKind::kNotFound,
              names.empty()
                  ? fmt::format("there is no corpus {}, and no other yet; `undersong corpus add "
                                "NAME FOLDER` makes one",
                                display(name))
                  : fmt::format("there is no corpus {}{}", display(name), suggestion(name, names)));
}

}  // namespace

Corpus::Corpus(fs::path folder, Manifest manifest)
    : folder_(std::move(folder)), manifest_(std::move(manifest)) {}

Corpus Corpus::open(const std::string& name) {
  const fs::path folder = corpus_folder(name);
  std::error_code ignored;
  if (!fs::exists(manifest_path(folder), ignored)) throw_unknown(name);
  return open_folder(folder);
}

Corpus Corpus::open_folder(const fs::path& folder) {
  const fs::path path = manifest_path(folder);
  return {folder, with_context("reading " + display(path),
                               [&] { return Manifest::from_json(read_text_file(path)); })};
}

Score Corpus::read_piece(const Piece& piece) const {
  const fs::path path = piece_path(folder_, piece.id);
  return with_context(
      fmt::format("reading {} of corpus {}", display(piece.path), display(manifest_.name)), [&] {
        const auto bytes = read_file(path);
        if (sha256_hex(bytes) != piece.id) {
          throw Error(ErrorKind::kMismatch,
                      display(path) +
                          " is not what was added; remove the corpus and add its "
                          "files again");
        }
        return read_midi(bytes).score;
      });
}

fs::path corpora_folder() { return user_data_folder() / "corpora"; }

fs::path corpus_folder(const std::string& name) {
  if (!is_possible_name(name)) {
    throw Error(ErrorKind::kUsage,
                display(name) +
                    " cannot name a corpus; a name has 1 to 100 bytes, no slash and no control "
                    "character, and starts with no dot");
  }
  return corpora_folder() / name;
}

fs::path manifest_path(const fs::path& folder) { return folder / "manifest.json"; }

fs::path piece_path(const fs::path& folder, std::string_view id) {
  return folder / "pieces" / (std::string(id) + ".mid");
}

std::vector<std::string> corpus_names() {
  std::vector<std::string> names;
  std::error_code failure;
  fs::directory_iterator entries(corpora_folder(), failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    std::error_code ignored;
    const std::string name = entries->path().filename().string();
    if (is_possible_name(name) && fs::exists(manifest_path(entries->path()), ignored))
      names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<Piece> pieces_of_group(const Manifest& manifest, std::string_view group) {
  if (group.empty()) return manifest.pieces;
  const std::string wanted = lower_case(group);
  std::vector<Piece> pieces;
  std::copy_if(manifest.pieces.begin(), manifest.pieces.end(), std::back_inserter(pieces),
               [&](const Piece& piece) { return lower_case(piece.group) == wanted; });
  if (pieces.empty()) {
    throw Error(ErrorKind::kNotFound,
                fmt::format("corpus {} has no group {}{}", display(manifest.name),
                            display(std::string(group)), suggestion(group, group_names(manifest))));
  }
  return pieces;
}

std::vector<std::string> group_names(const Manifest& manifest) {
  std::set<std::string> names;
  for (const auto& piece : manifest.pieces) {
    if (!piece.group.empty()) names.insert(piece.group);
  }
  return {names.begin(), names.end()};
}

}  // namespace undersong
