#include "nn/weight_file.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstring>
#include <fstream>

#include "base/error.h"
#include "support/temporary_folder.h"

namespace undersong {
namespace {

using Bytes = std::vector<std::uint8_t>;

// A file with `header` as it stands, and `data_bytes` zeros behind it.
Bytes file_of(const std::string& header, std::size_t data_bytes) {
  Bytes bytes;
  for (int i = 0; i < 8; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(std::uint64_t{header.size()} >> (8 * i)));
  }
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.insert(bytes.end(), data_bytes, std::uint8_t{0});
  return bytes;
}

WeightFile small_file() {
  WeightFile file;
  file.metadata = {{"undersong.format", "1"}, {"name", "na\"me\n\u4f60"}};
  file.tensors["b"] = {{2, 2}, std::vector<float>{1.0F, -2.5F, 0.0F, 3e38F}};
  file.tensors["a"] = {{3}, std::vector<std::int32_t>{-1, 0, 7}};
  file.tensors["z"] = {{1}, std::vector<std::int64_t>{std::int64_t{1} << 40}};
  file.tensors["empty"] = {{0, 4}, std::vector<float>{}};
  file.tensors["int8"] = {{1, 3}, std::vector<std::int8_t>{-128, 0, 127}};
  file.tensors["scalar"] = {{}, std::vector<float>{4.0F}};
  return file;
}

void expect_equal(const WeightFile& a, const WeightFile& b) {
  EXPECT_EQ(a.metadata, b.metadata);
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (const auto& [name, tensor] : a.tensors) {
    ASSERT_TRUE(b.tensors.contains(name)) << name;
    EXPECT_EQ(tensor.shape, b.tensors.at(name).shape) << name;
    EXPECT_EQ(tensor.values, b.tensors.at(name).values) << name;
  }
}

Error error_of(const Bytes& bytes) {
  try {
    read_weights(bytes);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "was read";
  return {ErrorKind::kUsage, ""};
}

void expect_format_error(const Bytes& bytes, const std::string& message) {
  const Error error = error_of(bytes);
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  EXPECT_EQ(error.message(), message);
}

TEST(WeightFile, ReadsWhatItWrote) {
  expect_equal(read_weights(write_weights(small_file())), small_file());
  expect_equal(read_weights(write_weights({})), {});
}

TEST(WeightFile, IsCanonical) {
  const Bytes bytes = write_weights(small_file());
  EXPECT_EQ(write_weights(read_weights(bytes)), bytes);
}

// By hand, from the format's description: length, header, data.
TEST(WeightFile, WritesTheBytesOfTheFormat) {
  WeightFile file;
  file.metadata = {{"k", "v"}};
  file.tensors["t"] = {{1, 1}, std::vector<float>{1.0F}};
  Bytes expected = file_of(
      "{\"__metadata__\":{\"k\":\"v\"},"
      "\"t\":{\"data_offsets\":[0,4],\"dtype\":\"F32\",\"shape\":[1,1]}}       ",
      0);
  expected.insert(expected.end(), {0x00, 0x00, 0x80, 0x3F});
  EXPECT_EQ(write_weights(file), expected);
}

TEST(WeightFile, AlignsEveryTensor) {
  const Bytes bytes = write_weights(small_file());
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  EXPECT_EQ(length % 8, 0U);
  const std::string header(bytes.begin() + 8, bytes.begin() + 8 + static_cast<long>(length));
  EXPECT_NE(header.find("\"z\":{\"data_offsets\":[0,8],\"dtype\":\"I64\""), std::string::npos);
  EXPECT_NE(header.find("\"int8\":{\"data_offsets\":[40,43],\"dtype\":\"I8\""), std::string::npos);
}

TEST(WeightFile, SaysHowManyBytesAreMissingFromEveryPrefix) {
  const Bytes whole = write_weights(small_file());
  std::uint64_t header = 0;
  std::memcpy(&header, whole.data(), 8);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Error error = error_of(Bytes(whole.begin(), whole.begin() + static_cast<long>(length)));
    EXPECT_EQ(error.kind(), ErrorKind::kFormat) << length;
    std::size_t missing = whole.size() - length;
    const char* amount = "";
    if (length < 8 + header) {
      missing = (length < 8 ? 8 : 8 + header) - length;
      amount = "at least ";
    }
    EXPECT_EQ(error.message(), "the weight file is cut short: " + std::string(amount) +
                                   std::to_string(missing) +
                                   (missing == 1 ? " byte is" : " bytes are") +
                                   " missing; copy or download it again");
  }
}

TEST(WeightFile, RefusesBytesAfterTheLastTensor) {
  Bytes bytes = write_weights(small_file());
  bytes.resize(bytes.size() + 3);
  expect_format_error(bytes, "the weight file has 3 bytes too many after its last tensor");
}

TEST(WeightFile, RefusesWhatIsNoWeightFile) {
  const std::string text = "MThd and then music";
  expect_format_error(Bytes(text.begin(), text.end()),
                      "byte 0: this is not a weight file (safetensors); its header would be "
                      "7236828442982372429 bytes long");
  expect_format_error(file_of("[1, 2]", 0),
                      "byte 0: this is not a weight file (safetensors); its header would be 6 "
                      "bytes long");
  expect_format_error(file_of("{\"a\": ", 0), "byte 15: the header of the weight file is not JSON");
}

std::string tensor_header(const std::string& type, const std::string& shape,
                          const std::string& offsets) {
  return "{\"t\":{\"dtype\":" + type + ",\"shape\":" + shape + ",\"data_offsets\":" + offsets +
         "}}";
}

TEST(WeightFile, RefusesEntriesThatMakeNoSense) {
  const std::string f32 = "\"F32\"";
  const std::pair<std::string, std::string> cases[] = {
      {tensor_header(f32, "[2]", "[0,4]"), "its offsets 0 to 4 do not fit its shape"},
      {tensor_header(f32, "[1]", "[4,0]"), "its offsets 4 to 0 do not fit its shape"},
      {tensor_header(f32, "[1]", "[0]"), "its data_offsets are not two numbers"},
      {tensor_header(f32, "[1]", "[0,-4]"), "its offset is not a whole number from 0 on"},
      {tensor_header(f32, "[1.5]", "[0,4]"), "its shape is not a whole number from 0 on"},
      {tensor_header(f32, "[-1]", "[0,4]"), "its shape is not a whole number from 0 on"},
      {tensor_header(f32, "1", "[0,4]"), "its shape is not a list"},
      {tensor_header(f32, "[4294967296]", "[0,4]"), "its shape is absurd (4294967296)"},
      {tensor_header(f32, "[2147483647,2147483647,2147483647]", "[0,4]"),
       "its offsets 0 to 4 do not fit its shape"},
      {tensor_header("7", "[1]", "[0,4]"), "its dtype is not a text"},
      {"{\"t\":{\"shape\":[1],\"data_offsets\":[0,4]}}", "it has no dtype"},
      {"{\"t\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", "it has no shape"},
      {"{\"t\":{\"dtype\":\"F32\",\"shape\":[1]}}", "it has no data_offsets"},
      {"{\"t\":4}", "its entry is not an object"},
      {tensor_header(f32, "[1]", "[4,8]"), "it starts at byte 4 of the data, after a hole"},
  };
  for (const auto& [header, reason] : cases) {
    expect_format_error(file_of(header, 8), "tensor \"t\": " + reason);
  }
}

TEST(WeightFile, RefusesTensorsThatOverlap) {
  expect_format_error(file_of("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                              "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                              8),
                      "tensor \"b\": it starts at byte 4 of the data, inside the tensor before it");
}

TEST(WeightFile, RefusesANameThatStandsTwice) {
  expect_format_error(file_of("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                              "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                              4),
                      "the weight file names \"a\" twice");
}

TEST(WeightFile, RefusesMetadataThatIsNoText) {
  expect_format_error(file_of("{\"__metadata__\":{\"k\":1}}", 0),
                      "the weight file's metadata \"k\" is not a text");
  expect_format_error(file_of("{\"__metadata__\":[]}", 0),
                      "the weight file's __metadata__ is not an object");
}

// Found by fuzzing: the JSON library reports such a number otherwise than broken text.
TEST(WeightFile, RefusesANumberBeyondAllRange) {
  expect_format_error(file_of("{\"a\": [21471e309674]}", 0),
                      "byte 8: the header of the weight file has a number that is out of range");
}

TEST(WeightFile, CallsOtherTypesUnsupported) {
  const Error error = error_of(file_of(tensor_header("\"BF16\"", "[2]", "[0,4]"), 4));
  EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
  EXPECT_EQ(error.message(),
            "tensor \"t\": its type BF16 cannot be read; convert it to F32, I32, I64 or I8");
}

TEST(WeightFile, NamesTheTensorThatDoesNotFit) {
  const WeightFile file = small_file();
  const auto message = [](auto&& action) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
      return error.message();
    }
    return std::string("nothing was thrown");
  };
  EXPECT_EQ(file.floats("b", {2, 2})[1], -2.5F);
  EXPECT_EQ(file.ints("a")[2], 7);
  EXPECT_EQ(message([&] { file.floats("b", {4}); }),
            "tensor \"b\" has the shape [2, 2] where [4] is needed");
  EXPECT_EQ(message([&] { file.floats("a", {3}); }),
            "tensor \"a\" is of type I32 where F32 is needed");
  EXPECT_EQ(file.bytes("int8", {1, 3})[0], -128);
  EXPECT_EQ(message([&] { file.bytes("int8", {3}); }),
            "tensor \"int8\" has the shape [1, 3] where [3] is needed");
  EXPECT_EQ(message([&] {
              file.bytes("b", {2, 2});
            }),
            "tensor \"b\" is of type F32 where I8 is needed");
  EXPECT_EQ(message([&] { file.ints("c"); }),
            "the weight file has no tensor \"c\"; it was written for another architecture, or by "
            "another version");
}

