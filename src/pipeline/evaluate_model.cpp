#include "pipeline/evaluate_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "base/error.h"
#include "base/file.h"
#include "corpus/corpus.h"
#include "corpus/dataset.h"
#include "model/likeliest_style.h"
#include "pipeline/evaluate_subjects.h"

namespace undersong {
namespace {

constexpr Split kSplits[] = {Split::kTrain, Split::kValid, Split::kTest};

// Enough for an error of a few hundredths of a nat, and each costs a whole window.
constexpr std::size_t kMostWindows = 4000;

// What a weight file says of the data that it learned from, as far as it says anything.
struct LearnedWith {
  std::vector<std::string> groups;
  std::string track_name;
  std::vector<std::string> held_out;
  std::uint64_t seed = 1;
  std::string split = "pieces";
};

LearnedWith learned_with(const ModelInfo& info) {
  LearnedWith learned;
  const auto settings = nlohmann::json::parse(info.settings_json, nullptr, false);
  if (!settings.is_object()) return learned;
  try {
    learned.groups = settings.value("groups", learned.groups);
    learned.track_name = settings.value("track_name", learned.track_name);
    learned.held_out = settings.value("held_out", learned.held_out);
    learned.seed = settings.value("seed", learned.seed);
    learned.split = settings.value("split", learned.split);
  } catch (const nlohmann::json::exception&) {
    return {};  // another program's settings
  }
  return learned;
}

DatasetOptions dataset_options(const LoadedModel& model, const LearnedWith& learned,
                               const EvaluateRequest& request, bool is_its_own) {
  DatasetOptions options;
  options.representation = model.info.representation;
  options.vocabulary = model.vocabulary;
  if (!request.group.empty()) options.groups = {request.group};
  options.track_name = request.track_name;
  if (!is_its_own) return options;
  if (request.group.empty()) options.groups = learned.groups;
  if (request.track_name.empty()) options.track_name = learned.track_name;
  options.held_out = learned.held_out;
  return options;
}

bool is_composer(const LoadedModel& model) {
  return model.info.representation == Representation::kComposer;
}

// As the model is given it: a corpus does not say what style a piece is of, so a composer hears it
// in the one that it takes it for.
std::vector<TokenId> as_heard(const LoadedModel& model, const std::vector<TokenId>& ids) {
  return is_composer(model) ? in_likeliest_style(composer_of(model), ids) : ids;
}

std::optional<double> nats_per_note(const LoadedModel& model, const CrossEntropy& loss,
                                    const std::vector<std::vector<TokenId>>& pieces) {
  if (!is_composer(model)) return std::nullopt;
  std::int64_t notes = 0;
  for (const auto& ids : pieces) {
    const std::size_t context = std::min<std::size_t>(ids.size(), kFewestContext);
    notes += std::count_if(ids.begin() + static_cast<std::ptrdiff_t>(context), ids.end(),
                           composer_token::is_note);
  }
  if (notes == 0) return std::nullopt;
  return loss.nats * static_cast<double>(loss.symbols) / static_cast<double>(notes);
}

std::vector<SplitLoss> losses_by_piece(const LoadedModel& model, const Dataset& dataset,
                                       const EvaluateRequest& request, Progress& progress) {
  std::vector<SplitLoss> losses;
  for (const Split split : kSplits) {
    const auto all = dataset.of(split);
    std::vector<std::vector<TokenId>> pieces;
    for (const std::size_t i :
         draw_indices(all.size(), static_cast<std::size_t>(request.pieces), request.seed)) {
      pieces.push_back(as_heard(model, all[i]->ids));
    }
    if (pieces.empty()) continue;
    const CrossEntropy loss = cross_entropy_by_piece(*model.model, pieces, progress);
    if (loss.symbols == 0) continue;
    losses.push_back({std::string(name_of(split)), pieces.size(), all.size(), loss,
                      nats_per_note(model, loss, pieces)});
  }
  return losses;
}

std::optional<CrossEntropy> leaky_loss(const LoadedModel& model, const Dataset& dataset,
                                       std::uint64_t seed, Progress& progress) {
  // It is for comparing with the seed, which had windows of a few symbols; a composer's is a
  // thousand times as long and would be heard again for each.
  if (is_composer(model)) return std::nullopt;
  std::vector<std::vector<TokenId>> pieces;
  for (const auto& piece : dataset.pieces) pieces.push_back(piece.ids);
  const int window = std::max({1, model.info.window, model.model->minimum_prompt()});
  const CrossEntropy loss =
      cross_entropy_by_window(*model.model, pieces, window, kMostWindows, seed, progress);
  if (loss.symbols == 0) return std::nullopt;
  return loss;
}

// The corpus to judge by; empty, with a remark, when there is none.
std::string choose_corpus(const ModelInfo& info, const std::string& given,
                          std::vector<std::string>& remarks) {
  const std::string wanted = given.empty() ? info.corpus : given;
  const auto names = corpus_names();
  if (std::find(names.begin(), names.end(), wanted) != names.end()) return wanted;
  remarks.push_back(
      fmt::format("Its losses are not measured: the corpus {} that it learned from is "
                  "not on this machine; add it with `undersong corpus add`, or name "
                  "another with --against.",
                  wanted.empty() ? "" : display(wanted)));
  return "";
}

void remark_on_corpus(const Dataset& dataset, const ModelInfo& info, bool is_its_own,
                      std::vector<std::string>& remarks) {
  if (!is_its_own) {
    remarks.push_back(
        fmt::format("It learned from {}, not from {}: no split below is what it "
                    "learned from, and symbols that it does not know are left out.",
                    display(info.corpus), display(dataset.corpus)));
  } else if (dataset.corpus_sha256 != info.corpus_sha256) {
    remarks.push_back(
        fmt::format("The corpus {} has changed since it learned from it: pieces it "
                    "learned from may stand in another split.",
                    display(dataset.corpus)));
  }
}

void measure_losses(const LoadedModel& model, const EvaluateRequest& request, Progress& progress,
                    ModelMeasures& measures) {
  const bool is_its_own = measures.corpus == model.info.corpus;
  const LearnedWith learned = learned_with(model.info);
  const Dataset dataset = load_dataset(Corpus::open(measures.corpus),
                                       dataset_options(model, learned, request, is_its_own));
  remark_on_corpus(dataset, model.info, is_its_own, measures.remarks);
  measures.by_piece = losses_by_piece(model, dataset, request, progress);
  for (const SplitLoss& loss : measures.by_piece) {
    if (!loss.nats_per_note) continue;
    measures.remarks.push_back(
        fmt::format("{}: {:.3f} nats a note, without controls.", loss.split, *loss.nats_per_note));
  }
  measures.leaky = leaky_loss(model, dataset, learned.seed, progress);
  if (measures.leaky && is_its_own && learned.split != "windows") {
    measures.remarks.emplace_back(
        "It was not trained on the seed's split: of the windows in that line it has learned most, "
        "as they lie in pieces that it learned from.");
  }
}

std::optional<double> parse_number(const std::string& text) {
  double value = 0.0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) {
    while (!cell.empty() && (cell.back() == '\r' || cell.back() == ' ')) cell.pop_back();
    cells.push_back(cell);
  }
  return cells;
}

}  // namespace

