#include "pipeline/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

Certificate a_certificate() {
  Certificate certificate;
  certificate.program_version = "1.2.3";
  certificate.date = "2026-11-23";
  certificate.title = "夜 & <Tag>";
  certificate.target_lufs = -17.0;
  certificate.request.style = "lofi";
  certificate.request.length_seconds = 63.5;
  certificate.request.seed = 18'446'744'073'709'551'615ULL;
  certificate.files = {{"bed.wav", CertifiedKind::kAudio, std::string(64, '1'), 18'288'044},
                       {"bed.mid", CertifiedKind::kMidi, std::string(64, '2'), 9001},
                       {"stems/01-Drums.wav", CertifiedKind::kStem, std::string(64, '3'), 5}};
  certificate.ingredients = {{"style", "lofi", std::string(64, '4'), "Apache-2.0", "Lo-fi hip hop"},
                             {"soundfont", "FluidR3_GM.sf2", std::string(64, '5'), "MIT", ""}};
  certificate.originality = {{"verdict", "original"}};
  certificate.originality_text = "compared with piano: 283 pieces, whole\noriginal";
  return certificate;
}

Certificate round_trip(const Certificate& certificate) {
  return read_certificate(to_json(certificate).dump(2));
}

std::string refusal(const Json& json) {
  const Error error = thrown_error([&] { read_certificate(json.dump()); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat);
  return error.message();
}

TEST(Certificate, ComesBackAsItWasWritten) {
  EXPECT_EQ(round_trip(a_certificate()), a_certificate());
}

TEST(Certificate, AnEditedPlanAndTrackComeBackToo) {
  Certificate certificate = a_certificate();
  certificate.plan = R"({"bars":[]})";
  certificate.edited_from_sha256 = std::string(64, 'e');
  EXPECT_EQ(round_trip(certificate), certificate);
}

TEST(Certificate, EveryKeyThatIsMissingIsNamed) {
  const Json whole = to_json(a_certificate());
  for (const char* key : {"version", "date", "title", "target_lufs", "ceiling_dbtp", "request",
                          "files", "ingredients", "originality", "originality_text", "format"}) {
    Json json = whole;
    json.erase(key);
    EXPECT_THAT(refusal(json), HasSubstr(std::string(key) + " is missing"));
  }
}

TEST(Certificate, EveryValueOfAnotherTypeIsRefused) {
  const Json whole = to_json(a_certificate());
  for (const char* key :
       {"version", "date", "title", "target_lufs", "request", "files", "ingredients", "format"}) {
    for (const Json& wrong : {Json(), Json(Json::array({1})), Json(true)}) {
      Json json = whole;
      json[key] = wrong;
      EXPECT_NE(refusal(json), "") << key;
    }
  }
}

TEST(Certificate, WrongFilesAreRefused) {
  const auto with = [](const char* key, const Json& value) {
    Json json = to_json(a_certificate());
    json["files"][1][key] = value;
    return refusal(json);
  };
  EXPECT_THAT(with("sha256", "abc"), HasSubstr("files[1]: sha256 is no SHA-256"));
  EXPECT_THAT(with("sha256", std::string(64, 'G')), HasSubstr("no SHA-256"));
  EXPECT_THAT(with("kind", "video"), HasSubstr("kind is neither"));
  EXPECT_THAT(with("bytes", -1), HasSubstr("bytes"));
  EXPECT_THAT(with("bytes", 1.5), HasSubstr("bytes"));
  for (const char* name : {"../../etc/passwd", "/etc/passwd", "a/../../b", ""})
    EXPECT_THAT(with("name", name), HasSubstr("leads out of the certificate's folder"));
}

TEST(Certificate, OtherJsonIsNone) {
  EXPECT_THAT(refusal(Json::array()), HasSubstr("no certificate of undersong"));
  EXPECT_THAT(refusal({{"what", "a plan"}}), HasSubstr("no certificate of undersong"));
  Json later = to_json(a_certificate());
  later["format"] = 2;
  EXPECT_THAT(refusal(later), HasSubstr("update undersong"));
}

TEST(Certificate, CutShortAnywhereIsRefused) {
  const std::string whole = to_json(a_certificate()).dump();
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    const Error error = thrown_error([&] { read_certificate(whole.substr(0, length)); });
    EXPECT_THAT(error.message(), HasSubstr("cut short"));
  }
}

TEST(Certificate, AGiantFileIsNotRead) {
  const TemporaryFolder folder;
  const auto path = folder / "bed.certificate.json";
  save_file(path, std::string((16U << 20U) + 1U, ' '), Overwrite::kRefuse);
  const Error error = thrown_error([&] { load_certificate(path); });
  EXPECT_THAT(error.message(), HasSubstr("far too large"));
}

TEST(Certificate, StandsBesideItsTrack) {
  EXPECT_EQ(certificate_path("out/bed.wav"), "out/bed.certificate.json");
  EXPECT_EQ(certificate_path("out/1.5 beats"), "out/1.5 beats.certificate.json");
  EXPECT_EQ(certificate_page_path("bed.MP3"), "bed.certificate.html");
}

TEST(Certificate, ThePageSaysWhatMatters) {
  const std::string page = to_html(a_certificate());
  EXPECT_THAT(page, HasSubstr("夜 &amp; &lt;Tag&gt;"));
  EXPECT_THAT(page, HasSubstr("18446744073709551615"));
  EXPECT_THAT(page, HasSubstr(std::string(64, '1')));
  EXPECT_THAT(page, HasSubstr("No model took part"));
  for (const std::string& paragraph : licence_of_output())
    EXPECT_THAT(page, HasSubstr(paragraph.substr(0, 20)));
}

TEST(Certificate, ThePageTellsTheWholeRequest) {
  Certificate certificate = a_certificate();
  CompositionRequest& request = certificate.request;
  request.energy = {{0.0, 0.2}, {30.0, 0.9}};
  request.intro_bars = 0;
  request.instruments = {{Role::kLead, 73}, {Role::kDrums, 25}};
  request.without = {Role::kPad, Role::kArpeggio};
  const std::string page = to_html(certificate);
  EXPECT_THAT(page, HasSubstr("0.2 at 0 s, 0.9 at 30 s"));
  EXPECT_THAT(page, HasSubstr("0 bars"));
  EXPECT_THAT(page, HasSubstr("lead: Flute, drums: kit 25"));
  EXPECT_THAT(page, HasSubstr("pad, arpeggio"));
}

TEST(Certificate, TheDisputeNamesTheFilesAndTheRequest) {
  const std::string text = dispute_paragraph(a_certificate());
  EXPECT_THAT(text, HasSubstr("bed.wav (SHA-256 111"));
  EXPECT_THAT(text, HasSubstr("1 min 3.5 s, seed 18446744073709551615"));
  EXPECT_THAT(text, HasSubstr("FluidR3_GM.sf2 (terms: MIT)"));
  EXPECT_THAT(text, testing::Not(HasSubstr("01-Drums")));
  EXPECT_THAT(text, testing::Not(HasSubstr("by hand")));
  Certificate edited = a_certificate();
  edited.edited_from_sha256 = std::string(64, 'e');
  EXPECT_THAT(dispute_paragraph(edited), HasSubstr("changed by hand"));
}

TEST(Certificate, TheLicenceForbidsContentId) {
  std::string whole;
  for (const std::string& paragraph : licence_of_output()) whole += paragraph;
  EXPECT_THAT(whole, HasSubstr("not exclusive"));
  EXPECT_THAT(whole, HasSubstr("Content ID"));
  EXPECT_THAT(whole, HasSubstr("no warranty"));
}

}  // namespace
}  // namespace undersong
