// How well a composer foretells pieces that it never learned from, by style, beside an interpolated
// 5-gram of the same tokens:
//
//   nats_bench FOLDER [WEIGHTS …] [--split test] [--share 0.1] [--windows 300] [--no-grams]
//
// FOLDER is a training file (`undersong corpus prepare`). Nats a note: of all ids but controls,
// over notes; "free" tells no controls, "given" tells all and does not count them. Whole pieces,
// through the slides of model/composer_model.h. The 5-gram (Witten-Bell, model/counting_model.h)
// learns from the training split told once in the same way.
//
// --windows measures what `undersong-train composer --test-windows` does in place of whole pieces:
// the same windows and the same counted tokens, through the int8 decoder that people run. The
// trainer's numbers, of the weights as written, stand in the weights' metadata and model card; they
// may differ by what rounding does (decision 0018) and by the grammar, which the trainer's softmax
// does not know.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "corpus/training_file.h"
#include "model/composer_model.h"
#include "model/counting_model.h"
#include "model/score_sequence.h"
#include "tokens/composer_text.h"
#include "train/composer_samples.h"

namespace undersong {
namespace {

constexpr int kGramContext = 4;       // of a 5-gram
constexpr std::size_t kTogether = 8;  // pieces that step together
constexpr std::size_t kOverAll = kGridStyleCount;

struct Text {
  std::size_t style = 0;
  std::vector<TokenId> ids;
  std::size_t first_counted = 1;  // BEGIN says nothing
};

struct Sum {
  double nats = 0.0;
  std::int64_t tokens = 0;
  std::int64_t notes = 0;

