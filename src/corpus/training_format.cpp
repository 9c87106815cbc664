#include "corpus/training_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"

namespace undersong::detail {
namespace {

using Json = nlohmann::ordered_json;

constexpr unsigned kDurationShift = 4;
constexpr unsigned kPitchShift = 9;
constexpr unsigned kPositionShift = kPlaceShift;
constexpr unsigned kRoleShift = 23;
constexpr std::size_t kBorders = kEnergySteps - 1;

// The word's `bits` bits from `shift` on.
constexpr std::uint8_t field(NoteWord word, unsigned shift, unsigned bits) {
  return static_cast<std::uint8_t>(word >> shift & ((1U << bits) - 1));
}

[[noreturn]] void throw_damaged(const std::string& what) { throw Error(ErrorKind::kFormat, what); }

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

Split split_named(const std::string& name) {
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest}) {
    if (name == name_of(split)) return split;
  }
  throw_damaged("'" + name + "' is not a split (train, valid or test)");
}

Json json_of(const TrainingPiece& piece, const PiecePlace& place) {
  return {{"path", piece.path},
          {"licence", piece.licence},
          {"style", name_of(piece.style)},
          {"split", name_of(piece.split)},
          {"minor", place.minor},
          {"flat_velocity", piece.flat_velocity},
          {"shard", place.shard},
          {"first_bar", place.first_bar},
          {"bars", piece.bars},
          {"notes", piece.notes}};
}

Json json_of(const GridLosses& losses) {
  return {{"notes", losses.notes},
          {"doubled", losses.doubled},
          {"moved_octaves", losses.moved_octaves},
          {"shortened_bars", losses.shortened_bars},
          {"silent_bars", losses.silent_bars}};
}

GridLosses losses_from(const Json& json) {
  GridLosses losses;
  json.at("notes").get_to(losses.notes);
  json.at("doubled").get_to(losses.doubled);
  json.at("moved_octaves").get_to(losses.moved_octaves);
  json.at("shortened_bars").get_to(losses.shortened_bars);
  json.at("silent_bars").get_to(losses.silent_bars);
  return losses;
}

// Far above what there is, and safe to add up.
constexpr std::int64_t kMost = 0xFFFFFFFF;

std::int64_t count_at(const Json& json, const char* key) {
  const Json& value = json.at(key);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMost)
    throw_damaged(fmt::format("its {} is no count", key));
  return value.get<std::int64_t>();
}

ShardEntry shard_from(const Json& json) {
  ShardEntry shard;
  json.at("file").get_to(shard.file);
  json.at("sha256").get_to(shard.sha256);
  shard.bytes = count_at(json, "bytes");
  shard.bars = count_at(json, "bars");
  shard.notes = count_at(json, "notes");
  if (shard.file.empty() || shard.file.front() == '.' || shard.file.find('/') != shard.file.npos)
    throw_damaged("'" + shard.file + "' cannot name a shard");
  if (!is_sha256(shard.sha256)) throw_damaged("shard " + shard.file + " has no hash");
  return shard;
}

void read_piece(const Json& json, TrainingDescription& description) {
  TrainingPiece piece;
  PiecePlace place;
  json.at("path").get_to(piece.path);
  json.at("licence").get_to(piece.licence);
  piece.style = parse_grid_style(json.at("style").get<std::string>());
  piece.split = split_named(json.at("split").get<std::string>());
  json.at("minor").get_to(place.minor);
  json.at("flat_velocity").get_to(piece.flat_velocity);
  place.shard = static_cast<std::size_t>(count_at(json, "shard"));
  place.first_bar = static_cast<std::size_t>(count_at(json, "first_bar"));
  piece.bars = count_at(json, "bars");
  piece.notes = count_at(json, "notes");
  description.pieces.push_back(std::move(piece));
  description.places.push_back(place);
}

