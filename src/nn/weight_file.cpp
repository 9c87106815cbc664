#include "nn/weight_file.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "base/check.h"
#include "base/error.h"

namespace undersong {
namespace {

static_assert(std::endian::native == std::endian::little,
              "tensors are copied as they stand in the file, which is little-endian");

using Json = nlohmann::json;

constexpr std::size_t kLengthBytes = 8;
// The limit of the reference implementation: beyond it the first eight bytes are no length.
constexpr std::uint64_t kLongestHeader = 100'000'000;
constexpr const char* kMetadataKey = "__metadata__";

[[noreturn]] void throw_format(std::string message) {
  throw Error(ErrorKind::kFormat, std::move(message));
}

[[noreturn]] void throw_truncated(std::uint64_t missing, const char* amount) {
  throw_format("the weight file is cut short: " + std::string(amount) + std::to_string(missing) +
               (missing == 1 ? " byte is missing" : " bytes are missing") +
               "; copy or download it again");
}

std::uint64_t header_length(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kLengthBytes) throw_truncated(kLengthBytes - bytes.size(), "at least ");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kLongestHeader || length < 2 ||
      (bytes.size() > kLengthBytes && bytes[kLengthBytes] != '{')) {
    throw_format("byte 0: this is not a weight file (safetensors); its header would be " +
                 std::to_string(length) + " bytes long");
  }
  const std::uint64_t there = bytes.size() - kLengthBytes;
  if (length > there) throw_truncated(length - there, "at least ");
  return length;
}

// Parses the header; a name that appears twice is an error, which the JSON library would overlook.
Json parse_header(std::span<const std::uint8_t> text) {
  std::set<std::string> names;
  std::optional<std::string> twice;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::key && depth == 1) {
      const auto name = parsed.get<std::string>();
      if (!names.insert(name).second) twice = name;
    }
    return true;
  };
  Json header;
  try {
    header = Json::parse(text.begin(), text.end(), watch);
  } catch (const Json::parse_error& failure) {
    throw_format("byte " + std::to_string(kLengthBytes + failure.byte) +
                 ": the header of the weight file is not JSON");
  } catch (const Json::exception&) {  // a number beyond all range, say
    throw_format("byte 8: the header of the weight file has a number that is out of range");
  }
  if (!header.is_object()) throw_format("byte 8: the header of the weight file is not an object");
  if (twice) throw_format("the weight file names \"" + *twice + "\" twice");
  return header;
}

std::map<std::string, std::string> read_metadata(const Json& json) {
  if (!json.is_object()) throw_format("the weight file's __metadata__ is not an object");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) {
      throw_format("the weight file's metadata \"" + key + "\" is not a text");
    }
    metadata.emplace(key, value.get<std::string>());
  }
  return metadata;
}

