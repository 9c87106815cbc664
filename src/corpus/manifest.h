#pragma once
// What a corpus says of itself: one entry a piece with its terms, and one a rejected file with the
// reason.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace undersong {

enum class Split : std::uint8_t { kTrain, kValid, kTest };

// "train", "valid", "test".
std::string_view name_of(Split split);

// How a piece came to be notes, when it came as a recording.
struct TranscriptionNote {
  std::string recording_sha256;  // of the recording's bytes; empty: the piece came as MIDI
  std::string by;           // what transcribed it, such as "undersong 0.1.0, basic-pitch 1.0.1"
  double confidence = 0.0;  // 0 to 1, the transcriber's own estimate

  bool operator==(const TranscriptionNote&) const = default;
};

struct Piece {
  std::string id;        // SHA-256 of the MIDI bytes; the bytes stand in pieces/<id>.mid
  std::string path;      // where it came from, relative to what was added: Chopin/chpn_op7_1.mid
  std::string group;     // its folder: Chopin
  std::string title;     // of the first named track, else the file name
  std::string licence;   // SPDX where there is one: CC-BY-SA-3.0-DE; empty when nobody said
  std::string source;    // an address or a title
  std::string uploader;  // of a link: who put it there, as the page says
  std::string address;   // of a link: its own page
  TranscriptionNote transcribed;
  std::int64_t notes = 0;
  double seconds = 0.0;
  std::vector<std::string> repairs;  // what the reader mended
  std::string note_digest;           // equal for the same notes at any transposition, see digest.h
  int reference_pitch = 0;           // of the digest: the difference of two is the transposition
  std::string duplicate_of;  // id of an earlier piece with the same notes, perhaps transposed;
                             // empty for an original
  int transposed_by = 0;     // semitones from that piece
  Split split =
      Split::kTrain;  // assigned once, when the piece comes in; a duplicate shares its original's

  bool operator==(const Piece&) const = default;
};

struct Rejection {
  std::string path;    // as of a piece
  std::string origin;  // the whole path on this machine, so that a mended file is recognised
  std::string reason;

  bool operator==(const Rejection&) const = default;
};

struct Manifest {
  std::string name;
  std::vector<Piece> pieces;  // in the order in which they came in
  std::vector<Rejection> rejections;

  std::string to_json() const;
  // Errors: kFormat; kUnsupported for one that a newer version wrote.
  static Manifest from_json(std::string_view json);
  // SHA-256 of what decides learning: ids, groups, terms and splits, in order. Weights carry it.
  std::string sha256() const;

  bool operator==(const Manifest&) const = default;
};

}  // namespace undersong