void read_borders(const Json& json, TrainingDescription& description) {
  description.energy_borders.assign(kGridStyleCount, {});
  for (const auto& [name, borders] : json.items()) {
    auto values = borders.get<std::vector<double>>();
    if (values.size() != kBorders || !std::is_sorted(values.begin(), values.end()))
      throw_damaged("the energy borders of " + name + " are not seven that ascend");
    description.energy_borders[static_cast<std::size_t>(parse_grid_style(name))] =
        std::move(values);
  }
}

void check_header(const Json& json) {
  if (!json.is_object() || json.value("format", "") != kTrainingFormat)
    throw_damaged("this is no training file; `undersong corpus prepare` makes one");
  if (json.at("version").get<int>() > kTrainingVersion) {
    throw Error(ErrorKind::kUnsupported,
                "the training file was written by a newer undersong; use that version, or prepare "
                "the corpus again");
  }
}

void check_places(const TrainingDescription& description) {
  std::size_t shard = 0;
  std::int64_t bar = 0;
  const auto& shards = description.shards;
  const auto skip_full = [&] {
    while (shard < shards.size() && bar == shards[shard].bars) {
      ++shard;
      bar = 0;
    }
  };
  for (std::size_t i = 0; i < description.pieces.size(); ++i) {
    skip_full();
    const PiecePlace& place = description.places[i];
    const TrainingPiece& piece = description.pieces[i];
    if (place.shard != shard || static_cast<std::int64_t>(place.first_bar) != bar ||
        piece.bars == 0 || shard >= shards.size() || bar + piece.bars > shards[shard].bars)
      throw_damaged(fmt::format("piece {} stands where it cannot ({})", i, piece.path));
    bar += piece.bars;
  }
  skip_full();
  if (shard < shards.size())
    throw_damaged("shard " + shards[shard].file + " has bars that belong to no piece");
}

}  // namespace

NoteWord pack(const GridNote& note) {
  return static_cast<NoteWord>(index_of(note.role)) << kRoleShift |
         static_cast<NoteWord>(note.position) << kPositionShift |
         static_cast<NoteWord>(note.pitch) << kPitchShift |
         static_cast<NoteWord>(note.duration) << kDurationShift | note.velocity;
}

GridNote unpack(NoteWord word) {
  return {.role = static_cast<Role>(field(word, kRoleShift, 3)),
          .position = field(word, kPositionShift, 7),
          .pitch = field(word, kPitchShift, 7),
          .duration = field(word, kDurationShift, 5),
          .velocity = field(word, 0, 4)};
}

BarRecord pack(const GridBar& bar, std::size_t first_note) {
  UNDERSONG_CHECK(bar.notes.size() <= 0xFFFF && first_note <= 0xFFFFFFFF);
  BarRecord record;
  record.first_note = static_cast<std::uint32_t>(first_note);
  record.notes = static_cast<std::uint16_t>(bar.notes.size());
  record.meter = bar.meter;
  record.tempo = bar.tempo;
  record.chords = bar.chords;
  record.energy_and_relation =
      static_cast<std::uint8_t>(bar.energy + kEnergySteps * static_cast<int>(bar.relation));
  record.relation_distance = bar.relation_distance;
  return record;
}

GridBar unpack(const BarRecord& record, std::span<const NoteWord> notes) {
  GridBar bar;
  bar.meter = record.meter;
  bar.tempo = record.tempo;
  bar.chords = record.chords;
  bar.energy = static_cast<std::uint8_t>(record.energy_and_relation % kEnergySteps);
  bar.relation = static_cast<BarRelation>(record.energy_and_relation / kEnergySteps);
  bar.relation_distance = record.relation_distance;
  bar.notes.reserve(notes.size());
  for (const NoteWord word : notes) bar.notes.push_back(unpack(word));
  return bar;
}

