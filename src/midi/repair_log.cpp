#include "midi/repair_log.h"

#include <fmt/format.h>

#include <utility>

namespace undersong::detail {

std::string counted(std::size_t count, std::string_view unit) {
  return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

void RepairLog::add(std::size_t byte, std::string_view what) {
  if (repairs_.size() < kMostRepairs) {
    repairs_.push_back(fmt::format("byte {}: {}", byte, what));
  } else {
    ++left_out_;
  }
}

void RepairLog::add_damage(std::size_t byte, std::string_view what) {
  if (first_damage_.empty()) first_damage_ = fmt::format("byte {}: {}", byte, what);
  add(byte, fmt::format("{}; what came before is kept", what));
}

std::vector<std::string> RepairLog::take() {
  if (left_out_ > 0) repairs_.push_back(fmt::format("and {} more repairs", left_out_));
  return std::move(repairs_);
}

}  // namespace undersong::detail