std::vector<EpochLosses> parse_training_log(const std::string& csv) {
  std::istringstream stream(csv);
  std::string line;
  if (!std::getline(stream, line)) return {};
  const auto headings = cells_of(line);
  const auto column = [&](std::string_view name) {
    return std::find(headings.begin(), headings.end(), name) - headings.begin();
  };
  const auto epoch = static_cast<std::size_t>(column("epoch"));
  const auto train = static_cast<std::size_t>(column("train_loss"));
  const auto valid = static_cast<std::size_t>(column("valid_loss"));
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  std::vector<EpochLosses> epochs;
  while (std::getline(stream, line)) {
    const auto cells = cells_of(line);
    const auto number = [&](std::size_t i) {
      return i < cells.size() ? parse_number(cells[i]) : std::nullopt;
    };
    if (!number(epoch) || !number(train)) continue;
    epochs.push_back({*number(epoch), *number(train), number(valid).value_or(kNone)});
  }
  return epochs;
}

ModelMeasures measure_model(const LoadedModel& model, const std::filesystem::path& path,
                            const std::string& corpus, const EvaluateRequest& request,
                            Progress& progress) {
  ModelMeasures measures;
  measures.path = path;
  measures.info = model.info;
  const auto log = path.parent_path() / (path.stem().string() + ".log.csv");
  try {
    std::error_code ignored;
    if (std::filesystem::exists(log, ignored))
      measures.curve = parse_training_log(read_text_file(log));
    measures.corpus = choose_corpus(model.info, corpus, measures.remarks);
    if (!measures.corpus.empty()) measure_losses(model, request, progress, measures);
  } catch (const Error& error) {
    // The rest can be judged without.
    if (error.kind() == ErrorKind::kCancelled) throw;
    measures.remarks.push_back("Its losses are not measured: " + error.message());
  }
  return measures;
}

}  // namespace undersong
