#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "plan/request.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

CompositionRequest full_request() {
  CompositionRequest request;
  request.style = "lofi";
  request.length_seconds = 63.5;
  request.seed = 18446744073709551615U;
  request.tonic = 3;
  request.mode = Mode::kHarmonicMinor;
  request.bpm = 81.25;
  request.mood = Mood::kNostalgic;
  request.energy = {{0.0, 0.2}, {30.1, 0.9}};
  request.hits_seconds = {12.4, 31.0};
  request.intro_bars = 0;
  request.outro_bars = 2;
  request.ending = Ending::kFade;
  request.instruments = {{Role::kLead, 73}, {Role::kDrums, 8}};
  request.only = RoleSet{Role::kLead, Role::kDrums, Role::kBass};
  request.without = {Role::kBass};
  request.rewrites = {{9, 16, {Role::kLead}, 7}, {1, 4, {Role::kDrums, Role::kBass}, 8}};
  request.rewrites.push_back({2, 3, {Role::kLead}, 9, WriterChoice{}});
  request.rewrites.push_back({3,
                              3,
                              {Role::kBass},
                              10,
                              WriterChoice{.kind = WriterKind::kNeural,
                                           .roles = {Role::kBass},
                                           .drafts = 2,
                                           .weights_sha256 = std::string(64, 'b'),
                                           .fingerprints_sha256 = ""}});
  request.writer = WriterChoice{.kind = WriterKind::kNeural,
                                .roles = {Role::kLead, Role::kBass},
                                .drafts = 6,
                                .weights_sha256 = std::string(64, 'a'),
                                .fingerprints_sha256 = std::string(64, '0')};
  return request;
}

CompositionRequest from_text(const std::string& text) {
  return composition_request_from_json(nlohmann::json::parse(text));
}

TEST(RequestJson, ComesBackEqual) {
  const CompositionRequest request = full_request();
  EXPECT_EQ(from_text(to_json(request).dump()), request);
  CompositionRequest plain;
  plain.style = "lofi";
  EXPECT_EQ(from_text(to_json(plain).dump()), plain);
  plain.writer = WriterChoice{};
  EXPECT_EQ(from_text(to_json(plain).dump()), plain);
  plain.only = RoleSet{};
  EXPECT_EQ(from_text(to_json(plain).dump()), plain);
}

TEST(RequestJson, LeavesOutWhatIsUnset) {
  CompositionRequest request;
  request.style = "lofi";
  EXPECT_EQ(to_json(request).dump(),
            R"({"style":"lofi","length_seconds":60.0,"seed":0,"ending":"ring"})");
}

TEST(RequestJson, ARewriteWithoutAWriterSaysNothingOfOne) {
  CompositionRequest request;
  request.style = "lofi";
  request.rewrites = {{9, 16, {Role::kLead}, 7}};
  EXPECT_EQ(to_json(request)["rewrites"].dump(),
            R"([{"first_bar":9,"last_bar":16,"roles":["lead"],"seed":7}])");
}

TEST(RequestJson, NamesTheKeyThatIsWrong) {
  const auto message = [](const std::string& text) {
    const Error error = thrown_error([&] { from_text(text); });
    EXPECT_EQ(error.kind(), ErrorKind::kFormat) << text;
    return error.message();
  };
  EXPECT_EQ(message("[]"), "this is not an object");
  EXPECT_EQ(message("{}"), "style: 'style' is missing");
  EXPECT_EQ(message(R"({"style":7})"), "style: this is not a text");
  EXPECT_EQ(message(R"({"style":"a","seed":-1})"), "seed: a seed is a whole number from 0");
  EXPECT_EQ(message(R"({"style":"a","bpm":"fast"})"), "bpm: this is not a number");
  EXPECT_EQ(message(R"({"style":"a","intro_bars":1.5})"), "intro_bars: this is not a whole number");
  EXPECT_EQ(message(R"({"style":"a","outro_bars":9999999999})"),
            "outro_bars: this is out of range; give 0 to 1000");
  EXPECT_EQ(message(R"({"style":"a","energy":[[0,0.5],[1]]})"),
            "energy: 2: a point is a pair: [seconds, energy]");
  EXPECT_EQ(message(R"({"style":"a","hits_seconds":5})"), "hits_seconds: this is not a list");
  EXPECT_EQ(message(R"({"style":"a","writer":{}})"), "writer: kind: 'kind' is missing");
  EXPECT_EQ(message(R"({"style":"a","writer":{"kind":"neurall"}})"),
            "writer: kind: 'neurall' is not a writer; did you mean neural? There are: neural, "
            "pattern");
  EXPECT_EQ(message(R"({"style":"a","writer":{"kind":"neural","drafts":17}})"),
            "writer: drafts: this is out of range; give 1 to 16");
  EXPECT_EQ(message(R"({"style":"a","writer":{"kind":"neural","weights_sha256":"abc"}})"),
            "writer: weights_sha256: this is no SHA-256 (64 digits 0-9 and a-f)");
  EXPECT_EQ(message(R"({"style":"a","without":"drums"})"),
            "without: roles are a list: [\"drums\", \"bass\"]");
  EXPECT_EQ(message(R"({"style":"a","instruments":[{"role":"lead"}]})"),
            "instruments: 1: 'program' is missing");
  EXPECT_EQ(message(R"({"style":"a","rewrites":[{"first_bar":0}]})"),
            "rewrites: 1: this is out of range; give 1 to 100000");
  EXPECT_EQ(message(R"({"style":"a","rewrites":[{"first_bar":1,"last_bar":2,"roles":["lead"],)"
                    R"("seed":1,"writer":{}}]})"),
            "rewrites: 1: writer: kind: 'kind' is missing");
  EXPECT_NE(message(R"({"style":"a","lenght_seconds":5})").find("did you mean length_seconds?"),
            std::string::npos);
  EXPECT_NE(message(R"({"style":"a","mode":"purple"})").find("mode: "), std::string::npos);
}

}  // namespace
}  // namespace undersong
