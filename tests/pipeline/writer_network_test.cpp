// Pieces that a composer network writes, with weights that nobody trained: what is obeyed, told and
// proven does not hang on how they sound.

#include "pipeline/writer_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "compose/compose.h"
#include "midi/midi_file.h"
#include "model/composer_weights.h"
#include "originality/fingerprints.h"
#include "pipeline/certificate.h"
#include "pipeline/compose.h"
#include "pipeline/request_text.h"
#include "score/bars.h"
#include "support/temporary_folder.h"
#include "support/test_style.h"
#include "support/thrown_error.h"
#include "support/tiny_composer.h"
#include "support/user_data.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using Outcome = Verification::Outcome;

// Every style with these roles, one to five onsets a bar.
ComposerKnowledge knowledge_of(RoleSet heard) {
  ComposerKnowledge knowledge;
  knowledge.based_on = {"composer.safetensors " + std::string(64, 'b')};
  knowledge.density_shares.assign(kGridStyleCount, std::vector<std::vector<double>>(kRoleCount));
  for (auto& style : knowledge.density_shares) {
    for (const Role role : kRoles) {
      auto& shares = style[index_of(role)];
      shares.assign(kDensitySteps, 0.0);
      if (heard.contains(role)) std::fill(shares.begin() + 1, shares.begin() + 6, 0.2);
    }
  }
  return knowledge;
}

void save_tiny_composer(const fs::path& path, std::uint64_t seed = 1,
                        RoleSet heard = RoleSet::all(),
                        const std::string& licences = R"(["CC0-1.0","CC-BY-4.0"])") {
  const DecoderSpec spec = composer_spec(find_composer_size("tiny"), 512);
  WeightFile weights = random_decoder_weights(spec, seed);
  ModelInfo info;
  info.corpus = "tunes";
  info.corpus_sha256 = std::string(64, 'c');
  info.training_json = R"({"licences":)" + licences + "}";
  weights.metadata = composer_metadata(spec, knowledge_of(heard), std::move(info));
  save_weights(path, weights, Overwrite::kAllow);
}

class NetworkPieces : public testing::Test {
 protected:
  NetworkPieces() { save_tiny_composer(weights_); }

  ComposeRequest request(const std::string& name) const {
    ComposeRequest request;
    request.composition.style = "lofi";
    request.composition.length_seconds = 20.0;
    request.seed = 7;
    request.outputs = {folder_ / name};
    request.writer = {.kind = WriterKind::kNeural, .model = weights_, .drafts = 2};
    return request;
  }
  ComposeReport compose(const ComposeRequest& wanted) const {
    return compose_music(wanted, silent_progress());
  }
  Verification verify(const std::string& name, const fs::path& model) const {
    return verify_certificate(folder_ / name, {}, model, silent_progress());
  }
  std::string complaint(const ComposeRequest& wanted, ErrorKind kind) const {
    const Error error = thrown_error([&] { compose(wanted); });
    EXPECT_EQ(error.kind(), kind);
    return error.message();
  }

  OwnUserData data_;
  TemporaryFolder folder_;
  TemporaryFolder models_;
  fs::path weights_ = models_ / "composer.safetensors";
};

bool has(const Verification& verification, Outcome outcome, const std::string& text) {
  return std::any_of(verification.lines.begin(), verification.lines.end(), [&](const auto& line) {
    return line.outcome == outcome && (line.what + line.detail).find(text) != std::string::npos;
  });
}

TEST_F(NetworkPieces, SayWhoWroteThem) {
  const ComposeReport report = compose(request("a.mid"));
  EXPECT_THAT(report.writer, HasSubstr("composer.safetensors writes: drums"));
  const auto origin = composition_of(load_midi(folder_ / "a.mid").score);
  ASSERT_TRUE(origin && origin->request.writer);
  EXPECT_EQ(origin->request.writer->kind, WriterKind::kNeural);
  EXPECT_EQ(origin->request.writer->drafts, 2);
  EXPECT_TRUE(origin->request.writer->roles.contains(Role::kLead));
  EXPECT_EQ(origin->request.writer->weights_sha256, sha256_of_file(weights_));
}

