#include "transcribe/note_decisions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/portable_math.h"
#include "transcribe/remaining_energy.h"

namespace undersong {
namespace {

// Less than the shortest note that is told apart from none.
constexpr double kLongestLeadSeconds = 0.05;
constexpr double kShortestSeconds = 0.001;

using OnsetRow = std::array<double, kPitchKeys>;

double largest_of(const RowTable<float>& table) {
  float largest = 0.0F;
  for (std::size_t i = 0; i < table.rows(); ++i)
    for (const float value : table.row(i)) largest = std::max(largest, value);
  return largest;
}

// The onsets that the network heard, and those that leaps of the keys' likelihoods tell, scaled to
// the largest that it heard.
class OnsetCurve {
 public:
  OnsetCurve(const PitchActivations& heard, bool infer) : heard_(heard), infer_(infer) {
    if (!infer) return;
    largest_onset_ = largest_of(heard.onsets);
    for (std::size_t frame = 0; frame < heard.frames(); ++frame)
      for (std::size_t key = 0; key < kPitchKeys; ++key)
        largest_leap_ = std::max(largest_leap_, leap(frame, key));
  }

  OnsetRow row(std::size_t frame) const {
    OnsetRow values{};
    const auto onsets = heard_.onsets.row(frame);
    for (std::size_t key = 0; key < kPitchKeys; ++key) {
      values[key] = static_cast<double>(onsets[key]);
      if (infer_ && largest_leap_ > 0.0)
        values[key] = std::max(values[key], largest_onset_ * leap(frame, key) / largest_leap_);
    }
    return values;
  }

 private:
  // By how much a key is likelier than one frame and two frames before.
  double leap(std::size_t frame, std::size_t key) const {
    if (frame < 2) return 0.0;
    const double now = static_cast<double>(heard_.notes.row(frame)[key]);
    const double before = static_cast<double>(heard_.notes.row(frame - 1)[key]);
    const double earlier = static_cast<double>(heard_.notes.row(frame - 2)[key]);
    return std::max(std::min(now - before, now - earlier), 0.0);
  }

  const PitchActivations& heard_;
  bool infer_;
  double largest_onset_ = 0.0;
  double largest_leap_ = 0.0;
};

class Decider {
 public:
  Decider(const PitchActivations& heard, const NoteDecisions& options)
      : heard_(heard), options_(options), frames_(heard.frames()), energy_(heard.notes) {}

  std::vector<NoteFrames> run() {
    follow_onsets();
    if (options_.remaining_threshold) follow_remaining();
    return std::move(notes_);
  }

 private:
  // From the last to the first, so that a note ends where the next one of its key began.
  void follow_onsets() {
    const OnsetCurve curve(heard_, options_.infer_onsets);
    OnsetRow later{};
    OnsetRow now = curve.row(frames_ - 1);
    for (std::size_t frame = frames_; frame-- > 0;) {
      const OnsetRow earlier = frame > 0 ? curve.row(frame - 1) : OnsetRow{};
      for (std::size_t key = kPitchKeys; key-- > 0;) {
        const double onset = now[key];
        const bool is_peak =
            (frame == 0 || onset > earlier[key]) && (frame + 1 == frames_ || onset > later[key]);
        if (is_peak && onset > options_.onset_threshold) follow_onset(frame, key);
      }
      later = now;
      now = earlier;
    }
  }

  void follow_onset(std::size_t first, std::size_t key) {
    if (first + 1 >= frames_) return;
    std::size_t end = first + 1;
    std::size_t unlikely = 0;
    while (end + 1 < frames_ && unlikely < options_.energy_tolerance) {
      unlikely = is_unlikely(end, key) ? unlikely + 1 : 0;
      ++end;
    }
    end -= unlikely;
    if (end - first <= options_.shortest_frames) return;
    for (std::size_t frame = first; frame < end; ++frame) energy_.take_around(frame, key);
    add(first, end, key);
  }