// What the header says of one tensor, checked by itself.
struct Entry {
  std::string name;
  std::string type;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

std::uint64_t unsigned_number(const Json& json, const std::string& name, const char* what) {
  if (!json.is_number_unsigned()) {
    throw_format("tensor \"" + name + "\": its " + what + " is not a whole number from 0 on");
  }
  return json.get<std::uint64_t>();
}

const Json& member(const Json& object, const char* key, const std::string& name) {
  const auto found = object.find(key);
  if (found == object.end()) throw_format("tensor \"" + name + "\": it has no " + key);
  return *found;
}

std::uint64_t bytes_of_type(const std::string& type, const std::string& name) {
  if (type == "F32" || type == "I32") return 4;
  if (type == "I64") return 8;
  if (type == "I8") return 1;
  throw Error(ErrorKind::kUnsupported, "tensor \"" + name + "\": its type " + type +
                                           " cannot be read; convert it to F32, I32, I64 or I8");
}

// The bytes that the shape asks for; nothing when the product is beyond 64 bits.
std::optional<std::uint64_t> bytes_of_shape(std::span<const std::int64_t> shape,
                                            std::uint64_t element_bytes) {
  std::uint64_t total = element_bytes;
  for (const std::int64_t extent : shape) {
    const auto factor = static_cast<std::uint64_t>(extent);
    if (factor != 0 && total > std::numeric_limits<std::uint64_t>::max() / factor) return {};
    total *= factor;
  }
  return total;
}

Entry read_entry(const std::string& name, const Json& json) {
  if (!json.is_object()) throw_format("tensor \"" + name + "\": its entry is not an object");
  Entry entry;
  entry.name = name;
  const Json& type = member(json, "dtype", name);
  if (!type.is_string()) throw_format("tensor \"" + name + "\": its dtype is not a text");
  entry.type = type.get<std::string>();
  const Json& shape = member(json, "shape", name);
  if (!shape.is_array()) throw_format("tensor \"" + name + "\": its shape is not a list");
  for (const Json& extent : shape) {
    const std::uint64_t value = unsigned_number(extent, name, "shape");
    if (value > std::numeric_limits<std::int32_t>::max()) {
      throw_format("tensor \"" + name + "\": its shape is absurd (" + std::to_string(value) + ")");
    }
    entry.shape.push_back(static_cast<std::int64_t>(value));
  }
  const Json& offsets = member(json, "data_offsets", name);
  if (!offsets.is_array() || offsets.size() != 2) {
    throw_format("tensor \"" + name + "\": its data_offsets are not two numbers");
  }
  entry.begin = unsigned_number(offsets[0], name, "offset");
  entry.end = unsigned_number(offsets[1], name, "offset");
  const auto wanted = bytes_of_shape(entry.shape, bytes_of_type(entry.type, name));
  if (entry.end < entry.begin || !wanted || entry.end - entry.begin != *wanted) {
    throw_format("tensor \"" + name + "\": its offsets " + std::to_string(entry.begin) + " to " +
                 std::to_string(entry.end) + " do not fit its shape");
  }
  return entry;
}

// The tensors stand one after another, without holes, and fill the rest of the file.
void check_layout(std::vector<Entry>& entries, std::uint64_t data_bytes) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t expected = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != expected) {
      throw_format("tensor \"" + entry.name + "\": it starts at byte " +
                   std::to_string(entry.begin) + " of the data, " +
                   (entry.begin < expected ? "inside the tensor before it" : "after a hole"));
    }
    expected = entry.end;
  }
  if (expected > data_bytes) throw_truncated(expected - data_bytes, "");
  if (expected < data_bytes) {
    throw_format("the weight file has " + std::to_string(data_bytes - expected) +
                 " bytes too many after its last tensor");
  }
}

template <typename Value>
std::vector<Value> copy_values(std::span<const std::uint8_t> bytes) {
  std::vector<Value> values(bytes.size() / sizeof(Value));
  if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

WeightTensor read_tensor(const Entry& entry, std::span<const std::uint8_t> data) {
  const auto bytes = data.subspan(entry.begin, entry.end - entry.begin);
  WeightTensor tensor;
  tensor.shape = entry.shape;
  if (entry.type == "F32") {
    tensor.values = copy_values<float>(bytes);
  } else if (entry.type == "I32") {
    tensor.values = copy_values<std::int32_t>(bytes);
  } else if (entry.type == "I64") {
    tensor.values = copy_values<std::int64_t>(bytes);
  } else {
    tensor.values = copy_values<std::int8_t>(bytes);
  }
  return tensor;
}

const char* type_name(const WeightTensor& tensor) {
  constexpr const char* kNames[] = {"F32", "I32", "I64", "I8"};
  return kNames[tensor.values.index()];
}

std::uint64_t element_bytes(const WeightTensor& tensor) {
  return std::visit([](const auto& values) { return sizeof(values[0]); }, tensor.values);
}

std::span<const std::uint8_t> bytes_of(const WeightTensor& tensor) {
  return std::visit(
      [](const auto& values) {
        const auto bytes = std::as_bytes(std::span(values));
        return std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
      },
      tensor.values);
}

std::string shape_text(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  }
  return text + "]";
}

const WeightTensor& find_tensor(const WeightFile& file, const std::string& name) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) {
    throw Error(ErrorKind::kMismatch,
                "the weight file has no tensor \"" + name +
                    "\"; it was written for another architecture, or by another version");
  }
  return found->second;
}

