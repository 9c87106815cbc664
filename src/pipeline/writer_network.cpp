#include "pipeline/writer_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "base/file.h"
#include "base/paths.h"
#include "compose/compose.h"
#include "compose/neural_network.h"
#include "compose/neural_writer.h"
#include "corpus/licence.h"
#include "model/composer_model.h"
#include "originality/fingerprints.h"
#include "pipeline/certificate.h"
#include "pipeline/compose_flags.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWeights = "composer.safetensors";

// Guidance puts more notes into the chords asked for and comes nearer to the density
// (docs/benchmarks.md, "The composer network").
DrawOptions usual_drawing() {
  DrawOptions options;
  options.sampling.temperature = 1.0;
  options.sampling.top_p = 0.95;
  options.guidance = 1.5;
  return options;
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

fs::path wanted_weights(const fs::path& model) {
  return model.empty() ? shipped_writer_weights() : model;
}

std::string missing_weights(const fs::path& path) {
  return fmt::format("the weights of the composer network are missing: there is no {}",
                     display(path));
}

RoleSet playing(const Style& style, RoleSet roles) {
  RoleSet found;
  for (const Role role : kRoles) {
    if (roles.contains(role) && style.role(role) != nullptr) found.insert(role);
  }
  return found;
}

std::string writes_text(const WriterNetwork& network, RoleSet roles) {
  return fmt::format("{} writes: {}", display(network.path.filename()), role_list(roles));
}

WriterChoice choice_of(const WriterNetwork& network, RoleSet roles, const WriterWish& wish) {
  WriterChoice choice;
  choice.kind = WriterKind::kNeural;
  choice.roles = roles;
  choice.drafts = wish.drafts.value_or(choice.drafts);
  choice.weights_sha256 = network.sha256;
  choice.fingerprints_sha256 = network.fingerprints_sha256;
  return choice;
}

void check_wish(const WriterWish& wish, const Style& style) {
  if (wish.drafts && (*wish.drafts < 1 || *wish.drafts > kMostDrafts)) {
    throw Error(ErrorKind::kUsage, fmt::format("--drafts is {}; it must lie between 1 and {}",
                                               *wish.drafts, kMostDrafts));
  }
  const bool by_patterns = wish.kind ? *wish.kind == WriterKind::kPattern
                                     : !style.network || style.network->roles.empty();
  if (!by_patterns || (wish.model.empty() && !wish.drafts)) return;
  throw Error(ErrorKind::kUsage,
              fmt::format("{} is for the composer network, and patterns write this piece; add "
                          "--writer neural or leave it away",
                          wish.model.empty() ? "--drafts" : "--model"));
}

DecidedWriter wanted_network(const WriterWish& wish, const Style& style) {
  if (!style.network) {
    throw Error(ErrorKind::kUsage,
                fmt::format("the style {} names no music that the composer network could take it "
                            "for, so patterns write it; leave --writer neural away, or give a "
                            "pack of your own a [network] (docs/formats/style-pack.md)",
                            style.name));
  }
  const fs::path path = wanted_weights(wish.model);
  if (!is_there(path)) {
    throw Error(ErrorKind::kNotFound,
                missing_weights(path) + "; name some with --model, or use --writer pattern");
  }
  const auto network = load_writer_network(path);
  const RoleSet roles = writable_roles(style, *network->source);
  if (roles.empty()) {
    throw Error(ErrorKind::kMismatch,
                fmt::format("{} never heard the music that the style {} takes from it; use "
                            "--writer pattern, or other weights with --model",
                            display(path), style.name));
  }
  return {choice_of(*network, roles, wish), network, writes_text(*network, roles)};
}

// What the pack has the network write, as far as it can be served here.
DecidedWriter usual_writer(const WriterWish& wish, const Style& style) {
  if (!style.network || style.network->roles.empty()) return {};
  const RoleSet wanted = playing(style, style.network->roles);
  const fs::path path = wanted_weights(wish.model);
  if (wish.model.empty() && !is_there(path)) {
    return {WriterChoice{}, nullptr,
            fmt::format("{}; patterns write the {} too", missing_weights(path), role_list(wanted))};
  }
  const auto network = load_writer_network(path);
  const RoleSet roles = wanted & writable_roles(style, *network->source);
  if (roles.empty()) {
    return {WriterChoice{}, nullptr,
            fmt::format("{} never heard what this style takes from it; patterns write the {} too",
                        display(path), role_list(wanted))};
  }
  return {choice_of(*network, roles, wish), network, writes_text(*network, roles)};
}

std::vector<fs::path> weights_near(const fs::path& model, const fs::path& beside) {
  std::vector<fs::path> paths;
  if (!model.empty()) paths.push_back(model);
  paths.push_back(shipped_writer_weights());
  for (const fs::path& folder : {shipped_folder() / "models", beside}) {
    std::error_code failure;
    fs::directory_iterator entries(folder.empty() ? "." : folder, failure);
    std::vector<fs::path> found;
    for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
      if (entries->path().extension() == ".safetensors") found.push_back(entries->path());
    }
    std::sort(found.begin(), found.end());
    paths.insert(paths.end(), found.begin(), found.end());
  }
  return paths;
}