  void follow_remaining() {
    energy_.watch_largest();
    for (;;) {
      const RemainingEnergy::Place place = energy_.largest();
      if (!(static_cast<double>(energy_.at(place.frame, place.key)) >
            *options_.remaining_threshold))
        return;
      energy_.take(place.frame, place.key);
      const std::size_t end = last_after(place.frame, place.key);
      const std::size_t first = first_before(place.frame, place.key);
      if (end > first && end - first > options_.shortest_frames) add(first, end, place.key);
    }
  }

  // The frame before which the likely ones after `frame` end; all that is looked at is taken.
  std::size_t last_after(std::size_t frame, std::size_t key) {
    std::size_t i = frame + 1;
    std::size_t unlikely = 0;
    while (i + 1 < frames_ && unlikely < options_.energy_tolerance) {
      unlikely = is_unlikely(i, key) ? unlikely + 1 : 0;
      energy_.take_around(i, key);
      ++i;
    }
    return i - 1 - unlikely;
  }

  // The first likely one before `frame`. The recording's first frame is never looked at.
  std::size_t first_before(std::size_t frame, std::size_t key) {
    std::size_t i = frame;  // one behind the frame that is looked at
    std::size_t unlikely = 0;
    while (i > 1 && unlikely < options_.energy_tolerance) {
      unlikely = is_unlikely(i - 1, key) ? unlikely + 1 : 0;
      energy_.take_around(i - 1, key);
      --i;
    }
    return i + unlikely;
  }

  bool is_unlikely(std::size_t frame, std::size_t key) const {
    return static_cast<double>(energy_.at(frame, key)) < options_.frame_threshold;
  }

  double likelihood(std::size_t frame, std::size_t key) const {
    return static_cast<double>(heard_.notes.row(frame)[key]);
  }

  // Where the note ends by its own largest likelihood.
  std::size_t own_end(std::size_t first, std::size_t end, std::size_t key) const {
    double largest = 0.0;
    for (std::size_t frame = first; frame < end; ++frame)
      largest = std::max(largest, likelihood(frame, key));
    while (end > first + 1 && likelihood(end - 1, key) < options_.ending_share * largest) --end;
    return end;
  }

  void add(std::size_t first, std::size_t end, std::size_t key) {
    end = own_end(first, end, key);
    if (end - first <= options_.shortest_frames) return;
    double sum = 0.0;
    for (std::size_t frame = first; frame < end; ++frame) sum += likelihood(frame, key);
    const double amplitude = sum / static_cast<double>(end - first);
    if (amplitude < options_.least_amplitude) return;
    notes_.push_back({.first = first,
                      .count = end - first,
                      .pitch = kLowestKey + static_cast<int>(key),
                      .amplitude = amplitude});
  }

