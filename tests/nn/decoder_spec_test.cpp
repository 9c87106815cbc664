#include "nn/decoder_spec.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/small_decoder.h"

namespace undersong {
namespace {

std::string refusal(const std::string& json) {
  try {
    decoder_spec_from_json(json);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    return error.message();
  }
  return "was read";
}

constexpr const char* kPrefix = "the description of the decoder makes no network: ";

TEST(DecoderSpec, ListsTensorsOfTheShapesThatItDescribes) {
  const auto tensors = tensors_of(small_decoder());
  ASSERT_EQ(tensors.size(), 1U + 2 * 6 + 1 + 2);
  EXPECT_EQ(tensors.front(), (TensorSpec{"table", {61, 24}}));
  EXPECT_EQ(tensors[2], (TensorSpec{"layers.0.qkv", {48, 24}}));
  EXPECT_EQ(tensors[11], (TensorSpec{"layers.1.gate_up", {80, 24}}));
  EXPECT_EQ(tensors[12], (TensorSpec{"layers.1.down", {24, 40}}));
  EXPECT_EQ(tensors[14], (TensorSpec{"relative.0", {29, 24}}));
  EXPECT_EQ(tensors[15], (TensorSpec{"relative.1", {12, 24}}));
}

TEST(DecoderSpec, CountsTheParametersOfItsTensors) {
  std::int64_t sum = 0;
  for (const TensorSpec& tensor : tensors_of(small_decoder())) {
    std::int64_t size = 1;
    for (const std::int64_t extent : tensor.shape) size *= extent;
    sum += size;
  }
  EXPECT_EQ(parameter_count(small_decoder()), sum);
}

TEST(DecoderSpec, GivesEveryDistanceARow) {
  const RelativeHead far{0, 8, 0};
  EXPECT_EQ(far.row_of(-7), 0);
  EXPECT_EQ(far.row_of(7), far.rows() - 1);
  const RelativeHead round{0, 18, 12};
  EXPECT_EQ(round.row_of(-1), 11);
  EXPECT_EQ(round.row_of(13), 1);
}

TEST(DecoderSpec, ReadsTheJsonThatItWrote) {
  EXPECT_EQ(decoder_spec_from_json(to_json(small_decoder())), small_decoder());
}

TEST(DecoderSpec, SaysWhyNumbersMakeNoNetwork) {
  const auto with = [](auto&& change) {
    DecoderSpec spec = small_decoder();
    change(spec);
    return refusal(to_json(spec));
  };
  EXPECT_EQ(with([](auto& s) { s.layers = 0; }),
            std::string(kPrefix) + "layers is 0, which is not within 1 to 1000000");
  EXPECT_EQ(with([](auto& s) { s.hidden = 2'000'000; }),
            std::string(kPrefix) + "hidden is beyond 1000000");
  EXPECT_EQ(with([](auto& s) { s.heads = 5; }),
            std::string(kPrefix) +
                "a width of 24 does not divide into 5 heads of an even number of dimensions");
  EXPECT_EQ(with([](auto& s) { s.heads = 8; }),
            std::string(kPrefix) +
                "a width of 24 does not divide into 8 heads of an even number of dimensions");
  EXPECT_EQ(with([](auto& s) { s.kv_heads = 3; }),
            std::string(kPrefix) + "4 heads cannot share 3 keys evenly");
  EXPECT_EQ(with([](auto& s) { s.feature_count = 19; }),
            std::string(kPrefix) + "its table of 19 rows has none for some of 37 tokens");
  EXPECT_EQ(with([](auto& s) { s.relative_heads[1].count = 19; }),
            std::string(kPrefix) + "relative head 1 ends after the last token");
  EXPECT_EQ(with([](auto& s) { s.layers = 1'000'000; }),
            std::string(kPrefix) + "it has more than 2^31 parameters");
}

TEST(DecoderSpec, RefusesWhatIsNoDescription) {
  EXPECT_EQ(refusal("[1"), std::string(kPrefix) + "it is not a JSON object");
  EXPECT_EQ(refusal("{}"), std::string(kPrefix) + "vocab_size is missing or not a whole number");
  std::string text = to_json(small_decoder());
  text.replace(text.find("\"width\":24"), 10, "\"width\":1e9");
  EXPECT_EQ(refusal(text), std::string(kPrefix) + "width is missing or not a whole number");
  EXPECT_EQ(refusal("{\"vocab_size\":99999999999999999999}"),
            std::string(kPrefix) + "vocab_size is missing or not a whole number");
  EXPECT_EQ(refusal("{\"vocab_size\":-9000000000000}"),
            std::string(kPrefix) + "vocab_size is below 0");
}

}  // namespace
}  // namespace undersong