bool is_of(const WriterChoice& choice, const WriterNetwork& network) {
  return choice.weights_sha256 == network.sha256 &&
         choice.fingerprints_sha256 == network.fingerprints_sha256;
}

// That of the choice's hash, among `paths`; one without a hash takes the first and says so.
std::shared_ptr<const WriterNetwork> find_network(WriterChoice& choice,
                                                  const std::vector<fs::path>& paths) {
  const bool is_any = choice.weights_sha256.empty();
  for (const fs::path& path : paths) {
    if (!is_there(path) || (!is_any && sha256_of_file(path) != choice.weights_sha256)) continue;
    auto network = load_writer_network(path);
    if (is_any) choice.fingerprints_sha256 = network->fingerprints_sha256;
    choice.weights_sha256 = network->sha256;
    if (is_of(choice, *network)) return network;
    throw Error(ErrorKind::kMismatch,
                fmt::format("the piece was written beside other fingerprints than {}",
                            display(fingerprints_beside(path))));
  }
  throw Error(ErrorKind::kMismatch,
              is_any ? missing_weights(shipped_writer_weights()) + "; name some with --model"
                     : fmt::format("the weights of the composer network that wrote this piece, or "
                                   "bars of it (SHA-256 {}), are not here; name them with --model, "
                                   "or put them beside the track",
                                   choice.weights_sha256));
}

// How near a line comes to what was learned; 1 is the limit.
double nearness(const Fingerprints& fingerprints, const std::vector<Note>& notes) {
  Score score;
  score.ticks_per_quarter = kPlanTicksPerQuarter;
  Track track;
  track.notes = notes;
  score.tracks.push_back(std::move(track));
  sort_events(score);
  const Limits limits = limits_of(fingerprints.baseline());
  const Closeness closeness = fingerprints.compare(score);
  if (limits.distinctive_notes == 0) return 0.0;
  return static_cast<double>(closeness.most_distinctive_run.distinctive_notes) /
         static_cast<double>(limits.distinctive_notes);
}

void insert(const PatternBars& bars, std::vector<PatternBars>& all) {
  const auto place = std::lower_bound(all.begin(), all.end(), bars);
  if (place == all.end() || *place != bars) all.insert(place, bars);
}

NeuralOptions neural_options(const WriterChoice& choice, const Style& style,
                             const std::shared_ptr<const WriterNetwork>& network,
                             std::vector<PatternBars>* in_its_place) {
  const RoleSet writable = writable_roles(style, *network->source);
  for (const Role role : kRoles) {
    if (!choice.roles.contains(role) || style.role(role) == nullptr || writable.contains(role))
      continue;
    throw Error(ErrorKind::kMismatch,
                fmt::format("{} cannot write the {} of the style {}: it never heard that role in "
                            "the music that the pack names",
                            display(network->path), name_of(role), style.name));
  }
  NeuralOptions options;
  options.roles = choice.roles & writable;
  options.drafts = choice.drafts;
  if (const auto& fingerprints = network->fingerprints) {
    options.nearness = [fingerprints](const std::vector<Note>& notes) {
      return nearness(*fingerprints, notes);
    };
  }
  if (in_its_place != nullptr) {
    options.on_too_near = [in_its_place, sha256 = network->sha256](Role role, const BarSpan& bars) {
      insert({role, bars.first + 1, bars.last, sha256}, *in_its_place);
    };
  }
  return options;
}

