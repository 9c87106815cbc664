#pragma once
// Weights on disk: the safetensors format (an 8-byte little-endian header length, a JSON header,
// raw little-endian tensors), with what the program needs to know beside them in `__metadata__`.
// Knows nothing of music. Source: https://github.com/huggingface/safetensors#format

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/file.h"

namespace undersong {

struct WeightTensor {
  std::vector<std::int64_t> shape;
  std::variant<std::vector<float>, std::vector<std::int32_t>, std::vector<std::int64_t>,
               std::vector<std::int8_t>>
      values;  // F32, I32, I64, I8
};

struct WeightFile {
  std::map<std::string, std::string> metadata;
  std::map<std::string, WeightTensor> tensors;

  // Errors: kMismatch, naming the tensor, when it is missing, of another type, of another
  // shape, or holds what is not a number.
  const std::vector<float>& floats(const std::string& name,
                                   const std::vector<std::int64_t>& shape) const;
  const std::vector<std::int32_t>& ints(const std::string& name) const;
  const std::vector<std::int8_t>& bytes(const std::string& name,
                                        const std::vector<std::int64_t>& shape) const;
};

// Bytes <-> values. `write_weights` is canonical: the same values give the same bytes.
// Errors: kFormat with the byte for anything that is not a whole, consistent safetensors file (a
// truncated one says how many bytes are missing); kUnsupported for other tensor types.
WeightFile read_weights(std::span<const std::uint8_t> bytes);
std::vector<std::uint8_t> write_weights(const WeightFile& file);

WeightFile load_weights(const std::filesystem::path& path);
void save_weights(const std::filesystem::path& path, const WeightFile& file, Overwrite overwrite);

}  // namespace undersong
