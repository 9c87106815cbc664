#include "pipeline/compose.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <random>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/suggestion.h"
#include "midi/midi_file.h"
#include "pipeline/certificate.h"
#include "pipeline/certify.h"
#include "pipeline/compose_flags.h"
#include "pipeline/composition.h"
#include "pipeline/composition_files.h"
#include "render/soundfont.h"
#include "score/transform.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSeedsDrawn = 1'000'000'000;  // short enough to type again

std::uint64_t draw_seed() {
  std::random_device
      device;  // the one place that may: the seed is reported, and everything follows from it
  return ((std::uint64_t{device()} << 32U) | device()) % kSeedsDrawn;
}

// The first is the seed's own.
std::uint64_t candidate_seed(std::uint64_t seed, int candidate) {
  return candidate == 0 ? seed : candidate_rng(seed, candidate).below(kSeedsDrawn);
}

// What is composed, before a seed is set.
struct Source {
  Composition composition;
  std::uint64_t seed = 0;  // of the first variant
  bool edited = false;     // `from` was
  std::string writer;      // a sentence about the composer network
  std::optional<std::string> from_sha256;
};

FoundStyle find_wanted_style(const std::string& name) {
  if (!name.empty()) return find_style(name);
  std::string names;
  for (const FoundStyle& found : list_styles().styles)
    names += (names.empty() ? "" : ", ") + found.style.name;
  throw Error(ErrorKind::kUsage,
              fmt::format("name a style with --style, such as --style lofi; there are: {}",
                          names.empty() ? "none on this machine" : names));
}

Source new_piece(const ComposeRequest& request) {
  Source source;
  source.seed = request.seed ? *request.seed : draw_seed();
  CompositionRequest composition = request.composition;
  composition.seed = source.seed;
  FoundStyle style = find_wanted_style(request.composition.style);
  DecidedWriter writer = decide_writer(request.writer, style.style);
  composition.writer = std::move(writer.choice);
  source.composition = plan_composition(std::move(composition), std::move(style));
  source.composition.networks.piece = std::move(writer.network);
  source.writer = std::move(writer.note);
  return source;
}

// The networks that the piece names, wherever their weights are now.
void find_networks(const ComposeRequest& request, const fs::path& track, Source& source) {
  Composition& composition = source.composition;
  const fs::path& model = request.writer.model;
  composition.networks = networks_of(composition.plan.request, model, track.parent_path());
  // Somebody else's bars may be for it.
  if (!request.writer.kind) require_use(model, composition.networks);
}

Source planned_piece(const ComposeRequest& request) {
  const std::string text = read_text_file(*request.plan);
  Source source;
  source.composition = with_context(
      display(*request.plan), [&] { return read_composition(text, request.composition.style); });
  find_networks(request, *request.plan, source);
  source.seed = request.seed.value_or(source.composition.plan.request.seed);
  return source;
}

// From the text inside, else from a certificate beside the file, since other programs may drop
// texts.
CompositionOrigin origin_of_file(const fs::path& path, const Score& score) {
  if (auto origin = with_context(display(path), [&] { return composition_of(score); }))
    return std::move(*origin);
  std::error_code ignored;
  const fs::path beside = certificate_path(path);
  if (!fs::exists(beside, ignored)) {
    throw Error(ErrorKind::kFormat,
                fmt::format("{} does not say how it was made: it holds no request of `undersong "
                            "compose`, and there is no {} beside it",
                            display(path), display(beside.filename())));
  }
  Certificate certificate = load_certificate(beside);
  return {.program_version = std::move(certificate.program_version),
          .request = std::move(certificate.request),
          .style_sha256 = "",
          .plan = std::move(certificate.plan)};
}

