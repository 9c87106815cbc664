#include "nn/decoder_spec.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/check.h"
#include "base/error.h"

namespace undersong {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMost = 1'000'000;
constexpr std::int64_t kMostParameters = std::int64_t{1} << 31;

[[noreturn]] void refuse(const std::string& reason) {
  throw Error(ErrorKind::kFormat, "the description of the decoder makes no network: " + reason);
}

void check_number(const char* name, std::int64_t value, std::int64_t least) {
  if (value < least || value > kMost) {
    refuse(std::string(name) + " is " + std::to_string(value) + ", which is not within " +
           std::to_string(least) + " to " + std::to_string(kMost));
  }
}

// The plain numbers, in the order in which they are checked.
constexpr std::pair<const char*, int DecoderSpec::*> kNumbers[] = {
    {"vocab_size", &DecoderSpec::vocab_size},
    {"feature_count", &DecoderSpec::feature_count},
    {"features_per_step", &DecoderSpec::features_per_step},
    {"width", &DecoderSpec::width},
    {"layers", &DecoderSpec::layers},
    {"heads", &DecoderSpec::heads},
    {"kv_heads", &DecoderSpec::kv_heads},
    {"hidden", &DecoderSpec::hidden},
    {"context", &DecoderSpec::context},
};

void check_attention(const DecoderSpec& spec) {
  const std::string heads = std::to_string(spec.heads);
  if (spec.width % (2 * spec.heads) != 0) {
    refuse("a width of " + std::to_string(spec.width) + " does not divide into " + heads +
           " heads of an even number of dimensions");
  }
  if (spec.heads % spec.kv_heads != 0) {
    refuse(heads + " heads cannot share " + std::to_string(spec.kv_heads) + " keys evenly");
  }
}

void check_relative_heads(const DecoderSpec& spec) {
  for (std::size_t r = 0; r < spec.relative_heads.size(); ++r) {
    const RelativeHead& head = spec.relative_heads[r];
    check_number("first of a relative head", head.first, 0);
    check_number("count of a relative head", head.count, 1);
    check_number("period of a relative head", head.period, -1);
    if (head.first + head.count > spec.vocab_size) {
      refuse("relative head " + std::to_string(r) + " ends after the last token");
    }
  }
}

Json to_json(const RelativeHead& head) {
  return {{"first", head.first}, {"count", head.count}, {"period", head.period}};
}

int number(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) {
    refuse(std::string(name) + " is missing or not a whole number");
  }
  // A number beyond 64 bits is no integer to the library; within, it may still be beyond an int.
  if (found->is_number_unsigned() && found->get<std::uint64_t>() > kMost) {
    refuse(std::string(name) + " is beyond " + std::to_string(kMost));
  }
  const auto value = found->get<std::int64_t>();
  if (value < -kMost) refuse(std::string(name) + " is below 0");
  return static_cast<int>(value);
}

std::vector<RelativeHead> relative_heads_of(const Json& object) {
  const auto found = object.find("relative_heads");
  if (found == object.end() || !found->is_array()) {
    refuse("relative_heads is missing or not a list");
  }
  std::vector<RelativeHead> heads;
  for (const Json& head : *found) {
    if (!head.is_object()) refuse("a relative head is not an object");
    heads.push_back({number(head, "first"), number(head, "count"), number(head, "period")});
  }
  return heads;
}

}  // namespace

std::vector<TensorSpec> tensors_of(const DecoderSpec& spec) {
  const std::int64_t width = spec.width;
  const std::int64_t qkv = std::int64_t{spec.heads + 2 * spec.kv_heads} * spec.head_width();
  std::vector<TensorSpec> tensors{{"table", {spec.feature_count, width}}};
  for (int i = 0; i < spec.layers; ++i) {
    const std::string layer = "layers." + std::to_string(i) + ".";
    tensors.push_back({layer + "norm1", {width}});
    tensors.push_back({layer + "qkv", {qkv, width}});
    tensors.push_back({layer + "out", {width, width}});
    tensors.push_back({layer + "norm2", {width}});
    tensors.push_back({layer + "gate_up", {std::int64_t{2} * spec.hidden, width}});
    tensors.push_back({layer + "down", {width, spec.hidden}});
  }
  tensors.push_back({"norm", {width}});
  for (std::size_t r = 0; r < spec.relative_heads.size(); ++r) {
    tensors.push_back({"relative." + std::to_string(r), {spec.relative_heads[r].rows(), width}});
  }
  return tensors;
}

std::int64_t parameter_count(const DecoderSpec& spec) {
  // Not from tensors_of: a million layers would be listed one by one.
  const std::int64_t width = spec.width;
  const std::int64_t kv = std::int64_t{2} * spec.kv_heads * spec.head_width();
  const std::int64_t layer =
      width * (width + kv) + width * width + 3 * width * std::int64_t{spec.hidden} + 2 * width;
  std::int64_t rows = std::int64_t{spec.feature_count} + 1;
  for (const RelativeHead& head : spec.relative_heads) rows += head.rows();
  return rows * width + spec.layers * layer;
}

void check_spec(const DecoderSpec& spec) {
  for (const auto& [name, member] : kNumbers) check_number(name, spec.*member, 1);
  if (spec.feature_count < spec.vocab_size) {
    refuse("its table of " + std::to_string(spec.feature_count) + " rows has none for some of " +
           std::to_string(spec.vocab_size) + " tokens");
  }
  check_attention(spec);
  check_relative_heads(spec);
  if (parameter_count(spec) > kMostParameters) refuse("it has more than 2^31 parameters");
}

std::string to_json(const DecoderSpec& spec) {
  Json json = Json::object();
  for (const auto& [name, member] : kNumbers) json[name] = spec.*member;
  json["relative_heads"] = Json::array();
  for (const RelativeHead& head : spec.relative_heads) {
    json["relative_heads"].push_back(to_json(head));
  }
  return json.dump();
}

DecoderSpec decoder_spec_from_json(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) refuse("it is not a JSON object");
  DecoderSpec spec;
  for (const auto& [name, member] : kNumbers) spec.*member = number(json, name);
  spec.relative_heads = relative_heads_of(json);
  check_spec(spec);
  return spec;
}

}  // namespace undersong