// The licences of what was heard, as the weights say, and what they mean for the weights.
std::string terms_of_music(const ModelInfo& info) {
  const auto training = nlohmann::json::parse(info.training_json, nullptr, false);
  std::string terms;
  bool publishable = true;
  if (training.is_object() && training.contains("licences") && training["licences"].is_array()) {
    for (const auto& licence : training["licences"]) {
      if (!licence.is_string()) continue;
      const auto name = licence.get<std::string>();
      terms += (terms.empty() ? "" : ", ") + (name.empty() ? "unknown" : name);
      publishable = publishable && is_publishable(name);
    }
  }
  if (terms.empty()) return "those of the music that it learned";
  const std::string mark = publishable ? "" : "; " + std::string(kNotForPublishing);
  return "learned from music under " + terms + mark;
}

}  // namespace

fs::path shipped_writer_weights() { return shipped_folder() / "models" / kWeights; }

std::shared_ptr<const WriterNetwork> load_writer_network(const fs::path& weights, int threads) {
  auto network = std::make_shared<WriterNetwork>();
  network->path = weights;
  network->sha256 = sha256_of_file(weights);
  LoadedModel loaded = load_model(weights);
  with_context(display(weights), [&] { composer_of(loaded); });
  network->model = std::dynamic_pointer_cast<const ComposerModel>(loaded.model);
  if (threads > 0) {
    const WeightFile file = load_weights(weights);
    network->model =
        std::make_shared<const ComposerModel>(composer_from_metadata(file.metadata), file, threads);
  }
  network->info = std::move(loaded.info);
  network->source = make_network_source(*network->model, usual_drawing());
  const fs::path beside = fingerprints_beside(weights);
  if (!is_there(beside)) return network;
  network->fingerprints = Fingerprints::load(beside);
  network->fingerprints_sha256 = sha256_of_file(beside);
  if (network->fingerprints->corpus_sha256() != network->info.corpus_sha256) {
    throw Error(ErrorKind::kMismatch,
                fmt::format("{} are of other music than {} learned; make them again with "
                            "`undersong corpus fingerprint`, or remove them",
                            display(beside), display(weights.filename())));
  }
  return network;
}

DecidedWriter decide_writer(const WriterWish& wish, const Style& style) {
  check_wish(wish, style);
  if (!wish.kind) return usual_writer(wish, style);
  if (*wish.kind == WriterKind::kPattern) return {WriterChoice{}, nullptr, ""};
  return wanted_network(wish, style);
}

DecidedWriter decide_rewriter(const WriterWish& wish, const Style& style, RoleSet roles) {
  UNDERSONG_CHECK(wish.kind.has_value());
  DecidedWriter decided = decide_writer(wish, style);
  if (decided.network == nullptr) return decided;
  RoleSet& own = decided.choice.value().roles;
  own = own & roles;
  if (own.empty()) {
    throw Error(ErrorKind::kMismatch,
                fmt::format("{} never heard the {} in the music that the style {} takes from it; "
                            "use --writer pattern, or other weights with --model",
                            display(decided.network->path), role_list(roles), style.name));
  }
  decided.note = writes_text(*decided.network, own);
  return decided;
}

std::vector<std::shared_ptr<const WriterNetwork>> all_of(const PieceNetworks& networks) {
  std::vector<std::shared_ptr<const WriterNetwork>> all;
  const auto add = [&](const std::shared_ptr<const WriterNetwork>& network) {
    const bool is_new = network != nullptr && std::ranges::none_of(all, [&](const auto& known) {
                          return known->sha256 == network->sha256;
                        });
    if (is_new) all.push_back(network);
  };
  add(networks.piece);
  for (const auto& network : networks.rewrites) add(network);
  return all;
}