  void add(TokenId id, double its_nats) {
    if (composer_token::is_control(id)) return;
    nats += its_nats;
    ++tokens;
    notes += composer_token::is_note(id) ? 1 : 0;
  }
};

using Sums = std::map<std::size_t, Sum>;  // by style, kOverAll last

void count(Sums& sums, std::size_t style, TokenId id, double nats) {
  sums[style].add(id, nats);
  sums[kOverAll].add(id, nats);
}

std::vector<TokenId> told(const GridPiece& piece, bool given) {
  TextLayout layout = TextLayout::whole(piece);
  if (!given) layout.controls = ControlChoice::none();
  return to_composer_text(piece, layout);
}

// Every n-th piece of the split, so that each style keeps its share.
std::vector<Text> texts_of(const TrainingFile& file, Split split, double share, bool given) {
  std::vector<Text> texts;
  std::map<GridStyle, double> owed;
  for (std::size_t i = 0; i < file.pieces().size(); ++i) {
    const TrainingPiece& piece = file.pieces()[i];
    if (piece.split != split) continue;
    double& due = owed.try_emplace(piece.style, 1.0 - share).first->second;
    due += share;
    if (due < 1.0) continue;
    due -= 1.0;
    texts.push_back({static_cast<std::size_t>(piece.style), told(file.read(i), given)});
  }
  return texts;
}

// As the trainer cuts and chooses them.
std::vector<Text> windows_of(const TrainingFile& file, Split split, std::int64_t count, int context,
                             bool given) {
  const auto controls = given ? MeasuredControls::kAll : MeasuredControls::kNone;
  std::vector<Text> texts;
  for (MeasuredWindow& window :
       spread_windows(measured_windows(file, split, context, controls), count))
    texts.push_back(
        {static_cast<std::size_t>(window.style), std::move(window.ids), window.first_counted});
  return texts;
}

Sums nats_of(const ComposerModel& model, const std::vector<Text>& texts) {
  struct Reading {
    const Text* text;
    std::size_t next = 1;
    std::unique_ptr<Model::State> state;
  };
  const auto width = static_cast<std::size_t>(model.vocab_size());
  Sums sums;
  std::vector<Reading> readings;
  std::size_t begun = 0;
  std::vector<float> logits;
  while (begun < texts.size() || !readings.empty()) {
    while (readings.size() < kTogether && begun < texts.size()) {
      readings.push_back({&texts[begun++], 1, model.start()});
    }
    std::vector<Model::State*> states;
    std::vector<TokenId> ids;
    for (const Reading& reading : readings) {
      states.push_back(reading.state.get());
      ids.push_back(reading.text->ids[reading.next - 1]);
    }
    logits.resize(readings.size() * width);
    model.feed_together(states, ids, logits);
    for (std::size_t i = 0; i < readings.size(); ++i) {
      const std::size_t at = readings[i].next++;
      if (at < readings[i].text->first_counted) continue;
      const TokenId id = readings[i].text->ids[at];
      const auto row = std::span<const float>(logits).subspan(i * width, width);
      count(sums, readings[i].text->style, id, negative_log_probability(row, id));
    }
    std::erase_if(readings, [](const Reading& r) { return r.next >= r.text->ids.size(); });
  }
  return sums;
}

Sums nats_of_grams(const TrainingFile& file, const std::vector<Text>& texts, bool given) {
  std::vector<std::vector<TokenId>> learned;
  for (Text& text : texts_of(file, Split::kTrain, 1.0, given))
    learned.push_back(std::move(text.ids));
  const CountingSettings settings{kGramContext, composer_token::kCount};
  const auto model = make_counting_model(train_counts(learned, settings), settings);
  learned.clear();
  Sums sums;
  std::vector<float> logits(static_cast<std::size_t>(composer_token::kCount));
  for (const Text& text : texts) {
    const auto state = model->start();
    for (std::size_t i = 1; i < text.ids.size(); ++i) {
      model->feed(*state, std::span(text.ids).subspan(i - 1, 1), logits);
      if (i < text.first_counted) continue;
      count(sums, text.style, text.ids[i], negative_log_probability(logits, text.ids[i]));
    }
  }
  return sums;
}

std::string heading(std::size_t style) {
  return style == kOverAll ? "over all" : std::string(name_of(static_cast<GridStyle>(style)));
}

void print_table(const std::vector<std::pair<std::string, Sums>>& columns) {
  fmt::print("{:<16} {:>9} {:>9}", "nats a note", "notes", "tokens");
  for (const auto& [name, sums] : columns) fmt::print(" {:>20}", name);
  fmt::print("\n");
  for (const auto& [style, sum] : columns.front().second) {
    fmt::print("{:<16} {:>9} {:>9}", heading(style), sum.notes, sum.tokens);
    for (const auto& [name, sums] : columns) {
      const Sum& cell = sums.at(style);
      fmt::print(" {:>20.3f}",
                 cell.nats / static_cast<double>(std::max<std::int64_t>(1, cell.notes)));
    }
    fmt::print("\n");
  }
}

struct Arguments {
  std::string folder;
  std::vector<std::string> weights;
  Split split = Split::kTest;
  double share = 1.0;
  std::int64_t windows = 0;  // 0: whole pieces
  bool grams = true;
};

Arguments parse(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string word = values[i];
    if (word == "--no-grams") {
      arguments.grams = false;
    } else if (word == "--share" && i + 1 < count) {
      arguments.share = std::stod(values[++i]);
    } else if (word == "--windows" && i + 1 < count) {
      arguments.windows = std::stoll(values[++i]);
    } else if (word == "--split" && i + 1 < count) {
      arguments.split = std::string(values[++i]) == "valid" ? Split::kValid : Split::kTest;
    } else if (arguments.folder.empty()) {
      arguments.folder = word;
    } else {
      arguments.weights.push_back(word);
    }
  }
  return arguments;
}

int run(int count, char** values) {
  const Arguments arguments = parse(count, values);
  if (arguments.folder.empty()) {
    fmt::print(stderr,
               "nats_bench FOLDER [WEIGHTS …] [--split valid|test] [--share 0.1] "
               "[--windows 300] [--no-grams]\n");
    return 2;
  }
  const TrainingFile file = TrainingFile::open(arguments.folder);
  std::vector<std::pair<std::string, Sums>> columns;
  const auto begin = std::chrono::steady_clock::now();
  const auto add = [&](std::string name, Sums sums) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    fmt::print(stderr, "{} after {:.0f} s\n", name, seconds.count());
    columns.emplace_back(std::move(name), std::move(sums));
  };
  for (const bool given : {false, true}) {
    const std::string how = given ? "given" : "free";
    const auto texts = texts_of(file, arguments.split, arguments.share, given);
    if (texts.empty()) throw Error(ErrorKind::kUsage, "no piece is in that split and share");
    if (arguments.grams && arguments.windows == 0)
      add("5-gram " + how, nats_of_grams(file, texts, given));
    for (const std::string& path : arguments.weights) {
      const LoadedModel model = load_model(path);
      const ComposerModel& composer = composer_of(model);
      const bool whole = arguments.windows == 0;
      add(std::filesystem::path(path).stem().string() + " " + how,
          nats_of(composer, whole ? texts
                                  : windows_of(file, arguments.split, arguments.windows,
                                               composer.spec().context, given)));
    }
  }
  if (columns.empty()) throw Error(ErrorKind::kUsage, "name weights, or leave out --no-grams");
  print_table(columns);
  return 0;
}

}  // namespace
}  // namespace undersong

int main(int count, char** values) {
  try {
    return undersong::run(count, values);
  } catch (const undersong::Error& error) {
    fmt::print(stderr, "{}\n", error.message());
    return 1;
  }
}