TEST_F(NetworkPieces, AreTheSameForTheSameSeedAndOthersForOtherWeights) {
  compose(request("a.mid"));
  compose(request("b.mid"));
  EXPECT_EQ(read_file(folder_ / "a.mid"), read_file(folder_ / "b.mid"));
  const Score a = without_composition(load_midi(folder_ / "a.mid").score);
  save_tiny_composer(weights_, 2);
  compose(request("c.mid"));
  EXPECT_NE(a, without_composition(load_midi(folder_ / "c.mid").score));
  ComposeRequest patterns = request("d.mid");
  patterns.writer = {.kind = WriterKind::kPattern, .model = {}, .drafts = {}};
  compose(patterns);
  EXPECT_NE(a, without_composition(load_midi(folder_ / "d.mid").score));
}

TEST_F(NetworkPieces, HaveACertificateThatNamesTheWeights) {
  compose(request("a.mid"));
  const Certificate certificate = load_certificate(certificate_path(folder_ / "a.mid"));
  ASSERT_EQ(certificate.ingredients.size(), 2U);
  const CertifiedIngredient& model = certificate.ingredients[1];
  EXPECT_EQ(model.kind, "model");
  EXPECT_EQ(model.name, "composer.safetensors");
  EXPECT_EQ(model.sha256, sha256_of_file(weights_));
  EXPECT_EQ(model.terms, "learned from music under CC0-1.0, CC-BY-4.0");
  EXPECT_THAT(model.detail, HasSubstr("corpus tunes, manifest SHA-256 cccc"));
  EXPECT_THAT(model.detail, HasSubstr("adapted from composer.safetensors bbbb"));
  const Verification verification = verify("a.mid", weights_);
  EXPECT_TRUE(verification.holds());
  EXPECT_TRUE(verification.proves());
}

TEST_F(NetworkPieces, HaveACertificateThatSaysWhatUnknownTermsMean) {
  for (const char* licences : {R"(["CC0-1.0","unknown"])", R"(["CC0-1.0",""])",
                               R"(["Standard YouTube License"])", R"(["CC-BY-SA-4.0"])"}) {
    save_tiny_composer(weights_, 1, RoleSet::all(), licences);
    ComposeRequest wanted = request("a.mid");
    wanted.music.overwrite = Overwrite::kAllow;
    compose(wanted);
    const Certificate certificate = load_certificate(certificate_path(folder_ / "a.mid"));
    EXPECT_THAT(certificate.ingredients.at(1).terms, EndsWith("; not for weights that you publish"))
        << licences;
    EXPECT_THAT(read_text_file(certificate_page_path(folder_ / "a.mid")),
                HasSubstr("not for weights that you publish"));
  }
}

TEST_F(NetworkPieces, AreNotProvenWithoutTheirWeights) {
  compose(request("a.mid"));
  const auto told = [&](const Verification& verification) {
    EXPECT_TRUE(verification.holds());
    EXPECT_FALSE(verification.proves());
    return has(verification, Outcome::kCannotTell, "are not here; name them with --model");
  };
  EXPECT_TRUE(told(verify("a.mid", {})));
  save_tiny_composer(models_ / "other.safetensors", 2);
  EXPECT_TRUE(told(verify("a.mid", models_ / "other.safetensors")));
  // Beside the certificate they are found.
  fs::copy_file(weights_, folder_ / "mine.safetensors");
  EXPECT_TRUE(verify("a.mid", {}).proves());
}

TEST_F(NetworkPieces, ACertificateThatHidesItsModelDoesNotHold) {
  compose(request("a.mid"));
  const fs::path path = certificate_path(folder_ / "a.mid");
  auto json = nlohmann::ordered_json::parse(read_text_file(path));
  json["ingredients"].erase(1);
  save_file(path, json.dump(2), Overwrite::kAllow);
  EXPECT_TRUE(has(verify("a.mid", weights_), Outcome::kDiffers, "names no model"));
}