PieceNetworks networks_of(CompositionRequest& request, const fs::path& model,
                          const fs::path& beside) {
  PieceNetworks networks;
  const auto find = [&](std::optional<WriterChoice>& choice) {
    if (!choice || choice->kind == WriterKind::kPattern)
      return std::shared_ptr<const WriterNetwork>();
    for (const auto& known : all_of(networks)) {
      if (is_of(*choice, *known)) return known;
    }
    return find_network(*choice, weights_near(model, beside));
  };
  networks.piece = find(request.writer);
  for (Rewrite& rewrite : request.rewrites) networks.rewrites.push_back(find(rewrite.writer));
  return networks;
}

void require_use(const fs::path& model, const PieceNetworks& networks) {
  if (model.empty()) return;
  const auto all = all_of(networks);
  if (all.empty()) {
    throw Error(ErrorKind::kUsage,
                "--model names a composer network, and patterns wrote this piece; leave it away, "
                "or have the network write some bars again with --from, --regenerate and --writer "
                "neural");
  }
  if (std::ranges::any_of(all, [&](const auto& network) { return network->path == model; })) return;
  throw Error(ErrorKind::kMismatch,
              fmt::format("{} did not write this piece; leave --model away", display(model)));
}

std::string to_text(const std::vector<PatternBars>& bars) {
  if (bars.empty()) return "";
  std::string text;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const PatternBars& here = bars[i];
    const bool is_told = i > 0 && bars[i - 1].role == here.role &&
                         bars[i - 1].first_bar == here.first_bar &&
                         bars[i - 1].last_bar == here.last_bar;  // of another network
    if (is_told) continue;
    const bool same_role = i > 0 && bars[i - 1].role == here.role;
    if (same_role) {
      text += ", ";
    } else {
      text += fmt::format("{}the {} in bars ", i > 0 ? ", " : "", name_of(here.role));
    }
    text += here.first_bar == here.last_bar ? fmt::format("{}", here.first_bar)
                                            : fmt::format("{}-{}", here.first_bar, here.last_bar);
  }
  return "patterns wrote " + text +
         " in the network's place: every draft came too near to music that it learned";
}

std::unique_ptr<PartWriter> make_part_writer(const Plan& plan, const Style& style,
                                             const PieceNetworks& networks,
                                             std::vector<PatternBars>* in_its_place) {
  const auto make = [&](const std::optional<WriterChoice>& choice,
                        const std::shared_ptr<const WriterNetwork>& network) {
    if (network == nullptr) return make_pattern_writer(plan, style);
    return make_neural_writer(plan, style, *network->source,
                              neural_options(choice.value(), style, network, in_its_place));
  };
  auto piece = make(plan.request.writer, networks.piece);
  std::vector<std::unique_ptr<PartWriter>> own;
  for (std::size_t i = 0; i < plan.request.rewrites.size(); ++i) {
    const auto& choice = plan.request.rewrites[i].writer;
    const bool is_found = i < networks.rewrites.size();
    UNDERSONG_CHECK(is_found || !choice || choice->kind == WriterKind::kPattern);
    own.push_back(choice ? make(choice, is_found ? networks.rewrites[i] : nullptr) : nullptr);
  }
  return make_rewriting_writer(std::move(piece), std::move(own));
}

CertifiedIngredient model_ingredient(const WriterNetwork& network,
                                     const std::vector<PatternBars>& in_its_place) {
  std::string detail = fmt::format("corpus {}, manifest SHA-256 {}", network.info.corpus,
                                   network.info.corpus_sha256);
  for (const std::string& base : network.model->knowledge().based_on)
    detail += fmt::format("; adapted from {}", base);
  std::vector<PatternBars> own = in_its_place;
  std::erase_if(own, [&](const auto& bars) { return bars.weights_sha256 != network.sha256; });
  if (!own.empty()) detail += "; " + to_text(own);
  return {.kind = "model",
          .name = network.path.filename().string(),
          .sha256 = network.sha256,
          .terms = terms_of_music(network.info),
          .detail = detail};
}

}  // namespace undersong