TEST(WeightFile, PutsThePathInFrontOfWhatIsWrong) {
  const TemporaryFolder folder;
  const auto path = folder / "broken model.safetensors";
  std::ofstream(path) << "abc";
  try {
    load_weights(path);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "reading \"" + path.string() +
                                   "\": the weight file is cut short: at least 5 bytes are "
                                   "missing; copy or download it again");
  }
}

TEST(WeightFile, SavesAndLoads) {
  const TemporaryFolder folder;
  const auto path = folder / "model.safetensors";
  save_weights(path, small_file(), Overwrite::kRefuse);
  expect_equal(load_weights(path), small_file());
  EXPECT_THROW(save_weights(path, small_file(), Overwrite::kRefuse), Error);
}

RC_GTEST_PROP(WeightFile, ReadsEveryFileThatItWrites, ()) {
  WeightFile file;
  const auto names = *rc::gen::container<std::set<std::string>>(rc::gen::string<std::string>());
  for (const auto& name : names) {
    // JSON keeps text; bytes that are no UTF-8 are replaced, so only ASCII comes back as it was.
    std::string ascii = name;
    for (char& c : ascii) c = static_cast<char>(c & 0x7F);
    const auto rows = *rc::gen::inRange<std::int64_t>(0, 5);
    const auto values = *rc::gen::container<std::vector<std::int32_t>>(
        static_cast<std::size_t>(rows * 3), rc::gen::arbitrary<std::int32_t>());
    file.tensors[ascii] = {{rows, 3}, values};
    file.metadata[ascii] = ascii;
  }
  const WeightFile again = read_weights(write_weights(file));
  RC_ASSERT(again.metadata == file.metadata);
  RC_ASSERT(again.tensors.size() == file.tensors.size());
  for (const auto& [name, tensor] : file.tensors) {
    RC_ASSERT(again.tensors.at(name).shape == tensor.shape);
    RC_ASSERT(again.tensors.at(name).values == tensor.values);
  }
}

// Damage of single bytes ends in a file or in an Error, never in anything else.
RC_GTEST_PROP(WeightFile, SurvivesDamagedBytes, ()) {
  Bytes bytes = write_weights(small_file());
  const auto hits = *rc::gen::inRange(1, 6);
  for (int i = 0; i < hits; ++i) {
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<std::uint8_t>();
  }
  try {
    read_weights(bytes);
  } catch (const Error&) {
  }
}

}  // namespace
}  // namespace undersong