// The bars in which a role plays, as people count: "5-16, 21-24".
std::string bars_of(Role role, const Plan& plan) {
  std::string text;
  const int bars = static_cast<int>(plan.bars.size());
  const auto plays = [&](int bar) {
    return bar < bars && plan.bars[static_cast<std::size_t>(bar)].roles.contains(role);
  };
  for (int bar = 0; bar < bars; ++bar) {
    if (!plays(bar) || (bar > 0 && plays(bar - 1))) continue;
    int last = bar;
    while (plays(last + 1)) ++last;
    text += text.empty() ? "" : ", ";
    text += last == bar ? fmt::format("{}", bar + 1) : fmt::format("{}-{}", bar + 1, last + 1);
  }
  return text;
}

// Nobody asks for silence to be written again.
void check_playing(const Rewrite& rewrite, const Plan& plan) {
  for (const Role role : kRoles) {
    if (!rewrite.roles.contains(role)) continue;
    const auto first = plan.bars.begin() + rewrite.first_bar - 1;
    const auto last = plan.bars.begin() + rewrite.last_bar;
    if (std::any_of(first, last, [&](const auto& bar) { return bar.roles.contains(role); }))
      continue;
    throw Error(ErrorKind::kUsage,
                fmt::format("the {} rests in bars {} to {}; it plays in bars {}", name_of(role),
                            rewrite.first_bar, rewrite.last_bar, bars_of(role, plan)));
  }
}

void check_rewrite(const Rewrite& rewrite, const Plan& plan) {
  const int bars = static_cast<int>(plan.bars.size());
  if (rewrite.last_bar > bars) {
    throw Error(ErrorKind::kUsage, fmt::format("--regenerate goes to bar {}, and the piece has {}",
                                               rewrite.last_bar, bars));
  }
  RoleSet playing;
  for (const PlannedInstrument& instrument : plan.instruments) playing.insert(instrument.role);
  for (const Role role : kRoles) {
    if (!rewrite.roles.contains(role) || playing.contains(role)) continue;
    throw Error(ErrorKind::kUsage, fmt::format("the piece has no {} to write again; it has {}",
                                               name_of(role), role_list(playing)));
  }
  check_playing(rewrite, plan);
}

// The model that makes the piece again need not be for the bars that patterns write.
WriterWish wish_for_rewrite(const ComposeRequest& request, const PieceNetworks& networks) {
  WriterWish wish = request.writer;
  const bool is_the_pieces = std::ranges::any_of(
      all_of(networks), [&](const auto& network) { return network->path == wish.model; });
  if (wish.kind == WriterKind::kPattern && is_the_pieces) wish.model.clear();
  return wish;
}

void add_rewrite(const ComposeRequest& request, Source& source) {
  Composition& composition = source.composition;
  Rewrite rewrite = request.rewrite;
  check_rewrite(rewrite, composition.plan);
  DecidedWriter decided;
  if (request.writer.kind) {
    decided = decide_rewriter(wish_for_rewrite(request, composition.networks),
                              composition.style.style, rewrite.roles);
  }
  rewrite.writer = std::move(decided.choice);
  source.writer = std::move(decided.note);
  composition.networks.rewrites.push_back(std::move(decided.network));
  composition.plan.request.rewrites.push_back(std::move(rewrite));
}

// Whether the notes are others than the request makes: a person's, or another version's.
bool differs_from_request(const Composition& composition, const Score& score) {
  return without_composition(write_composition(composition)) != score;
}

Source piece_of_file(const ComposeRequest& request) {
  Source source;
  const auto bytes = read_file(*request.from);
  Score score =
      with_context("reading " + display(*request.from), [&] { return read_midi(bytes).score; });
  source.composition =
      composition_from(origin_of_file(*request.from, score), request.composition.style);
  find_networks(request, *request.from, source);
  // Workstations write grids of their own, and some leave the tempo out.
  if (score.ticks_per_quarter != kPlanTicksPerQuarter)
    score = with_ticks_per_quarter(std::move(score), kPlanTicksPerQuarter);
  if (score.tempos.empty()) score.tempos = conductor_score(source.composition.plan).tempos;
  score = without_composition(std::move(score));
  source.edited = differs_from_request(source.composition, score);
  source.from_sha256 = sha256_hex(bytes);
  source.seed = request.seed ? *request.seed : draw_seed();
  source.composition.from = std::move(score);
  return source;
}

