#include "model/architecture.h"

#include "base/error.h"
#include "base/file.h"
#include "base/suggestion.h"

namespace undersong {

#define X(name) Architecture name##_architecture();
#include "model/architectures.inc"
#undef X

namespace {

std::vector<std::string> architecture_names() {
  std::vector<std::string> names;
  for (const Architecture& known : architectures()) names.push_back(known.name);
  return names;
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
  throw Error(ErrorKind::kUsage, "there is no architecture " + display(std::string(name)) +
                                     suggestion(name, architecture_names()));
}

}  // namespace undersong