TEST_F(NetworkPieces, ACertificateThatNamesOtherTermsDoesNotHold) {
  compose(request("a.mid"));
  const fs::path path = certificate_path(folder_ / "a.mid");
  auto json = nlohmann::ordered_json::parse(read_text_file(path));
  json["ingredients"][1]["terms"] = "public domain";
  save_file(path, json.dump(2), Overwrite::kAllow);
  EXPECT_TRUE(has(verify("a.mid", weights_), Outcome::kDiffers, "not what the weights say"));
}

TEST_F(NetworkPieces, ComeOfTheirPlanAgain) {
  compose(request("a.mid"));
  ComposeRequest plan_only = request("p.mid");
  save_file(folder_ / "plan.json", to_json_text(plan_music(plan_only).plan), Overwrite::kRefuse);
  ComposeRequest planned;
  planned.plan = folder_ / "plan.json";
  planned.outputs = {folder_ / "b.mid"};
  planned.writer.model = weights_;
  compose(planned);
  EXPECT_EQ(read_file(folder_ / "a.mid"), read_file(folder_ / "b.mid"));
  planned.writer.model.clear();
  planned.outputs = {folder_ / "c.mid"};
  EXPECT_THAT(complaint(planned, ErrorKind::kMismatch), HasSubstr("name them with --model"));
}

TEST_F(NetworkPieces, CanBeWrittenAgainInPart) {
  compose(request("a.mid"));
  ComposeRequest again;
  again.from = folder_ / "a.mid";
  again.rewrite = {3, 4, {Role::kChords}, 0};
  again.seed = 8;
  again.outputs = {folder_ / "b.mid"};
  again.writer.model = weights_;
  const ComposeReport report = compose(again);
  EXPECT_FALSE(report.edited);
  EXPECT_NE(without_composition(load_midi(folder_ / "a.mid").score),
            without_composition(load_midi(folder_ / "b.mid").score));
  EXPECT_TRUE(verify("b.mid", weights_).proves());
}

// Fingerprints of these pieces among random lines, beside the weights.
void save_fingerprints(const fs::path& weights, const Score& learned) {
  FingerprintBuilder builder("tunes", std::string(64, 'c'));
  const auto piece = [](int number) {
    const std::string name = std::to_string(number);
    return LearnedPiece{name, "Piece", "p.mid", "CC0-1.0", "here", name};
  };
  builder.add(piece(0), learned);
  for (int i = 1; i < 8; ++i) {
    Rng chance(static_cast<std::uint64_t>(i));
    Score line;
    line.tracks.emplace_back();
    for (int note = 0; note < 120; ++note) {
      line.tracks[0].notes.push_back({.onset_ticks = note * 240,
                                      .duration_ticks = 240,
                                      .pitch = static_cast<std::uint8_t>(50 + chance.below(30)),
                                      .velocity = 80});
    }
    builder.add(piece(i), line);
  }
  builder.save(fingerprints_beside(weights), 4, Overwrite::kAllow, silent_progress());
}

TEST_F(NetworkPieces, SayWherePatternsWroteInTheNetworksPlace) {
  ComposeRequest wanted = request("a.mid");
  wanted.composition.style = "synthwave";  // straight, as drafts are
  wanted.composition.length_seconds = 40.0;
  wanted.writer.drafts = 1;
  EXPECT_TRUE(compose(wanted).variants.at(0).in_the_networks_place.empty());
  save_fingerprints(weights_, load_midi(folder_ / "a.mid").score);
  wanted.outputs = {folder_ / "b.mid"};
  const auto bars = compose(wanted).variants.at(0).in_the_networks_place;
  ASSERT_FALSE(bars.empty());
  EXPECT_TRUE(std::is_sorted(bars.begin(), bars.end()));
  const Certificate certificate = load_certificate(certificate_path(folder_ / "b.mid"));
  EXPECT_THAT(certificate.ingredients[1].detail, HasSubstr("; " + to_text(bars)));
  EXPECT_TRUE(verify("b.mid", weights_).proves());
}

