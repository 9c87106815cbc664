#include "transcribe/basic_pitch_import.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/paths.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kPrefix = "StatefulPartitionedCall/model_1/";
constexpr const char* kSpectrum = "cq_t2010v2_1/";
constexpr const char* kWeightsName = "basic-pitch.safetensors";
constexpr std::size_t kMostValues = 1 << 20;  // no tensor of the package has a tenth of it

constexpr const char* kNotice =
    "basic-pitch.safetensors holds the weights of Basic Pitch, converted from the package\n"
    "@spotify/basic-pitch of the npm registry (Copyright 2022 Spotify AB, Apache License 2.0; see\n"
    "basic-pitch.LICENSE). Changed: tensors renamed, and the nine equal octaves of the spectrum\n"
    "kept once. The values are as they were.\n"
    "https://github.com/spotify/basic-pitch-ts\n";

[[noreturn]] void throw_other(const std::string& what) {
  throw Error(ErrorKind::kFormat, "this is not the model of @spotify/basic-pitch 1.0.1: " + what);
}

// Tensors by name, floats alone; whole numbers only describe the graph.
std::map<std::string, WeightTensor> read_tensors(const Json& manifest,
                                                 std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kValueBytes = 4;
  std::map<std::string, WeightTensor> tensors;
  std::size_t at = 0;
  for (const Json& group : manifest) {
    for (const Json& weight : group.at("weights")) {
      const auto name = weight.at("name").get<std::string>();
      const auto type = weight.at("dtype").get<std::string>();
      if (type != "float32" && type != "int32")
        throw_other("tensor " + name + " has values of type " + type);
      WeightTensor tensor;
      std::size_t count = 1;
      for (const Json& size : weight.at("shape")) {
        const auto n = size.get<std::int64_t>();
        if (n < 0 || n > static_cast<std::int64_t>(kMostValues))
          throw_other("tensor " + name + " has an impossible shape");
        tensor.shape.push_back(n);
        count *= static_cast<std::size_t>(n);
        if (count > kMostValues) throw_other("tensor " + name + " has an impossible shape");
      }
      if (bytes.size() - at < count * kValueBytes)
        throw_other("its weights end within tensor " + name);
      if (type == "float32") {
        std::vector<float> values(count);
        if (count > 0) std::memcpy(values.data(), bytes.data() + at, count * kValueBytes);
        tensor.values = std::move(values);
        tensors[name] = std::move(tensor);
      }
      at += count * kValueBytes;
    }
  }
  if (at != bytes.size())
    throw_other(std::to_string(bytes.size() - at) + " bytes stand behind its last tensor");
  return tensors;
}

class Importer {
 public:
  Importer(const Json& manifest, std::span<const std::uint8_t> bytes) {
    source_.tensors = read_tensors(manifest, bytes);
  }

  WeightFile run() {
    take_spectrum();
    take("normalisation.scale", "batch_normalization/FusedBatchNormV3/Scaled", {1});
    take("normalisation.offset", "batch_normalization/FusedBatchNormV3/Offset", {1});
    take("contour1.weight", "conv2d_1/Conv2D_weights", {3, 39, 8, 8});
    take("contour1.bias", "conv2d_1/Conv2D_bn_offset", {8});
    take_layer("contour2", "contours-reduced", {5, 5, 8, 1});
    take_layer("note1", "conv2d_2", {7, 7, 1, 32});
    take_layer("note2", "conv2d_3", {7, 3, 32, 1});
    take("onset1.weight", "conv2d_4/Conv2D_weights", {5, 5, 8, 32});
    take("onset1.bias", "conv2d_4/Conv2D_bn_offset", {32});
    take_layer("onset2", "conv2d_5", {3, 3, 33, 1});
    result_.metadata = {{"undersong.format", "1"},
                        {"undersong.network", "basic-pitch"},
                        {"source", "npm @spotify/basic-pitch 1.0.1"},
                        {"licence", "Apache-2.0"}};
    return std::move(result_);
  }

 private:
  using Shape = std::vector<std::int64_t>;

  const std::vector<float>& find(const std::string& name, const Shape& shape) const {
    return source_.floats(kPrefix + name, shape);
  }

