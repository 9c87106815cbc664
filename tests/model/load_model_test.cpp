#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "model/architecture.h"
#include "model/model_metadata.h"
#include "support/random_weights.h"
#include "support/temporary_folder.h"

namespace undersong {
namespace {

ModelInfo full_info() {
  ModelInfo info;
  info.architecture = "conv1d";
  info.window = 10;
  info.corpus = "Schubert \"late\"";
  info.corpus_sha256 = std::string(64, 'a');
  info.settings_json = "{\"epochs\":3}";
  info.training_json = "{\"losses\":[1.5]}";
  return info;
}

WeightFile small_model() {
  const Vocabulary vocabulary({"0.4.7", "C4", "E4"}, {10, 20, 30});
  const NetworkSpec spec = find_architecture("conv1d").network(vocabulary.size(), 10);
  WeightFile weights = random_weights(spec, 1);
  weights.metadata = weight_metadata(full_info(), vocabulary);
  return weights;
}

Error error_of(WeightFile weights) {
  try {
    model_from_weights(std::move(weights));
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "was taken";
  return {ErrorKind::kUsage, ""};
}

void expect_error(WeightFile weights, ErrorKind kind, const std::string& message) {
  const Error error = error_of(std::move(weights));
  EXPECT_EQ(error.kind(), kind);
  EXPECT_EQ(error.message(), message);
}

TEST(LoadModel, GivesBackWhatTheFileSaysOfItself) {
  const LoadedModel loaded = model_from_weights(small_model());
  EXPECT_EQ(loaded.info.architecture, "conv1d");
  EXPECT_EQ(loaded.info.representation, Representation::kSymbols);
  EXPECT_EQ(loaded.info.window, 10);
  EXPECT_EQ(loaded.info.corpus, "Schubert \"late\"");
  EXPECT_EQ(loaded.info.corpus_sha256, std::string(64, 'a'));
  EXPECT_EQ(loaded.info.settings_json, "{\"epochs\":3}");
  EXPECT_EQ(loaded.info.training_json, "{\"losses\":[1.5]}");
  EXPECT_EQ(loaded.vocabulary.symbol(2), "E4");
  EXPECT_EQ(loaded.model->minimum_prompt(), 10);
  EXPECT_FALSE(loaded.weights.tensors.empty());
}

TEST(LoadModel, KeepsTheColumnsOfTheNoteMatrix) {
  ModelInfo info = full_info();
  info.representation = Representation::kNoteMatrix;
  info.column_sizes = {88, 32, 49};
  const ModelInfo again = info_from_metadata(weight_metadata(info, Vocabulary()));
  EXPECT_EQ(again.column_sizes, info.column_sizes);
  EXPECT_EQ(again.representation, Representation::kNoteMatrix);
}

TEST(LoadModel, RefusesAFileOfSomebodyElse) {
  WeightFile weights = small_model();
  weights.metadata.clear();
  expect_error(weights, ErrorKind::kFormat,
               "the weight file does not say \"undersong.format\"; it was not written by "
               "undersong train, so give a model that was");
}

TEST(LoadModel, RefusesANewerFormat) {
  WeightFile weights = small_model();
  weights.metadata["undersong.format"] = "2";
  expect_error(weights, ErrorKind::kUnsupported,
               "the weight file has format 2 and this program reads up to 1; update undersong, or "
               "train the model again with this version");
}

TEST(LoadModel, RefusesAFormatThatIsNoNumber) {
  WeightFile weights = small_model();
  weights.metadata["undersong.format"] = "one";
  expect_error(weights, ErrorKind::kFormat,
               "the weight file says \"undersong.format\" is \"one\", which is not a number");
}

TEST(LoadModel, RefusesAnArchitectureThatItDoesNotKnow) {
  WeightFile weights = small_model();
  weights.metadata["undersong.architecture"] = "transformer";
  expect_error(weights, ErrorKind::kUnsupported,
               "the weight file is of the architecture \"transformer\", which this version does "
               "not know; update undersong");
}

TEST(LoadModel, RefusesARepresentationThatItDoesNotKnow) {
  WeightFile weights = small_model();
  weights.metadata["undersong.representation"] = "bars";
  expect_error(weights, ErrorKind::kUnsupported,
               "the weight file has the representation \"bars\", which this version does not know; "
               "update undersong");
}

TEST(LoadModel, RefusesARepresentationOfAnotherArchitecture) {
  WeightFile weights = small_model();
  weights.metadata["undersong.representation"] = "note-matrix";
  expect_error(weights, ErrorKind::kMismatch,
               "the weight file speaks note-matrix, and its architecture conv1d speaks symbols; "
               "train the model again");
}

TEST(LoadModel, RefusesAVocabularyThatDoesNotFitTheTensors) {
  WeightFile weights = small_model();
  weights.metadata["undersong.vocabulary"] = Vocabulary({"C4", "E4"}, {1, 1}).to_json();
  expect_error(weights, ErrorKind::kMismatch,
               "tensor \"layers.5.kernel\" has the shape [64, 3] where [64, 2] is needed");
}

TEST(LoadModel, RefusesAnEmptyVocabulary) {
  WeightFile weights = small_model();
  weights.metadata["undersong.vocabulary"] = Vocabulary().to_json();
  expect_error(weights, ErrorKind::kFormat,
               "the weight file's vocabulary is empty; train the model again");
}

TEST(LoadModel, RefusesAWindowThatMakesNoSense) {
  WeightFile weights = small_model();
  weights.metadata["undersong.window"] = "1000000";
  expect_error(weights, ErrorKind::kFormat,
               "the weight file has a window of 1000000 symbols; 1 to 4096 make sense");
  weights.metadata["undersong.window"] = "2";
  expect_error(weights, ErrorKind::kMismatch,
               "the window of 2 symbols is too short for this network");
}

TEST(LoadModel, RefusesColumnsThatAreNoNumbers) {
  WeightFile weights = small_model();
  weights.metadata["undersong.columns"] = "[3, 0]";
  expect_error(weights, ErrorKind::kFormat, "the weight file has a column without ids");
  weights.metadata["undersong.columns"] = "three";
  EXPECT_EQ(error_of(weights).kind(), ErrorKind::kFormat);
}

TEST(LoadModel, ReadsAFileAndNamesItWhenItIsBroken) {
  const TemporaryFolder folder;
  const auto path = folder / "conv1d.safetensors";
  save_weights(path, small_model(), Overwrite::kRefuse);
  EXPECT_EQ(load_model(path).vocabulary.size(), 3);

  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 7);
  try {
    load_model(path);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "reading " + path.string() +
                                   ": the weight file is cut short: 7 bytes are missing; copy or "
                                   "download it again");
  }
  EXPECT_THROW(load_model(folder / "none.safetensors"), Error);
}

}  // namespace
}  // namespace undersong