TEST_F(NetworkPieces, ACertificateThatHidesWherePatternsWroteDoesNotHold) {
  compose(request("a.mid"));
  const fs::path path = certificate_path(folder_ / "a.mid");
  auto json = nlohmann::ordered_json::parse(read_text_file(path));
  json["ingredients"][1]["detail"] = json["ingredients"][1]["detail"].get<std::string>() + "; more";
  save_file(path, json.dump(2), Overwrite::kAllow);
  EXPECT_TRUE(has(verify("a.mid", weights_), Outcome::kDiffers, "not what the weights say"));
}

TEST(PatternBars, AreToldByRole) {
  EXPECT_EQ(to_text(std::vector<PatternBars>{}), "");
  EXPECT_EQ(to_text(std::vector<PatternBars>{
                {Role::kBass, 1, 4}, {Role::kLead, 5, 8}, {Role::kLead, 13, 13}}),
            "patterns wrote the bass in bars 1-4, the lead in bars 5-8, 13 in the network's place: "
            "every draft came too near to music that it learned");
}

TEST_F(NetworkPieces, LastExactlyAsLongAsAsked) {
  const ComposeReport report = compose(request("a.mid"));
  const Plan& plan = report.variants.at(0).plan;
  EXPECT_NEAR(bar_times(plan)[plan.bars.size() - 1] + plan.tail_seconds, 20.0, 0.001);
}

TEST_F(NetworkPieces, OfAStyleThatNamesNoMusicAreRefused) {
  ComposeRequest wanted = request("a.mid");
  wanted.composition.style = "house";
  EXPECT_THAT(complaint(wanted, ErrorKind::kUsage), HasSubstr("leave --writer neural away"));
}

TEST_F(NetworkPieces, WithoutWeightsAreRefused) {
  ComposeRequest wanted = request("a.mid");
  wanted.writer.model = models_ / "none.safetensors";
  EXPECT_THAT(complaint(wanted, ErrorKind::kNotFound), HasSubstr("use --writer pattern"));
}

TEST_F(NetworkPieces, OfWeightsThatNeverHeardTheMusicAreRefused) {
  save_tiny_composer(weights_, 1, {});
  EXPECT_THAT(complaint(request("a.mid"), ErrorKind::kMismatch), HasSubstr("never heard"));
}

TEST_F(NetworkPieces, FlagsThatContradictEachOtherAreRefused) {
  ComposeRequest wanted = request("a.mid");
  wanted.writer.kind = WriterKind::kPattern;
  EXPECT_THAT(complaint(wanted, ErrorKind::kUsage),
              HasSubstr("--model is for the composer network"));
  wanted = request("a.mid");
  wanted.writer.drafts = 17;
  EXPECT_THAT(complaint(wanted, ErrorKind::kUsage), HasSubstr("--drafts is 17"));
}

// ---- bars that are written again by another writer ----

class RewrittenPieces : public NetworkPieces {
 protected:
  // a.mid, which patterns wrote.
  ComposeRequest pattern_piece() const {
    ComposeRequest wanted = request("a.mid");
    wanted.writer = {.kind = WriterKind::kPattern, .model = {}, .drafts = {}};
    return wanted;
  }
  // The chords of its bars 3 and 4, by the network.
  ComposeRequest rewrite(const std::string& from, const std::string& to) const {
    ComposeRequest again;
    again.from = folder_ / from;
    again.rewrite = {3, 4, {Role::kChords}, 0};
    again.seed = 8;
    again.outputs = {folder_ / to};
    again.writer = {.kind = WriterKind::kNeural, .model = weights_, .drafts = 2};
    return again;
  }
  Score score(const std::string& name) const {
    return without_composition(load_midi(folder_ / name).score);
  }
  // Without the chords of bars 3 and 4.
  Score rest(const std::string& name) const {
    Score all = score(name);
    const BarGrid grid(all);
    for (Track& track : all.tracks) {
      std::erase_if(track.notes, [&](const Note& note) {
        return role_of(track) == Role::kChords && note.onset_ticks >= grid.onset(2) &&
               note.onset_ticks < grid.onset(4);
      });
    }
    return all;
  }
  std::vector<std::string> models(const std::string& name) const {
    std::vector<std::string> hashes;
    for (const auto& each : load_certificate(certificate_path(folder_ / name)).ingredients) {
      if (each.kind == "model") hashes.push_back(each.sha256);
    }
    return hashes;
  }
};

