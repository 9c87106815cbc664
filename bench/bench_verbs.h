#pragma once
// What the programs of this folder have in common: verbs, lists of names, a few statistics.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace undersong {

using Arguments = std::vector<std::string>;  // of a verb, without its name

struct BenchVerb {
  std::function<void(const Arguments&)> run;
  std::size_t fewest_arguments = 0;
};

// Runs the verb that the first word names. Returns the program's status: 2 where no verb was named
// or too little was said, 1 where it failed; both say why on the standard error output.
int run_verb(std::string_view program, const std::map<std::string, BenchVerb>& verbs, int count,
             char** words);

// "a,b" -> a, b.
std::vector<std::string> between_commas(const std::string& names);

// The value below which a share of the values lies; unset for an empty list.
std::optional<double> share_below(std::vector<double> values, double share);
std::optional<double> median(std::vector<double> values);

// Two decimals, or "-".
std::string shown(const std::optional<double>& value);

// Pearson's; unset where one does not vary, or one is longer.
std::optional<double> correlation(const std::vector<double>& values,
                                  const std::vector<double>& others);

// The 95 % interval of the mean of what is drawn again and again from `values` with replacement
// (bootstrap, 2,000 draws, always the same ones). Unset below two values.
struct Interval {
  double low = 0.0;
  double high = 0.0;
};
std::optional<Interval> interval_of_mean(const std::vector<double>& values);

}  // namespace undersong
