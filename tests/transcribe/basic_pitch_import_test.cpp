#include "transcribe/basic_pitch_import.h"

#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "random_pitch_weights.h"
#include "support/temporary_folder.h"
#include "transcribe/pitch_network.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

const std::string kModel = "StatefulPartitionedCall/model_1/";

// A package as npm's is, with drawn weights.
struct Package {
  nlohmann::json weights = nlohmann::json::array();
  std::vector<std::uint8_t> bytes;

  void add(const std::string& name, const std::vector<std::int64_t>& shape,
           const std::vector<float>& values) {
    weights.push_back({{"name", kModel + name}, {"shape", shape}, {"dtype", "float32"}});
    const std::size_t at = bytes.size();
    bytes.resize(at + values.size() * sizeof(float));
    std::memcpy(bytes.data() + at, values.data(), values.size() * sizeof(float));
  }

  std::string json() const {
    return nlohmann::json{
        {"weightsManifest", {{{"paths", {"group1-shard1of1.bin"}}, {"weights", weights}}}}}
        .dump();
  }
};

const std::vector<float>& values_of(const WeightFile& file, const std::string& name) {
  return std::get<std::vector<float>>(file.tensors.at(name).values);
}

Package package_of(const WeightFile& file) {
  Package package;
  package.weights.push_back({{"name", "axis"}, {"shape", {1}}, {"dtype", "int32"}});
  package.bytes.resize(4);
  const std::string spectrum = "cq_t2010v2_1/";
  for (int i = 0; i < 26; ++i) {
    const std::string name =
        spectrum + (i == 0 ? "conv1d" : "conv1d_" + std::to_string(i)) + "/ExpandDims_1";
    if (i % 3 == 2) {
      package.add(name, {1, 256, 1, 1}, values_of(file, "cqt.low_pass"));
    } else {
      package.add(name, {1, 256, 1, 36},
                  values_of(file, i % 3 == 0 ? "cqt.kernel_real" : "cqt.kernel_imaginary"));
    }
  }
  package.add(spectrum + "Sqrt", {309, 1, 1}, values_of(file, "cqt.scale"));
  const auto copy = [&](const std::string& from, const std::string& to) {
    package.add(to, file.tensors.at(from).shape, values_of(file, from));
  };
  copy("normalisation.scale", "batch_normalization/FusedBatchNormV3/Scaled");
  copy("normalisation.offset", "batch_normalization/FusedBatchNormV3/Offset");
  copy("contour1.weight", "conv2d_1/Conv2D_weights");
  copy("contour1.bias", "conv2d_1/Conv2D_bn_offset");
  copy("onset1.weight", "conv2d_4/Conv2D_weights");
  copy("onset1.bias", "conv2d_4/Conv2D_bn_offset");
  const std::vector<std::pair<std::string, std::string>> layers = {{"contour2", "contours-reduced"},
                                                                   {"note1", "conv2d_2"},
                                                                   {"note2", "conv2d_3"},
                                                                   {"onset2", "conv2d_5"}};
  for (const auto& [ours, theirs] : layers) {
    copy(ours + ".weight", theirs + "/Conv2D/ReadVariableOp");
    copy(ours + ".bias", theirs + "/BiasAdd/ReadVariableOp");
  }
  return package;
}

void expect_refused(const Package& package, ErrorKind kind, const std::string& words) {
  try {
    import_basic_pitch(package.json(), package.bytes);
    FAIL() << "it was taken: " << words;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.message();
    EXPECT_NE(error.message().find(words), std::string::npos) << error.message();
  }
}

TEST(BasicPitchImport, KeepsEveryTensorOnceAsItWas) {
  const WeightFile drawn = random_pitch_weights(7);
  const Package package = package_of(drawn);
  const WeightFile imported = import_basic_pitch(package.json(), package.bytes);
  ASSERT_EQ(imported.tensors.size(), drawn.tensors.size());
  for (const auto& [name, tensor] : drawn.tensors) {
    EXPECT_EQ(imported.tensors.at(name).shape, tensor.shape) << name;
    EXPECT_EQ(values_of(imported, name), values_of(drawn, name)) << name;
  }
  EXPECT_NO_THROW(PitchNetwork{imported});
}

TEST(BasicPitchImport, InstallsWeightsWithTheirLicenceBesideThem) {
  const TemporaryFolder folder;
  const Package package = package_of(random_pitch_weights(7));
  const fs::path source = folder.path() / "package";
  fs::create_directories(source / "model");
  save_file(source / "model" / "model.json", package.json(), Overwrite::kRefuse);
  save_file(source / "model" / "group1-shard1of1.bin", package.bytes, Overwrite::kRefuse);
  save_file(source / "LICENSE", std::string_view("Apache"), Overwrite::kRefuse);
  for (int again = 0; again < 2; ++again) {
    const fs::path path = install_basic_pitch(source, folder.path() / "models");
    EXPECT_NO_THROW(PitchNetwork{load_weights(path)});
  }
  EXPECT_EQ(read_text_file(folder.path() / "models" / "basic-pitch.LICENSE"), "Apache");
  EXPECT_TRUE(fs::exists(folder.path() / "models" / "basic-pitch.NOTICE"));
}

TEST(BasicPitchImport, RefusesWhatIsSomethingElse) {
  const WeightFile drawn = random_pitch_weights(7);
  Package package = package_of(drawn);
  package.bytes.pop_back();
  expect_refused(package, ErrorKind::kFormat, "end within tensor");
  package = package_of(drawn);
  package.bytes.push_back(0);
  expect_refused(package, ErrorKind::kFormat, "1 bytes stand behind");
  package = package_of(drawn);
  package.bytes[4 + 7 * 4] ^= 1;  // in the first octave's kernel alone
  expect_refused(package, ErrorKind::kMismatch, "octaves");
  package = package_of(drawn);
  package.weights[1]["shape"] = {std::int64_t{1} << 40, std::int64_t{1} << 40};
  expect_refused(package, ErrorKind::kFormat, "impossible shape");
  package = package_of(drawn);
  package.weights[1]["dtype"] = "string";
  expect_refused(package, ErrorKind::kFormat, "type string");
  package = package_of(drawn);
  package.weights[1]["name"] = "other";
  expect_refused(package, ErrorKind::kMismatch, "conv1d/ExpandDims_1");
  EXPECT_THROW(import_basic_pitch("{]", {}), Error);
  EXPECT_THROW(import_basic_pitch("{\"weightsManifest\": 3}", {}), Error);
}

TEST(BasicPitchImport, ReadsNoShardOutsideItsFolder) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "model");
  save_file(folder.path() / "model" / "model.json",
            std::string_view(R"({"weightsManifest":[{"paths":["../secret"],"weights":[]}]})"),
            Overwrite::kRefuse);
  save_file(folder.path() / "secret", std::string_view("x"), Overwrite::kRefuse);
  try {
    install_basic_pitch(folder.path(), folder.path() / "models");
    FAIL() << "it was read";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("a shard has the name"), std::string::npos) << error.message();
  }
  EXPECT_FALSE(fs::exists(folder.path() / "models"));
}

}  // namespace
}  // namespace undersong