std::string fault_of(const BarRecord& record, std::size_t index, std::size_t first_note) {
  if (record.first_note != first_note) return "its notes do not follow those before";
  if (record.meter >= kGridMeters.size()) return "there is no such meter";
  if (record.tempo >= kGridTempos) return "there is no such tempo";
  if (record.chords[0] >= kGridChordCount || record.chords[1] >= kGridChordCount)
    return "there is no such chord";
  const int relation = record.energy_and_relation / kEnergySteps;
  if (relation >= kBarRelationCount) return "there is no such relation";
  if ((relation == 0) != (record.relation_distance == 0) || record.relation_distance > index)
    return "it resembles a bar that is not there";
  return "";
}

std::string fault_of(const BarRecord& record, std::span<const NoteWord> notes) {
  const int length = std::min(kGridMeters[record.meter].length(), kLongestGridBar);
  NoteWord before = 0;
  for (std::size_t i = 0; i < notes.size(); ++i) {
    const NoteWord word = notes[i];
    const GridNote note = unpack(word);
    const bool percussive = is_percussive(note.role);
    const int lowest = percussive ? kLowestDrum : kLowestPitch;
    const int count = percussive ? kDrumCount : kPitchCount;
    if (word >> (kRoleShift + 3) != 0 || note.position >= length || note.pitch < lowest ||
        note.pitch >= lowest + count || note.duration >= kGridDurations.size() ||
        (percussive && note.duration != 0))
      return fmt::format("note {} cannot be", i);
    if (i > 0 && word >> kPitchShift <= before >> kPitchShift)
      return fmt::format("note {} is out of order", i);
    before = word;
  }
  return "";
}

std::string TrainingDescription::sha256() const {
  Sha256 digest;
  for (const auto& shard : shards) digest.update(shard.sha256 + "\n");
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    digest.update(fmt::format("{} {} {} {} {} {} {}\n", places[i].shard, places[i].first_bar,
                              pieces[i].bars, name_of(pieces[i].style), name_of(pieces[i].split),
                              places[i].minor ? "minor" : "major",
                              pieces[i].flat_velocity ? "flat" : "played"));
  }
  return digest.finish_hex();
}

std::string TrainingDescription::to_json() const {
  Json json = {
      {"format", kTrainingFormat},        {"version", kTrainingVersion}, {"corpus", corpus},
      {"corpus_sha256", corpus_sha256},   {"sha256", sha256()},          {"shards", Json::array()},
      {"energy_borders", Json::object()}, {"losses", json_of(losses)},   {"pieces", Json::array()},
      {"left_out", Json::array()}};
  for (const auto& shard : shards) {
    json["shards"].push_back({{"file", shard.file},
                              {"bytes", shard.bytes},
                              {"bars", shard.bars},
                              {"notes", shard.notes},
                              {"sha256", shard.sha256}});
  }
  for (std::size_t style = 0; style < energy_borders.size(); ++style) {
    if (!energy_borders[style].empty())
      json["energy_borders"][std::string(name_of(static_cast<GridStyle>(style)))] =
          energy_borders[style];
  }
  for (std::size_t i = 0; i < pieces.size(); ++i)
    json["pieces"].push_back(json_of(pieces[i], places[i]));
  for (const auto& one : left_out)
    json["left_out"].push_back({{"path", one.path}, {"reason", one.reason}});
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

TrainingDescription TrainingDescription::from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    check_header(json);
    TrainingDescription description;
    json.at("corpus").get_to(description.corpus);
    json.at("corpus_sha256").get_to(description.corpus_sha256);
    for (const auto& shard : json.at("shards")) description.shards.push_back(shard_from(shard));
    for (const auto& piece : json.at("pieces")) read_piece(piece, description);
    read_borders(json.at("energy_borders"), description);
    description.losses = losses_from(json.at("losses"));
    for (const auto& one : json.at("left_out")) {
      description.left_out.push_back(
          {one.at("path").get<std::string>(), one.at("reason").get<std::string>()});
    }
    check_places(description);
    if (json.at("sha256").get<std::string>() != description.sha256())
      throw_damaged("it does not say what was written");
    return description;
  } catch (const Json::exception& failure) {
    throw_damaged(std::string("it is damaged: ") + failure.what());
  }
}

}  // namespace undersong::detail