TEST_F(RewrittenPieces, OfPatternsGetBarsOfTheNetworkAndKeepTheRest) {
  compose(pattern_piece());
  const ComposeReport report = compose(rewrite("a.mid", "b.mid"));
  EXPECT_FALSE(report.edited);
  EXPECT_EQ(report.writer, "composer.safetensors writes: chords");
  EXPECT_NE(score("a.mid"), score("b.mid"));
  EXPECT_EQ(rest("a.mid"), rest("b.mid"));
  ComposeRequest by_patterns = rewrite("a.mid", "c.mid");
  by_patterns.writer = {};
  compose(by_patterns);
  EXPECT_NE(score("b.mid"), score("c.mid"));
}

TEST_F(RewrittenPieces, SayWhoWroteWhichBars) {
  compose(pattern_piece());
  compose(rewrite("a.mid", "b.mid"));
  const auto origin = composition_of(load_midi(folder_ / "b.mid").score);
  ASSERT_TRUE(origin && origin->request.writer);
  EXPECT_EQ(origin->request.writer->kind, WriterKind::kPattern);
  ASSERT_EQ(origin->request.rewrites.size(), 1U);
  const WriterChoice writer = origin->request.rewrites[0].writer.value();
  EXPECT_EQ(writer.kind, WriterKind::kNeural);
  EXPECT_EQ(writer.roles, RoleSet{Role::kChords});
  EXPECT_EQ(writer.drafts, 2);
  EXPECT_EQ(writer.weights_sha256, sha256_of_file(weights_));
  EXPECT_TRUE(models("a.mid").empty());
  EXPECT_EQ(models("b.mid"), std::vector{sha256_of_file(weights_)});
  EXPECT_TRUE(verify("b.mid", weights_).proves());
  EXPECT_TRUE(has(verify("b.mid", {}), Outcome::kCannotTell, "are not here; name them with"));
}

TEST_F(RewrittenPieces, CanBeWrittenAgainOnceMoreWithWhatWroteThem) {
  compose(pattern_piece());
  compose(rewrite("a.mid", "b.mid"));
  ComposeRequest more = rewrite("b.mid", "c.mid");
  more.rewrite = {4, 4, {Role::kChords}, 0};
  more.writer = {};
  EXPECT_THAT(complaint(more, ErrorKind::kMismatch), HasSubstr("or put them beside the track"));
  more.writer.model = weights_;
  EXPECT_FALSE(compose(more).edited);
  const auto origin = composition_of(load_midi(folder_ / "c.mid").score);
  EXPECT_FALSE(origin->request.rewrites.at(1).writer);
  EXPECT_TRUE(verify("c.mid", weights_).proves());
}

TEST_F(RewrittenPieces, OfTheNetworkGetBarsOfPatterns) {
  compose(request("a.mid"));
  ComposeRequest again = rewrite("a.mid", "b.mid");
  again.writer = {.kind = WriterKind::kPattern, .model = weights_, .drafts = {}};
  compose(again);
  EXPECT_EQ(rest("a.mid"), rest("b.mid"));
  again.writer.kind.reset();
  again.outputs = {folder_ / "c.mid"};
  compose(again);
  EXPECT_NE(score("b.mid"), score("c.mid"));
  EXPECT_TRUE(verify("b.mid", weights_).proves());
}