template <typename Value>
const std::vector<Value>& values_of(const WeightTensor& tensor, const std::string& name,
                                    const char* type) {
  const auto* values = std::get_if<std::vector<Value>>(&tensor.values);
  if (values == nullptr) {
    throw Error(ErrorKind::kMismatch, "tensor \"" + name + "\" is of type " + type_name(tensor) +
                                          " where " + type + " is needed");
  }
  return *values;
}

void check_shape(const WeightTensor& tensor, const std::string& name,
                 const std::vector<std::int64_t>& shape) {
  if (tensor.shape == shape) return;
  throw Error(ErrorKind::kMismatch, "tensor \"" + name + "\" has the shape " +
                                        shape_text(tensor.shape) + " where " + shape_text(shape) +
                                        " is needed");
}

}  // namespace

const std::vector<float>& WeightFile::floats(const std::string& name,
                                             const std::vector<std::int64_t>& shape) const {
  const WeightTensor& tensor = find_tensor(*this, name);
  const auto& values = values_of<float>(tensor, name, "F32");
  check_shape(tensor, name, shape);
  if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
    throw Error(ErrorKind::kMismatch, "tensor \"" + name +
                                          "\" holds what is not a number; the training went wrong "
                                          "or the file is damaged: train again");
  }
  return values;
}

const std::vector<std::int32_t>& WeightFile::ints(const std::string& name) const {
  return values_of<std::int32_t>(find_tensor(*this, name), name, "I32");
}

const std::vector<std::int8_t>& WeightFile::bytes(const std::string& name,
                                                  const std::vector<std::int64_t>& shape) const {
  const WeightTensor& tensor = find_tensor(*this, name);
  const auto& values = values_of<std::int8_t>(tensor, name, "I8");
  check_shape(tensor, name, shape);
  return values;
}

WeightFile read_weights(std::span<const std::uint8_t> bytes) {
  const std::uint64_t length = header_length(bytes);
  const auto data = bytes.subspan(kLengthBytes + length);
  const Json header = parse_header(bytes.subspan(kLengthBytes, length));

  WeightFile file;
  std::vector<Entry> entries;
  for (const auto& [name, value] : header.items()) {
    if (name == kMetadataKey) {
      file.metadata = read_metadata(value);
    } else {
      entries.push_back(read_entry(name, value));
    }
  }
  check_layout(entries, data.size());
  for (const Entry& entry : entries) file.tensors.emplace(entry.name, read_tensor(entry, data));
  return file;
}

std::vector<std::uint8_t> write_weights(const WeightFile& file) {
  std::vector<std::pair<std::string, const WeightTensor*>> order;
  for (const auto& [name, tensor] : file.tensors) order.emplace_back(name, &tensor);
  // Wider elements first, so that every tensor stays aligned; by name within.
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return element_bytes(*a.second) > element_bytes(*b.second);
  });

  Json header = Json::object();
  if (!file.metadata.empty()) header[kMetadataKey] = file.metadata;
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : order) {
    UNDERSONG_CHECK(name != kMetadataKey);
    const std::uint64_t size = bytes_of(*tensor).size();
    UNDERSONG_CHECK(bytes_of_shape(tensor->shape, element_bytes(*tensor)) == size);
    header[name] = {{"dtype", type_name(*tensor)},
                    {"shape", tensor->shape},
                    {"data_offsets", {offset, offset + size}}};
    offset += size;
  }
  // A corpus may bear a name that is not UTF-8; JSON may not.
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');

  std::vector<std::uint8_t> bytes(kLengthBytes);
  bytes.reserve(kLengthBytes + text.size() + offset);
  const std::uint64_t length = text.size();
  std::memcpy(bytes.data(), &length, kLengthBytes);
  bytes.insert(bytes.end(), text.begin(), text.end());
  for (const auto& [name, tensor] : order) {
    const auto data = bytes_of(*tensor);
    bytes.insert(bytes.end(), data.begin(), data.end());
  }
  return bytes;
}

WeightFile load_weights(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  return with_context("reading " + display(path), [&] { return read_weights(bytes); });
}

void save_weights(const std::filesystem::path& path, const WeightFile& file, Overwrite overwrite) {
  save_file(path, write_weights(file), overwrite);
}

}  // namespace undersong
