#include "style/pack_sound.h"

#include <fmt/format.h>

namespace undersong {
namespace {

constexpr NumberLimits kShare{0.0, 1.0};
constexpr NumberLimits kHighPass{20.0, 2000.0};
constexpr NumberLimits kLowPass{200.0, 20000.0};

// 0 is no filter.
double read_frequency(PackTable& table, std::string_view key, NumberLimits limits) {
  const TomlNode* node = table.take(key, TomlNode::Kind::kFloat);
  if (node == nullptr || node->number == 0.0) return 0.0;
  if (node->number >= limits.low && node->number <= limits.high) return node->number;
  table.complain_about(
      *node, key,
      fmt::format("{} is out of range; give {} Hz, or 0 for none", node->number, describe(limits)));
  return 0.0;
}

}  // namespace

RoleSound read_role_sound(PackTable table) {
  RoleSound sound;
  sound.level_db = table.number("level_db", {-40.0, 12.0}, sound.level_db);
  sound.pan = table.number("pan", {-1.0, 1.0}, sound.pan);
  sound.high_pass_hz = read_frequency(table, "high_pass_hz", kHighPass);
  sound.low_pass_hz = read_frequency(table, "low_pass_hz", kLowPass);
  sound.saturation = table.number("saturation", kShare, sound.saturation);
  sound.width = table.number("width", {0.0, 2.0}, sound.width);
  sound.side_chain_db = table.number("side_chain_db", {0.0, 24.0}, sound.side_chain_db);
  sound.chorus = table.number("chorus", kShare, sound.chorus);
  sound.delay = table.number("delay", kShare, sound.delay);
  sound.reverb = table.number("reverb", kShare, sound.reverb);
  table.finish();
  return sound;
}

MixSound read_mix_sound(PackTable table) {
  MixSound sound;
  sound.low_pass_hz = read_frequency(table, "low_pass_hz", kLowPass);
  sound.high_pass_hz = read_frequency(table, "high_pass_hz", kHighPass);
  sound.width = table.number("width", {0.0, 2.0}, sound.width);
  sound.wow_cents = table.number("wow_cents", {0.0, 50.0}, sound.wow_cents);
  sound.vinyl_db = table.number("vinyl_db", {-120.0, -20.0}, sound.vinyl_db);
  PackTable reverb = table.table("reverb");
  sound.reverb_seconds = reverb.number("seconds", {0.2, 12.0}, sound.reverb_seconds);
  sound.reverb_damping_hz = reverb.number("damping_hz", {500.0, 20000.0}, sound.reverb_damping_hz);
  reverb.finish();
  PackTable delay = table.table("delay");
  sound.delay_beats = delay.number("beats", {0.125, 4.0}, sound.delay_beats);
  sound.delay_feedback = delay.number("feedback", {0.0, 0.85}, sound.delay_feedback);
  delay.finish();
  table.finish();
  return sound;
}

}  // namespace undersong
