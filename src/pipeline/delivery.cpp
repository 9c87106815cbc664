#include "pipeline/delivery.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/suggestion.h"

namespace undersong {
namespace {

struct Delivery {
  std::string_view name;
  double lufs = 0.0;
  double ceiling_dbtp = 0.0;
};

constexpr std::array kDeliveries = {Delivery{"youtube", -14.0, -1.0}, Delivery{"bed", -17.0, -1.5},
                                    Delivery{"broadcast", -23.0, -1.0}};

}  // namespace

MasteringOptions parse_loudness(std::string_view text) {
  MasteringOptions options;
  const std::string word = lower_case(text);
  const auto found = std::find_if(kDeliveries.begin(), kDeliveries.end(),
                                  [&](const Delivery& delivery) { return delivery.name == word; });
  if (found != kDeliveries.end()) {
    options.target_lufs = found->lufs;
    options.ceiling_dbtp = found->ceiling_dbtp;
    return options;
  }
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, options.target_lufs);
  if (failure == std::errc() && stop == end) {
    check_options(options);
    return options;
  }
  std::vector<std::string> names;
  for (const Delivery& delivery : kDeliveries) names.emplace_back(delivery.name);
  throw Error(ErrorKind::kUsage, "--loudness is " + display(std::string(text)) +
                                     ", neither a number such as -16 nor a place" +
                                     suggestion(text, names));
}

}  // namespace undersong