Source open_source(const ComposeRequest& request) {
  if (request.from) return piece_of_file(request);
  return request.plan ? planned_piece(request) : new_piece(request);
}

void check_numbers(const ComposeRequest& request) {
  check_options(request.gate);
  check_options(request.music.mastering);
  if (request.variants < 1 || request.variants > kMostVariants) {
    throw Error(ErrorKind::kUsage, fmt::format("--variants is {}; it must lie between 1 and {}",
                                               request.variants, kMostVariants));
  }
  if (request.plan && request.from)
    throw Error(ErrorKind::kUsage, "--plan and --from both say what to compose; give one of them");
  if (request.from && request.writer.drafts && !request.writer.kind)
    throw Error(ErrorKind::kUsage,
                "--drafts is for bars that the composer network writes again; add --writer neural "
                "or leave it away");
  if (request.from && request.outputs.empty() && !request.stems)
    throw Error(ErrorKind::kUsage, "name an output with -o, such as -o changed.wav -o changed.mid");
}

fs::path numbered(const fs::path& path, int number) {
  fs::path name = path.stem();
  name += fmt::format("-{}", number);
  name += path.extension();
  return path.parent_path() / name;
}

CompositionFiles files_of(const ComposeRequest& request, const Source& source, int variant) {
  CompositionFiles files{request.outputs, request.stems};
  if (files.outputs.empty() && !files.stems) {
    files.outputs.emplace_back(fmt::format("{}-{}.wav", source.composition.style.style.name,
                                           source.seed + static_cast<std::uint64_t>(variant)));
    return files;
  }
  if (request.variants == 1) return files;
  for (fs::path& path : files.outputs) path = numbered(path, variant + 1);
  if (files.stems) {
    fs::path folder = files.stems->has_filename() ? *files.stems : files.stems->parent_path();
    files.stems = folder += fmt::format("-{}", variant + 1);
  }
  return files;
}

std::optional<fs::path> wanted_certificate(const ComposeRequest& request,
                                           const CompositionFiles& files) {
  const auto main = main_file(files);
  if (!main || request.certificate == CertificateWish::kOmit) return std::nullopt;
  return certificate_path(*main);
}

std::vector<CompositionFiles> check_all_files(const ComposeRequest& request, const Source& source) {
  std::vector<CompositionFiles> all;
  for (int variant = 0; variant < request.variants; ++variant) {
    CompositionFiles files = files_of(request, source, variant);
    check_files(files, source.composition.plan.request.ending, request.music);
    std::vector<fs::path> written = files.outputs;
    if (const auto certificate = wanted_certificate(request, files)) {
      written.insert(written.end(), {*certificate, page_beside(*certificate)});
      check_output(*certificate, request.music.overwrite);
      check_output(page_beside(*certificate), request.music.overwrite);
    }
    for (const fs::path& path : written) {
      require_not_an_input(path, request.music.render.soundfont);
      require_not_an_input(path, source.composition.style.path);
      if (request.plan) require_not_an_input(path, *request.plan);
      if (request.from) require_not_an_input(path, *request.from);
    }
    all.push_back(std::move(files));
  }
  return all;
}

// A large file takes half a second, so it is hashed beside other work.
std::shared_future<std::string> hash_soundfont(const ComposeRequest& request,
                                               const std::vector<CompositionFiles>& files) {
  const bool is_needed = request.certificate == CertificateWish::kWrite &&
                         std::any_of(files.begin(), files.end(), has_sound);
  if (!is_needed) return {};
  const fs::path soundfont = find_soundfont(request.music.render.soundfont);
  check_soundfont(soundfont);
  return std::async(std::launch::async, [soundfont] { return sha256_of_file(soundfont); }).share();
}