  const PitchActivations& heard_;
  const NoteDecisions& options_;
  std::size_t frames_;
  RemainingEnergy energy_;
  std::vector<NoteFrames> notes_;
};

// The loudest that a note's key became within 70 ms of its onset, in decibels.
double loudness_of(const PitchActivations& heard, const NoteFrames& note) {
  constexpr std::size_t kAttackFrames = 6;
  const auto key = static_cast<std::size_t>(note.pitch - kLowestKey);
  std::uint8_t loudest = 0;
  for (std::size_t i = 0; i < std::min(note.count, kAttackFrames); ++i)
    loudest = std::max(loudest, heard.levels.row(note.first + i)[key]);
  return kDecibelsPerPitchLevel * loudest;
}

// What one note in ten passes; 0 without notes.
double loud_decibels(std::vector<double> decibels) {
  if (decibels.empty()) return 0.0;
  std::sort(decibels.begin(), decibels.end());
  return decibels[decibels.size() * 9 / 10];
}

// Loudness falls with 40 log10(127 / velocity) dB, as General MIDI recommends and synthesisers
// play; loud notes get 100.
// Source: MIDI Manufacturers Association, General MIDI Level 2.
int velocity_of(double decibels_above_loud) {
  constexpr double kLoudVelocity = 100.0;
  constexpr double kNepersPerDecibel = 2.302585092994046 / 40.0;
  const double velocity = kLoudVelocity * portable_exp(decibels_above_loud * kNepersPerDecibel);
  return static_cast<int>(std::lround(std::clamp(velocity, 1.0, 127.0)));
}

// Of sorted notes. Onsets may lead by more than offsets do, never so far that a note is gone.
void end_before_next(std::vector<DetectedNote>& notes) {
  std::array<double, 128> next_onset{};
  next_onset.fill(std::numeric_limits<double>::infinity());
  for (auto note = notes.rbegin(); note != notes.rend(); ++note) {
    double& next = next_onset[static_cast<std::size_t>(note->pitch)];
    note->offset_seconds = std::min(note->offset_seconds, next);
    next = note->onset_seconds;
  }
}

}  // namespace

NoteDecisions reference_decisions() {
  return {.onset_threshold = 0.5,
          .frame_threshold = 0.3,
          .shortest_frames = 5,
          .energy_tolerance = 11,
          .infer_onsets = true,
          .remaining_threshold = 0.3,
          .ending_share = 0.0,
          .least_amplitude = 0.0,
          .onset_lead_seconds = 0.0,
          .offset_lead_seconds = 0.0,
          .quietest_decibels = std::nullopt};
}

void check_decisions(const NoteDecisions& options) {
  const auto check = [](double threshold, const char* name) {
    if (threshold > 0.0 && threshold < 1.0) return;
    throw Error(ErrorKind::kUsage,
                std::string("the ") + name + " threshold is a likelihood: above 0 and below 1");
  };
  check(options.onset_threshold, "onset");
  check(options.frame_threshold, "frame");
  if (options.remaining_threshold) check(*options.remaining_threshold, "remaining");
  for (const double share : {options.ending_share, options.least_amplitude}) {
    if (!(share >= 0.0 && share < 1.0))
      throw Error(ErrorKind::kUsage,
                  "the share at which notes end and the least amplitude are 0 or more, below 1");
  }
  for (const double lead : {options.onset_lead_seconds, options.offset_lead_seconds}) {
    if (!(lead >= 0.0 && lead <= kLongestLeadSeconds))
      throw Error(ErrorKind::kUsage, "times are moved by 0 to 0.05 seconds");
  }
  if (options.quietest_decibels && !(*options.quietest_decibels >= 0.0))
    throw Error(ErrorKind::kUsage, "the quietest note is 0 dB or more below the loud ones");
}

std::vector<NoteFrames> decide_note_frames(const PitchActivations& heard,
                                           const NoteDecisions& options) {
  check_decisions(options);
  if (heard.frames() == 0) return {};
  return Decider(heard, options).run();
}

std::vector<DetectedNote> decide_notes(const PitchActivations& heard,
                                       const NoteDecisions& options) {
  const std::vector<NoteFrames> decided = decide_note_frames(heard, options);
  std::vector<double> decibels;
  for (const NoteFrames& note : decided) decibels.push_back(loudness_of(heard, note));
  const double loud = loud_decibels(decibels);
  std::vector<DetectedNote> notes;
  for (std::size_t i = 0; i < decided.size(); ++i) {
    const NoteFrames& note = decided[i];
    const double above_loud = decibels[i] - loud;
    if (options.quietest_decibels && above_loud < -*options.quietest_decibels) continue;
    const double onset = pitch_frame_seconds(note.first);
    const double offset = pitch_frame_seconds(note.first + note.count);
    notes.push_back(
        {.onset_seconds = std::max(onset - options.onset_lead_seconds, 0.0),
         .offset_seconds = std::max(offset - options.offset_lead_seconds, onset + kShortestSeconds),
         .pitch = note.pitch,
         .velocity = velocity_of(above_loud),
         .confidence = std::clamp(note.amplitude, 0.0, 1.0)});
  }
  sort_notes(notes);
  end_before_next(notes);
  return notes;
}

}  // namespace undersong
