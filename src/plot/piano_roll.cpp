#include "plot/piano_roll.h"

#include <algorithm>
#include <cmath>

#include "plot/keyboard.h"
#include "plot/scale.h"
#include "plot/svg.h"

namespace undersong {
namespace {

constexpr double kWidth = 1000.0;
constexpr double kLeft = 56.0;
constexpr double kRight = 976.0;
constexpr double kTop = 84.0;
constexpr double kFontSize = 12.0;

// Draws one roll.
class RollDrawing {
 public:
  explicit RollDrawing(const PianoRoll& roll)
      : roll_(roll),
        range_(keys_of(roll)),
        row_(std::clamp(440.0 / (range_.high - range_.low + 1), 4.0, 10.0)),
        bottom_(kTop + row_ * (range_.high - range_.low + 1)),
        svg_(kWidth, bottom_ + 60.0, roll.title),
        time_(ScaleKind::kLinear, 0.0, end_of(roll), kLeft, kRight) {}

  std::string draw() {
    svg_.text({24, 30}, roll_.title, "title");
    draw_keys(svg_, range_, {kLeft, kTop}, kRight - kLeft, row_);
    draw_time();
    draw_legend();
    for (const auto& note : roll_.notes) draw_note(note);
    return svg_.finish();
  }

 private:
  static KeyRange keys_of(const PianoRoll& roll) {
    std::vector<int> pitches;
    for (const auto& note : roll.notes) pitches.push_back(note.pitch);
    return key_range(pitches);
  }

  static double end_of(const PianoRoll& roll) {
    double end = 0.0;
    for (const auto& note : roll.notes) end = std::max(end, note.onset + note.duration);
    return end > 0.0 ? end : 1.0;
  }

  double top_of(int pitch) const { return kTop + row_ * (range_.high - pitch); }

  void draw_time() {
    draw_bar_lines();
    for (const auto& tick : time_.ticks(10)) {
      const double x = time_.pixel(tick.value);
      svg_.line({x, bottom_}, {x, bottom_ + 5}, "axis");
      svg_.text({x, bottom_ + 20}, tick.label, "faint", Anchor::kMiddle);
    }
    svg_.line({kLeft, bottom_}, {kRight, bottom_}, "axis");
    svg_.text({(kLeft + kRight) / 2, bottom_ + 44}, roll_.time_label, "label", Anchor::kMiddle);
  }

  void draw_bar_lines() {
    // Numbers at least 40 pixels apart.
    double next_number = kLeft;
    for (std::size_t i = 0; i < roll_.bar_lines.size(); ++i) {
      if (roll_.bar_lines[i] > time_.high()) break;
      const double x = time_.pixel(roll_.bar_lines[i]);
      svg_.line({x, kTop}, {x, bottom_}, "grid");
      if (x < next_number) continue;
      svg_.text({x + 3, kTop - 5}, std::to_string(i + 1), "faint");
      next_number = x + 40.0;
    }
  }

  void draw_legend() {
    double x = 24.0;
    for (std::size_t i = 0; i < roll_.tracks.size(); ++i) {
      const std::string name = shortened(roll_.tracks[i], 24);
      const double width = 18.0 + text_width(name, kFontSize) + 18.0;
      if (x + width > kRight) {
        svg_.text({x, 56}, "…", "label");
        return;
      }
      svg_.rectangle({x, 46}, 12, 12, series_style("fill", i));
      svg_.text({x + 18, 56}, name, "label");
      x += width;
    }
  }

  void draw_note(const RollNote& note) {
    const double start = time_.pixel(note.onset);
    // Half a pixel of gap, so that repeated notes are seen as two.
    const double width = std::max(1.0, time_.pixel(note.onset + note.duration) - start - 0.5);
    const double opacity = 0.35 + 0.65 * std::clamp(note.loudness, 0.0, 1.0);
    svg_.rectangle({start, top_of(note.pitch) + 0.5}, width, row_ - 1.0,
                   series_style("fill", note.track), opacity);
  }

  const PianoRoll& roll_;
  KeyRange range_;
  double row_;
  double bottom_;
  SvgDocument svg_;
  Scale time_;
};

}  // namespace

std::string draw(const PianoRoll& roll) { return RollDrawing(roll).draw(); }

}  // namespace undersong