struct Drawn {
  Composition composition;
  Score score;
  GateReport report;
  std::vector<PatternBars> in_the_networks_place = {};
  bool edited = false;  // the request alone does not make it
};

Drawn draw_variant(const Composition& composition, std::uint64_t seed,
                   const std::vector<OpenReference>& references, const GateOptions& options) {
  Drawn drawn;
  GatedScore gated = draw_original(
      [&](int candidate) {
        drawn.composition = with_seed(composition, candidate_seed(seed, candidate));
        drawn.in_the_networks_place.clear();
        return DrawnPiece{write_composition(drawn.composition, &drawn.in_the_networks_place),
                          std::nullopt};
      },
      references, options);
  drawn.score = std::move(gated.score);
  drawn.report = std::move(gated.report);
  if (composition.from) {
    Composition remade = drawn.composition;
    remade.from.reset();
    drawn.edited = differs_from_request(remade, without_composition(drawn.score));
  }
  if (references.empty())
    drawn.report.why_not = "there is no corpus and no model's fingerprints on this machine";
  return drawn;
}

std::uint64_t seed_of(const Composition& composition) {
  const CompositionRequest& request = composition.plan.request;
  return composition.from ? request.rewrites.back().seed : request.seed;
}

ComposedVariant write_variant(const ComposeRequest& request, const Source& source, Drawn drawn,
                              const CompositionFiles& files,
                              const std::shared_future<std::string>& soundfont_sha256,
                              Progress& progress) {
  const Composition& composition = drawn.composition;
  MusicFileOptions options = request.music;
  if (options.origin.date.empty()) options.origin.date = date_for_tags();
  WrittenFiles written = write_files(composition, drawn.score, files, options, progress);

  ComposedVariant variant;
  if (const auto certificate = wanted_certificate(request, files)) {
    const CertifiedPiece piece{composition,
                               written,
                               options,
                               drawn.report,
                               drawn.edited ? source.from_sha256 : std::nullopt,
                               has_sound(files) ? soundfont_sha256.get() : std::string(),
                               drawn.in_the_networks_place};
    save_certificate(certify(piece, *certificate), *certificate, options.overwrite);
    variant.certificate = *certificate;
  }
  variant.seed = seed_of(composition);
  variant.notes = note_count(drawn.score);
  variant.originality = std::move(drawn.report);
  variant.in_the_networks_place = std::move(drawn.in_the_networks_place);
  variant.files = std::move(written.outputs);
  variant.stems = std::move(written.stems);
  variant.plan = std::move(drawn.composition.plan);
  return variant;
}

}  // namespace

ComposeReport compose_music(const ComposeRequest& request, Progress& progress) {
  check_numbers(request);
  Source source = open_source(request);
  if (request.from) add_rewrite(request, source);
  const auto files = check_all_files(request, source);
  const auto soundfont_sha256 = hash_soundfont(request, files);
  References references = open_ready_references();

  ComposeReport report;
  report.style = source.composition.style;
  report.edited = source.edited;
  report.writer = source.writer;
  report.unused = std::move(references.unused);
  for (int variant = 0; variant < request.variants; ++variant) {
    Drawn drawn =
        draw_variant(source.composition, source.seed + static_cast<std::uint64_t>(variant),
                     references.open, request.gate);
    report.variants.push_back(write_variant(request, source, std::move(drawn),
                                            files[static_cast<std::size_t>(variant)],
                                            soundfont_sha256, progress));
  }
  return report;
}

PlannedPiece plan_music(const ComposeRequest& request) {
  Source source = open_source(request);
  if (!request.from) source.composition = with_seed(std::move(source.composition), source.seed);
  return {std::move(source.composition.style), std::move(source.composition.plan)};
}

}  // namespace undersong