TEST_F(RewrittenPieces, OfTwoNetworksNameBoth) {
  compose(request("a.mid"));
  fs::copy_file(weights_, folder_ / "first.safetensors");
  const std::string first = sha256_of_file(weights_);
  save_tiny_composer(weights_, 2);
  compose(rewrite("a.mid", "b.mid"));
  EXPECT_EQ(rest("a.mid"), rest("b.mid"));
  EXPECT_EQ(models("b.mid"), (std::vector{first, sha256_of_file(weights_)}));
  EXPECT_TRUE(verify("b.mid", weights_).proves());
  EXPECT_FALSE(verify("b.mid", {}).proves());
  const fs::path path = certificate_path(folder_ / "b.mid");
  auto json = nlohmann::ordered_json::parse(read_text_file(path));
  json["ingredients"].erase(1);
  save_file(path, json.dump(2), Overwrite::kAllow);
  EXPECT_TRUE(has(verify("b.mid", weights_), Outcome::kDiffers, "the models that the certificate"));
}

TEST_F(RewrittenPieces, FlagsThatContradictEachOtherAreRefused) {
  compose(pattern_piece());
  ComposeRequest wanted = rewrite("a.mid", "b.mid");
  wanted.writer = {.kind = {}, .model = weights_, .drafts = {}};
  EXPECT_THAT(complaint(wanted, ErrorKind::kUsage), HasSubstr("patterns wrote this piece"));
  wanted.writer = {.kind = WriterKind::kPattern, .model = weights_, .drafts = {}};
  EXPECT_THAT(complaint(wanted, ErrorKind::kUsage),
              HasSubstr("--model is for the composer network"));
  wanted.writer = {.kind = {}, .model = {}, .drafts = 2};
  EXPECT_THAT(complaint(wanted, ErrorKind::kUsage), HasSubstr("add --writer neural"));
  save_tiny_composer(weights_, 1, {Role::kLead});
  wanted = rewrite("a.mid", "b.mid");
  EXPECT_THAT(complaint(wanted, ErrorKind::kMismatch), HasSubstr("never heard the chords"));
}

TEST_F(RewrittenPieces, AModelThatWroteNothingOfThePieceIsRefused) {
  compose(request("a.mid"));
  fs::copy_file(weights_, folder_ / "first.safetensors");
  save_tiny_composer(weights_, 2);
  ComposeRequest wanted = rewrite("a.mid", "b.mid");
  wanted.writer = {.kind = {}, .model = weights_, .drafts = {}};
  EXPECT_THAT(complaint(wanted, ErrorKind::kMismatch), HasSubstr("did not write this piece"));
}

// ---- what a pack has it write by default ----

Style style_with_defaults() {
  Style style = make_test_style();
  style.network = NetworkPack{GridStyle::kLied, std::nullopt, {Role::kLead, Role::kBass}};
  return style;
}

TEST_F(NetworkPieces, OfAPackThatWantsTheNetworkAreWrittenByIt) {
  const DecidedWriter decided =
      decide_writer({.kind = std::nullopt, .model = weights_, .drafts = {}}, style_with_defaults());
  ASSERT_TRUE(decided.choice);
  EXPECT_EQ(decided.choice->kind, WriterKind::kNeural);
  EXPECT_EQ(decided.choice->roles, (RoleSet{Role::kLead, Role::kBass}));
  EXPECT_NE(decided.network, nullptr);
}

TEST_F(NetworkPieces, OfAPackThatWantsTheNetworkFallBackToPatternsAndSaySo) {
  save_tiny_composer(weights_, 1, {Role::kChords});
  const DecidedWriter decided =
      decide_writer({.kind = std::nullopt, .model = weights_, .drafts = {}}, style_with_defaults());
  ASSERT_TRUE(decided.choice);
  EXPECT_EQ(decided.choice->kind, WriterKind::kPattern);
  EXPECT_EQ(decided.network, nullptr);
  EXPECT_THAT(decided.note, HasSubstr("patterns write the bass, lead too"));
}

TEST_F(NetworkPieces, OfAPackThatWantsPatternsHaveNoWriterInTheirRequest) {
  EXPECT_FALSE(decide_writer({}, make_test_style()).choice);
}

}  // namespace
}  // namespace undersong
