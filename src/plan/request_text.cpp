// The texts of flags.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "base/check.h"
#include "base/error.h"
#include "base/suggestion.h"
#include "plan/request.h"

namespace undersong {
namespace {

constexpr std::array<std::string_view, 4> kEndingNames = {"ring", "fade", "cut", "loop"};

// Longer than any piece; keeps the arithmetic of hours from overflowing.
constexpr double kLargestNumber = 1e9;

// A decimal number without sign or exponent, the whole of `text`; negative when it is none.
double plain_number(std::string_view text) {
  double value = 0.0;
  double place = 0.0;  // 0 before the point, then 0.1, 0.01 …
  int digits = 0;
  for (const char c : text) {
    if (c == '.' && place == 0.0) {
      place = 1.0;
    } else if (c >= '0' && c <= '9') {
      value = value * 10.0 + (c - '0');
      if (place != 0.0) place *= 10.0;
      ++digits;
    } else {
      return -1.0;
    }
  }
  // One division, so that 63.5 is the double that a compiler reads.
  if (digits == 0 || digits > 15) return -1.0;
  return place > 1.0 ? value / place : value;
}

[[noreturn]] void refuse_time(std::string_view text) {
  throw Error(ErrorKind::kUsage,
              fmt::format("'{}' is not a time; give seconds (63.5), minutes and seconds (1:03.5) "
                          "or units (1m3.5s)",
                          text));
}

double time_of_colons(std::string_view text) {
  double seconds = 0.0;
  std::string_view rest = text;
  for (int parts = 0;; ++parts) {
    const std::size_t colon = rest.find(':');
    const std::string_view part = rest.substr(0, colon);
    const double value = plain_number(part);
    const bool last = colon == rest.npos;
    if (value < 0.0 || parts > 2 || (parts > 0 && value >= 60.0)) refuse_time(text);
    if (!last && part.find('.') != part.npos) refuse_time(text);
    seconds = seconds * 60.0 + value;
    if (last) return seconds;
    rest.remove_prefix(colon + 1);
  }
}

double time_of_units(std::string_view text) {
  constexpr std::array<std::pair<char, double>, 3> kUnits = {
      {{'h', 3600.0}, {'m', 60.0}, {'s', 1.0}}};
  double seconds = 0.0;
  std::string_view rest = text;
  for (const auto& [unit, scale] : kUnits) {
    const std::size_t end = rest.find(unit);
    if (end == rest.npos) continue;
    const double value = plain_number(rest.substr(0, end));
    if (value < 0.0) refuse_time(text);
    seconds += value * scale;
    rest.remove_prefix(end + 1);
  }
  if (!rest.empty()) refuse_time(text);
  return seconds;
}

double parse_time(std::string_view text) {
  const double seconds =
      text.find_first_of("hms") != text.npos ? time_of_units(text) : time_of_colons(text);
  if (seconds > kLargestNumber) refuse_time(text);
  return seconds;
}

EnergyPoint parse_energy_point(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const double energy = colon == text.npos ? -1.0 : plain_number(text.substr(colon + 1));
  if (energy < 0.0 || energy > 1.0) {
    throw Error(ErrorKind::kUsage,
                fmt::format("'{}' is not a point of an energy curve; give times with energies from "
                            "0 to 1, such as \"0:0.2 0:30:0.9\"",
                            text));
  }
  return {parse_time(text.substr(0, colon)), energy};
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string_view name_of(Ending ending) {
  const auto index = static_cast<std::size_t>(ending);
  UNDERSONG_CHECK(index < kEndingNames.size());
  return kEndingNames[index];
}

Ending parse_ending(std::string_view text) {
  const std::string wanted = lower_case(text);
  const auto found = std::find(kEndingNames.begin(), kEndingNames.end(), wanted);
  if (found != kEndingNames.end()) return static_cast<Ending>(found - kEndingNames.begin());
  const std::vector<std::string> names(kEndingNames.begin(), kEndingNames.end());
  throw Error(ErrorKind::kUsage,
              fmt::format("'{}' is not an ending{}", text, suggestion(text, names)));
}

std::string_view name_of(WriterKind kind) {
  return kind == WriterKind::kPattern ? "pattern" : "neural";
}

WriterKind parse_writer_kind(std::string_view text) {
  const std::string wanted = lower_case(text);
  for (const WriterKind kind : {WriterKind::kPattern, WriterKind::kNeural}) {
    if (name_of(kind) == wanted) return kind;
  }
  const std::vector<std::string> names = {"neural", "pattern"};
  throw Error(ErrorKind::kUsage,
              fmt::format("'{}' is not a writer{}", text, suggestion(text, names)));
}

double parse_length(std::string_view text) {
  const double seconds = parse_time(trimmed(text));
  if (seconds <= 0.0) refuse_time(text);
  return seconds;
}

std::vector<EnergyPoint> parse_energy_curve(std::string_view text) {
  std::vector<EnergyPoint> points;
  constexpr std::string_view kBetween = " \t,";
  for (std::size_t at = text.find_first_not_of(kBetween); at != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    points.push_back(parse_energy_point(text.substr(at, end - at)));
    if (points.size() > 1 && points.back().seconds <= points[points.size() - 2].seconds) {
      throw Error(
          ErrorKind::kUsage,
          fmt::format("the energy curve goes back in time at '{}'; give its points in order",
                      text.substr(at, end - at)));
    }
    at = text.find_first_not_of(kBetween, end);
  }
  if (points.empty()) parse_energy_point(text);  // says what one looks like
  return points;
}

std::pair<int, std::optional<Mode>> parse_key(std::string_view text) {
  const std::string_view key = trimmed(text);
  const std::size_t name = key.size() > 1 && (key[1] == '#' || key[1] == 'b') ? 2 : 1;
  const std::string_view mode = trimmed(key.substr(std::min(name, key.size())));
  try {
    const int tonic = parse_pitch_class(key.substr(0, std::min(name, key.size())));
    if (mode.empty()) return {tonic, std::nullopt};
    if (mode == "m" || lower_case(mode) == "min") return {tonic, Mode::kMinor};
    if (mode == "M" || lower_case(mode) == "maj") return {tonic, Mode::kMajor};
    return {tonic, parse_mode(mode)};
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("'{}' is not a key; give one such as \"F#\", \"Am\" or "
                                          "\"D dorian\" ({})",
                                          text, error.message()));
  }
}

}  // namespace undersong
