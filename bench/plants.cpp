#include "plants.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>
#include <vector>

#include "originality/melodic_text.h"
#include "originality/voices.h"
#include "originality/winnow.h"
#include "score/bars.h"

namespace undersong {

namespace {

// Bars cut out of a piece; onsets count from the first bar line.
struct Excerpt {
  std::vector<std::vector<Note>> parts;  // of each track
  Ticks length_ticks = 0;
};

Ticks scaled(Ticks ticks, Ticks factor, Ticks divisor) {
  return static_cast<Ticks>((std::int64_t{ticks} * factor + divisor / 2) / divisor);
}

Excerpt cut(const Score& score, Ticks begin, Ticks end) {
  Excerpt excerpt;
  excerpt.length_ticks = end - begin;
  for (const Track& track : score.tracks) {
    std::vector<Note>& part = excerpt.parts.emplace_back();
    for (Note note : track.notes) {
      if (note.channel == kDrumChannel || note.onset_ticks < begin || note.onset_ticks >= end)
        continue;
      note.duration_ticks = std::min(note.duration_ticks, end - note.onset_ticks);
      note.onset_ticks -= begin;
      part.push_back(note);
    }
  }
  std::erase_if(excerpt.parts, [](const std::vector<Note>& part) { return part.empty(); });
  return excerpt;
}

Excerpt stretched(Excerpt excerpt, Ticks factor, Ticks divisor) {
  excerpt.length_ticks = scaled(excerpt.length_ticks, factor, divisor);
  for (std::vector<Note>& part : excerpt.parts) {
    for (Note& note : part) {
      note.onset_ticks = scaled(note.onset_ticks, factor, divisor);
      note.duration_ticks = std::max(1, scaled(note.duration_ticks, factor, divisor));
    }
  }
  return excerpt;
}

void move_pitch(Note& note, int semitones) {
  note.pitch = static_cast<std::uint8_t>(std::clamp(note.pitch + semitones, 0, 127));
}

int up_or_down(Rng& rng, int most) {
  const int semitones = 1 + static_cast<int>(rng.below(static_cast<std::uint64_t>(most)));
  return rng.below(2) == 0 ? semitones : -semitones;
}

Excerpt transposed(Excerpt excerpt, int semitones) {
  for (std::vector<Note>& part : excerpt.parts) {
    for (Note& note : part) move_pitch(note, semitones);
  }
  return excerpt;
}

Excerpt with_wrong_notes(Excerpt excerpt, double share, Rng& rng) {
  for (std::vector<Note>& part : excerpt.parts) {
    for (Note& note : part) {
      if (rng.uniform() < share) move_pitch(note, up_or_down(rng, 3));
    }
  }
  return excerpt;
}

Excerpt in_one_track(const Excerpt& excerpt) {
  Excerpt merged;
  merged.length_ticks = excerpt.length_ticks;
  merged.parts.resize(1);
  for (const std::vector<Note>& part : excerpt.parts)
    merged.parts[0].insert(merged.parts[0].end(), part.begin(), part.end());
  return merged;
}

Excerpt retrograde(Excerpt excerpt) {
  for (std::vector<Note>& part : excerpt.parts) {
    for (Note& note : part)
      note.onset_ticks = excerpt.length_ticks - note.onset_ticks - note.duration_ticks;
  }
  return excerpt;
}

std::vector<Voice> voices_of(const std::vector<Note>& part) {
  Score score;
  Track& track = score.tracks.emplace_back();
  track.notes = part;
  for (Note& note : track.notes) note.channel = 0;
  sort_events(score);
  return separate_voices(score);
}

Note note_of(const VoiceNote& note) {
  return {.onset_ticks = note.onset_ticks,
          .duration_ticks = std::max(1, note.duration_ticks),
          .pitch = note.pitch};
}

// `note` in pieces of equal length at these distances from it.
void add_ornament(const Note& note, std::initializer_list<int> steps, std::vector<Note>& part) {
  const auto count = static_cast<Ticks>(steps.size());
  Ticks number = 0;
  for (const int step : steps) {
    Note piece = note;
    piece.onset_ticks += scaled(note.duration_ticks, number, count);
    piece.duration_ticks = std::max(1, note.duration_ticks / count);
    move_pitch(piece, step);
    part.push_back(piece);
    ++number;
  }
}

void add_ornamented(const Voice& voice, std::size_t i, Rng& rng, std::vector<Note>& part) {
  const Note note = note_of(voice[i]);
  const int next = i + 1 < voice.size() ? voice[i + 1].pitch - voice[i].pitch : 0;
  switch (rng.below(3)) {
    case 0: return add_ornament(note, {0, next == 0 ? 2 : next / 2 + (next > 0 ? 1 : -1)}, part);
    case 1: return add_ornament(note, {0, 2, 0, 0}, part);
    default: return add_ornament(note, {2, 0, -1, 0}, part);
  }
}

Excerpt ornamented(const Excerpt& excerpt, Rng& rng) {
  Excerpt result;
  result.length_ticks = excerpt.length_ticks;
  for (const std::vector<Note>& part : excerpt.parts) {
    std::vector<Note>& changed = result.parts.emplace_back();
    for (const Voice& voice : voices_of(part)) {
      for (std::size_t i = 0; i < voice.size(); ++i) {
        if (rng.below(4) == 0 && voice[i].duration_ticks >= 8) {
          add_ornamented(voice, i, rng, changed);
        } else {
          changed.push_back(note_of(voice[i]));
        }
      }
    }
  }
  return result;
}

double mean_pitch(const Voice& voice) {
  double sum = 0.0;
  for (const VoiceNote& note : voice) sum += note.pitch;
  return sum / static_cast<double>(voice.size());
}

// Voices of at least `notes` notes, with the part of each.
std::vector<std::pair<std::size_t, Voice>> full_voices(const Excerpt& excerpt, std::size_t notes) {
  std::vector<std::pair<std::size_t, Voice>> voices;
  for (std::size_t part = 0; part < excerpt.parts.size(); ++part) {
    for (Voice& voice : voices_of(excerpt.parts[part])) {
      if (voice.size() >= notes) voices.emplace_back(part, std::move(voice));
    }
  }
  return voices;
}

const std::pair<std::size_t, Voice>& highest(
    const std::vector<std::pair<std::size_t, Voice>>& voices) {
  return *std::max_element(voices.begin(), voices.end(), [](const auto& a, const auto& b) {
    return mean_pitch(a.second) < mean_pitch(b.second);
  });
}

// Moves what begins at `at` or later by `length` and ends there what sounds.
void make_room(Score& score, Ticks at, Ticks length) {
  for (Track& track : score.tracks) {
    for (Note& note : track.notes) {
      if (note.onset_ticks >= at) {
        note.onset_ticks += length;
      } else {
        note.duration_ticks = std::min(note.duration_ticks, at - note.onset_ticks);
      }
    }
  }
}

std::uint8_t channel_of(const Track& track) {
  for (const Note& note : track.notes) {
    if (note.channel != kDrumChannel) return note.channel;
  }
  return 0;
}

void insert(const Excerpt& excerpt, Ticks at, Score& track) {
  make_room(track, at, excerpt.length_ticks);
  track.tracks.resize(std::max(track.tracks.size(), excerpt.parts.size()));
  for (std::size_t part = 0; part < excerpt.parts.size(); ++part) {
    Track& target = track.tracks[part];
    const std::uint8_t channel = channel_of(target);
    for (Note note : excerpt.parts[part]) {
      note.onset_ticks += at;
      note.channel = channel;
      target.notes.push_back(note);
    }
  }
  sort_events(track);
}

// `voice` of the guest in place of one of the host: its highest, or any.
void replace_voice(const Voice& voice, Ticks at, Ticks length, bool the_highest, Rng& rng,
                   Score& track) {
  std::erase_if(track.tracks, [](const Track& part) { return part.notes.empty(); });
  Excerpt hosts = cut(track, at, at + length);
  hosts.parts.clear();
  for (const Track& part : track.tracks) {
    Score one;
    one.tracks = {part};
    std::vector<std::vector<Note>> notes = cut(one, at, at + length).parts;
    hosts.parts.push_back(notes.empty() ? std::vector<Note>{} : notes[0]);
  }
  const auto voices = full_voices(hosts, 1);
  std::size_t target = 0;
  if (!voices.empty()) {
    const auto& [part, gone] = the_highest ? highest(voices) : voices[rng.below(voices.size())];
    target = part;
    std::erase_if(track.tracks[part].notes, [&gone = gone, at](const Note& note) {
      return std::any_of(gone.begin(), gone.end(), [&](const VoiceNote& other) {
        return other.onset_ticks + at == note.onset_ticks && other.pitch == note.pitch;
      });
    });
  }
  const std::uint8_t channel = channel_of(track.tracks[target]);
  for (const VoiceNote& voice_note : voice) {
    Note note = note_of(voice_note);
    note.onset_ticks += at;
    note.channel = channel;
    track.tracks[target].notes.push_back(note);
  }
  sort_events(track);
}

Excerpt disguised(PlantKind kind, const Excerpt& excerpt, Rng& rng) {
  switch (kind) {
    case PlantKind::kTransposed: return transposed(excerpt, up_or_down(rng, 6));
    case PlantKind::kSlower:
      return rng.below(2) == 0 ? stretched(excerpt, 2, 1) : stretched(excerpt, 3, 2);
    case PlantKind::kOneTrack: return in_one_track(excerpt);
    case PlantKind::kOrnamented: return ornamented(excerpt, rng);
    case PlantKind::kWrongNotes10: return with_wrong_notes(excerpt, 0.1, rng);
    case PlantKind::kWrongNotes20: return with_wrong_notes(excerpt, 0.2, rng);
    case PlantKind::kRetrograde: return retrograde(excerpt);
    default: return excerpt;
  }
}

// From bar line to bar line, both counted from 0.
Score between(const Score& score, std::int64_t first_bar, std::int64_t end_bar) {
  const BarGrid grid(score);
  const Ticks begin = grid.onset(first_bar);
  const Ticks end = grid.onset(end_bar);
  Score result;
  result.ticks_per_quarter = score.ticks_per_quarter;
  result.tracks.resize(score.tracks.size());
  for (std::size_t i = 0; i < score.tracks.size(); ++i) {
    for (Note note : score.tracks[i].notes) {
      if (note.onset_ticks < begin || note.onset_ticks >= end) continue;
      note.onset_ticks -= begin;
      result.tracks[i].notes.push_back(note);
    }
  }
  std::erase_if(result.tracks, [](const Track& track) { return track.notes.empty(); });
  if (result.tracks.empty()) result.tracks.emplace_back();
  // What holds at the first bar, and what changes later.
  for (TempoChange tempo : score.tempos) {
    if (tempo.tick <= begin) result.tempos.clear();
    tempo.tick = std::max(0, tempo.tick - begin);
    if (tempo.tick < end - begin) result.tempos.push_back(tempo);
  }
  for (Meter meter : score.meters) {
    if (meter.tick <= begin) result.meters.clear();
    meter.tick = std::max(0, meter.tick - begin);
    if (meter.tick < end - begin) result.meters.push_back(meter);
  }
  return result;
}

}  // namespace

std::string_view name_of(PlantKind kind) {
  switch (kind) {
    case PlantKind::kVerbatim: return "verbatim";
    case PlantKind::kTransposed: return "transposed";
    case PlantKind::kSlower: return "slower";
    case PlantKind::kOneTrack: return "in one track";
    case PlantKind::kOrnamented: return "ornamented";
    case PlantKind::kWrongNotes10: return "10 % wrong notes";
    case PlantKind::kWrongNotes20: return "20 % wrong notes";
    case PlantKind::kOneVoice: return "one voice";
    case PlantKind::kReharmonised: return "re-harmonised";
    case PlantKind::kRetrograde: return "retrograde";
  }
  return "";
}

bool share_runs(const Score& score, const BarRange& a, const BarRange& b) {
  const auto hashes_of = [&score](const BarRange& bars) {
    std::set<std::uint64_t> hashes;
    for (const Voice& voice : separate_voices(between(score, bars.first - 1, bars.last))) {
      const HashedRuns runs = hash_runs(melodic_text(voice));
      hashes.insert(runs.hashes.begin(), runs.hashes.end());
    }
    return hashes;
  };
  const std::set<std::uint64_t> in_b = hashes_of(b);
  const std::set<std::uint64_t> in_a = hashes_of(a);
  return std::any_of(in_a.begin(), in_a.end(),
                     [&in_b](std::uint64_t hash) { return in_b.contains(hash); });
}

Score stretch_of(const Score& score, Rng& rng) {
  const std::int64_t bars = BarGrid(score).count();
  if (bars <= kHostBars) return between(score, 0, bars);
  const auto first =
      static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(bars - kHostBars + 1)));
  return between(score, first, first + kHostBars);
}