  void put(const std::string& name, const Shape& shape, std::vector<float> values) {
    result_.tensors[name] = {shape, std::move(values)};
  }

  void take(const std::string& name, const std::string& from, const Shape& shape) {
    put(name, shape, find(from, shape));
  }

  void take_layer(const std::string& name, const std::string& from, const Shape& shape) {
    take(name + ".weight", from + "/Conv2D/ReadVariableOp", shape);
    take(name + ".bias", from + "/BiasAdd/ReadVariableOp", {shape.back()});
  }

  // Convolution `index` of the spectrum: real, imaginary, low-pass, real, …
  const std::vector<float>& spectrum_kernel(int index, std::int64_t outputs) const {
    const std::string number = index == 0 ? "" : "_" + std::to_string(index);
    return find(kSpectrum + ("conv1d" + number) + "/ExpandDims_1", {1, 256, 1, outputs});
  }

  void take_spectrum() {
    constexpr int kOctaves = 9;
    constexpr std::int64_t kBins = 36;
    for (int octave = 1; octave < kOctaves; ++octave) {
      require_equal(spectrum_kernel(3 * octave, kBins), spectrum_kernel(0, kBins));
      require_equal(spectrum_kernel(3 * octave + 1, kBins), spectrum_kernel(1, kBins));
      if (octave + 1 < kOctaves)
        require_equal(spectrum_kernel(3 * octave + 2, 1), spectrum_kernel(2, 1));
    }
    put("cqt.kernel_real", {256, kBins}, spectrum_kernel(0, kBins));
    put("cqt.kernel_imaginary", {256, kBins}, spectrum_kernel(1, kBins));
    put("cqt.low_pass", {256}, spectrum_kernel(2, 1));
    put("cqt.scale", {309}, find(kSpectrum + std::string("Sqrt"), {309, 1, 1}));
  }

  static void require_equal(const std::vector<float>& a, const std::vector<float>& b) {
    if (a == b) return;
    throw Error(ErrorKind::kMismatch,
                "the octaves of this model's spectrum differ: it is not @spotify/basic-pitch "
                "1.0.1, and nothing here can run it");
  }

  WeightFile source_;
  WeightFile result_;
};

// The names of the shards, which are files beside model.json and nothing else.
std::vector<std::uint8_t> read_shards(const fs::path& folder, std::string_view model_json) {
  std::vector<std::uint8_t> bytes;
  try {
    const Json model = Json::parse(model_json);
    for (const Json& group : model.at("weightsManifest")) {
      for (const Json& path : group.at("paths")) {
        const fs::path name = path.get<std::string>();
        if (name.empty() || name != name.filename() || name == "..")
          throw_other("a shard has the name " + name.string());
        const auto shard = read_file(folder / name);
        bytes.insert(bytes.end(), shard.begin(), shard.end());
      }
    }
  } catch (const Json::exception&) {
    throw_other("model.json has no list of weights");
  }
  return bytes;
}

}  // namespace

WeightFile import_basic_pitch(std::string_view model_json, std::span<const std::uint8_t> shards) {
  try {
    return Importer(Json::parse(model_json).at("weightsManifest"), shards).run();
  } catch (const Json::exception&) {
    throw_other("model.json has no list of weights that can be read");
  }
}

fs::path install_basic_pitch(const fs::path& package, const fs::path& to) {
  return with_context("reading " + display(package), [&] {
    const fs::path model = package / "model";
    const std::string json = read_text_file(model / "model.json");
    const WeightFile weights = import_basic_pitch(json, read_shards(model, json));
    const std::string licence = read_text_file(package / "LICENSE");
    const fs::path path = to / kWeightsName;
    save_file(to / "basic-pitch.LICENSE", licence, Overwrite::kAllow);
    save_file(to / "basic-pitch.NOTICE", std::string_view(kNotice), Overwrite::kAllow);
    save_weights(path, weights, Overwrite::kAllow);
    return path;
  });
}

fs::path find_pitch_network() {
  for (const fs::path& folder : {user_data_folder(), shipped_folder()}) {
    const fs::path path = folder / "models" / kWeightsName;
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) return path;
  }
  throw Error(ErrorKind::kNotFound,
              "the network that hears pitches is not here: fetch it once with "
              "scripts/get-transcriber.sh");
}

}  // namespace undersong
