#include "model/architecture.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace undersong {

#define X(name) Architecture name##_architecture();
#include "model/architectures.inc"
#undef X

namespace {

// Levenshtein's distance: letters to insert, delete or change.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

[[noreturn]] void throw_unknown(std::string_view name) {
  const Architecture* nearest = nullptr;
  std::size_t least = 0;
  std::string all;
  for (const Architecture& known : architectures()) {
    all += (all.empty() ? "" : ", ") + known.name;
    const std::size_t distance = edit_distance(name, known.name);
    if (nearest == nullptr || distance < least) {
      nearest = &known;
      least = distance;
    }
  }
  throw Error(ErrorKind::kUsage, "there is no architecture \"" + std::string(name) +
                                     "\"; did you mean " + nearest->name + "? There are " + all);
}

}  // namespace

NetworkSpec Architecture::network(int vocab_size, int window, std::vector<int> column_sizes) const {
  NetworkSpec spec;
  spec.layers = layers;
  spec.reading = reading;
  spec.window = window;
  spec.vocab_size = vocab_size;
  spec.column_sizes = std::move(column_sizes);
  return spec;
}

const std::vector<Architecture>& architectures() {
  static const std::vector<Architecture> all = {
#define X(name) name##_architecture(),
#include "model/architectures.inc"
#undef X
  };
  return all;
}

const Architecture& find_architecture(std::string_view name) {
  for (const Architecture& known : architectures()) {
    if (known.name == name) return known;
  }
  throw_unknown(name);
}

}  // namespace undersong
