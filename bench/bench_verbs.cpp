#include "bench_verbs.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "base/quantile.h"
#include "base/rng.h"
#include "evaluate/statistics.h"

namespace undersong {
namespace {

constexpr int kResamples = 2000;

std::string names_of(const std::map<std::string, BenchVerb>& verbs) {
  std::string names;
  for (const auto& [name, verb] : verbs) names += (names.empty() ? "" : "|") + name;
  return names;
}

}  // namespace

int run_verb(std::string_view program, const std::map<std::string, BenchVerb>& verbs, int count,
             char** words) {
  const Arguments all(words + std::min(count, 1), words + count);
  const auto verb = verbs.find(all.empty() ? "" : all.front());
  if (verb == verbs.end() || all.size() < verb->second.fewest_arguments + 1) {
    fmt::print(stderr, "{} {} …; the head of its source has the arguments\n", program,
               verb == verbs.end() ? names_of(verbs) : verb->first);
    return 2;
  }
  try {
    verb->second.run({all.begin() + 1, all.end()});
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", program, error.what());
    return 1;
  }
}

std::vector<std::string> between_commas(const std::string& names) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    parts.push_back(names.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<double> share_below(std::vector<double> values, double share) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  return quantile(values, share);
}

std::optional<double> median(std::vector<double> values) {
  return share_below(std::move(values), 0.5);
}

std::string shown(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f}", *value) : "-";
}

std::optional<double> correlation(const std::vector<double>& values,
                                  const std::vector<double>& others) {
  const Moments one = moments_of(values);
  const Moments other = moments_of(others);
  if (values.size() != others.size() || one.deviation <= 0.0 || other.deviation <= 0.0)
    return std::nullopt;
  double sum = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i)
    sum += (values[i] - one.mean) * (others[i] - other.mean);
  return sum / static_cast<double>(values.size()) / one.deviation / other.deviation;
}

std::optional<Interval> interval_of_mean(const std::vector<double>& values) {
  if (values.size() < 2) return std::nullopt;
  Rng rng(1);
  std::vector<double> means;
  for (int i = 0; i < kResamples; ++i) {
    double sum = 0.0;
    for (std::size_t k = 0; k < values.size(); ++k) sum += values[rng.below(values.size())];
    means.push_back(sum / static_cast<double>(values.size()));
  }
  std::ranges::sort(means);
  return Interval{quantile(means, 0.025), quantile(means, 0.975)};
}

}  // namespace undersong
