#include "plot/overlay_roll.h"

#include <algorithm>

#include "plot/keyboard.h"
#include "plot/scale.h"
#include "plot/svg.h"

namespace undersong {
namespace {

constexpr double kWidth = 1000.0;
constexpr double kLeft = 56.0;
constexpr double kRight = 976.0;
constexpr double kTop = 108.0;
constexpr double kFontSize = 12.0;
constexpr double kMostHeight = 440.0;  // of the roll
constexpr std::size_t kLongestName = 44;
constexpr std::size_t kLongestTitle = 90;
constexpr std::size_t kLongestSubtitle = 140;
constexpr std::size_t kFirstColour = 0;
constexpr std::size_t kSecondColour = 1;
constexpr std::size_t kBothColour = 6;

class OverlayDrawing {
 public:
  explicit OverlayDrawing(const OverlayRoll& roll)
      : roll_(roll),
        keys_(keys_of(roll)),
        row_(std::clamp(kMostHeight / (keys_.high - keys_.low + 1), 5.0, 13.0)),
        bottom_(kTop + row_ * (keys_.high - keys_.low + 1)),
        svg_(kWidth, bottom_ + 40.0, roll.title),
        time_(ScaleKind::kLinear, roll.begin, roll.end, kLeft, kRight) {}

  std::string draw() {
    svg_.text({24, 30}, shortened(roll_.title, kLongestTitle), "title");
    svg_.text({24, 50}, shortened(roll_.subtitle, kLongestSubtitle), "faint");
    draw_legend();
    draw_keys(svg_, keys_, {kLeft, kTop}, kRight - kLeft, row_);
    draw_bars();
    // What is shared lies on top.
    for (const OverlayPart part :
         {OverlayPart::kOnlyFirst, OverlayPart::kOnlySecond, OverlayPart::kBoth}) {
      for (const OverlayNote& note : roll_.notes) {
        if (note.part == part) draw_note(note);
      }
    }
    return svg_.finish();
  }

 private:
  static KeyRange keys_of(const OverlayRoll& roll) {
    std::vector<int> pitches;
    for (const OverlayNote& note : roll.notes) pitches.push_back(note.pitch);
    return key_range(pitches);
  }

  void draw_legend() {
    double x = 24.0;
    const auto entry = [&](OverlayPart part, const std::string& text) {
      draw_bar({x, 67}, 18.0, 11.0, part);
      svg_.text({x + 26, 77}, text, "label");
      x += 26.0 + text_width(text, kFontSize) + 26.0;
    };
    entry(OverlayPart::kBoth, "in both");
    entry(OverlayPart::kOnlyFirst, "only in " + shortened(roll_.first, kLongestName));
    entry(OverlayPart::kOnlySecond, "only in " + shortened(roll_.second, kLongestName));
  }

  void draw_bars() {
    double next_number = kLeft;
    for (std::size_t i = 0; i < roll_.bar_lines.size(); ++i) {
      if (roll_.bar_lines[i] < roll_.begin || roll_.bar_lines[i] > roll_.end) continue;
      const double x = time_.pixel(roll_.bar_lines[i]);
      svg_.line({x, kTop}, {x, bottom_}, "grid");
      if (x < next_number || x > kRight - 16.0) continue;
      svg_.text({x + 3, kTop - 5}, std::to_string(roll_.first_bar + static_cast<std::int64_t>(i)),
                "faint");
      next_number = x + 40.0;
    }
    svg_.line({kLeft, bottom_}, {kRight, bottom_}, "axis");
    svg_.text({(kLeft + kRight) / 2, bottom_ + 24}, roll_.time_label, "label", Anchor::kMiddle);
  }

  void draw_note(const OverlayNote& note) {
    const double begin = std::max(note.onset, roll_.begin);
    const double end = std::min(note.onset + note.duration, roll_.end);
    if (end <= begin && note.duration > 0.0) return;
    const double x = time_.pixel(begin);
    // Half a pixel of gap, so that repeated notes are seen as two.
    const double width = std::max(3.0, time_.pixel(end) - x - 0.5);
    draw_bar({x, kTop + row_ * (keys_.high - note.pitch) + 0.5}, width, row_ - 1.0, note.part);
  }

  void draw_bar(PlotPoint corner, double width, double height, OverlayPart part) {
    switch (part) {
      case OverlayPart::kOnlyFirst:
        svg_.rectangle(corner, width, height, series_style("fill", kFirstColour), 0.45);
        return;
      case OverlayPart::kOnlySecond:
        svg_.outline(corner, width, height, series_style("line", kSecondColour), 1.5);
        return;
      case OverlayPart::kBoth:
        svg_.rectangle(corner, width, height, series_style("fill", kBothColour));
        return;
    }
  }

  const OverlayRoll& roll_;
  KeyRange keys_;
  double row_;
  double bottom_;
  SvgDocument svg_;
  Scale time_;
};

}  // namespace

std::string draw(const OverlayRoll& roll) { return OverlayDrawing(roll).draw(); }

}  // namespace undersong