std::optional<Plant> plant(PlantKind kind, const Score& source, const Score& host,
                           std::int64_t bars, Rng& rng) {
  const BarGrid grid(source);
  if (grid.count() < bars) return std::nullopt;
  constexpr int kTries = 20;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const auto first =
        static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(grid.count() - bars + 1)));
    const Excerpt excerpt = stretched(cut(source, grid.onset(first), grid.onset(first + bars)),
                                      host.ticks_per_quarter, source.ticks_per_quarter);
    const auto voices = full_voices(excerpt, static_cast<std::size_t>(2 * bars));
    if (voices.empty()) continue;
    Plant result;
    result.track = stretch_of(host, rng);
    result.source = {first + 1, first + bars};
    const BarGrid host_grid(result.track);
    const auto place = static_cast<std::int64_t>(
        rng.below(static_cast<std::uint64_t>(std::max<std::int64_t>(host_grid.count(), 1))));
    const Ticks at = host_grid.onset(place);
    Ticks length = excerpt.length_ticks;
    if (kind == PlantKind::kOneVoice || kind == PlantKind::kReharmonised) {
      const bool melody = kind == PlantKind::kReharmonised;
      const Voice& voice =
          melody ? highest(voices).second : voices[rng.below(voices.size())].second;
      replace_voice(voice, at, length, melody, rng, result.track);
    } else {
      const Excerpt copy = disguised(kind, excerpt, rng);
      length = copy.length_ticks;
      insert(copy, at, result.track);
    }
    if (kind == PlantKind::kSlower) {
      for (TempoChange& tempo : result.track.tempos)
        tempo.microseconds_per_quarter = tempo.microseconds_per_quarter / 2 * 3;
    }
    const BarGrid planted(result.track);
    result.bars = {planted.bar_at(at) + 1, planted.bar_at(at + length - 1) + 1};
    return result;
  }
  return std::nullopt;
}

}  // namespace undersong
