#include "model/composer_model.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "model/composer_hearing.h"
#include "nn/decoder.h"

namespace undersong {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

class ComposerState final : public Model::State {
 public:
  explicit ComposerState(std::unique_ptr<DecoderState> fresh) : decoder(std::move(fresh)) {
    for (const TokenId id : {composer_token::kBegin, composer_token::kContinue})
      logits[static_cast<std::size_t>(id)] = 0.0F;
  }
  ComposerState(const ComposerState& other)
      : State(other),
        cursor(other.cursor),
        hearing(other.hearing),
        decoder(other.decoder->clone()),
        logits(other.logits) {}
  ComposerState& operator=(const ComposerState&) = delete;

  std::unique_ptr<State> clone() const override { return std::make_unique<ComposerState>(*this); }

  // How many steps of the hearing the decoder has not been fed.
  std::size_t behind() const { return hearing.size() - static_cast<std::size_t>(decoder->steps()); }

  ComposerCursor cursor;
  ComposerHearing hearing;
  std::unique_ptr<DecoderState> decoder;
  std::vector<float> logits =
      std::vector<float>(static_cast<std::size_t>(composer_token::kCount), kNever);
};

ComposerState& own(Model::State& state) { return dynamic_cast<ComposerState&>(state); }

void forbid(const ComposerCursor& cursor, std::span<float> logits) {
  std::array<std::uint8_t, static_cast<std::size_t>(composer_token::kCount)> mask{};
  cursor.allowed(mask);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (mask[i] == 0) logits[i] = kNever;
  }
}

}  // namespace

struct ComposerModel::Inside {
  ComposerKnowledge knowledge;
  Decoder decoder;

  // The decoder is fed later: what a slide leaves out need not be computed.
  void hear(ComposerState& state, TokenId id) const {
    UNDERSONG_CHECK(id >= 0 && id < composer_token::kCount && state.cursor.allows(id));
    const int context = decoder.spec().context;
    if (state.hearing.size() >= static_cast<std::size_t>(context)) {
      state.hearing = state.hearing.after_slide(context);
      state.decoder = decoder.start();
    }
    state.cursor.advance(id);
    state.hearing.append(id, state.cursor);
  }

  // Feeds what the decoder lacks, but for the newest `left` steps.
  void catch_up(ComposerState& state, std::size_t left) const {
    if (state.behind() <= left) return;
    auto steps = state.hearing.steps(static_cast<std::size_t>(state.decoder->steps()));
    steps.resize(steps.size() - left);
    decoder.feed(*state.decoder, steps, state.logits);
  }
};

ComposerModel::ComposerModel(ComposerDescription description, const WeightFile& weights,
                             int threads)
    : inside_(new Inside{std::move(description.knowledge),
                         Decoder(std::move(description.spec), weights, threads)}) {}
ComposerModel::~ComposerModel() = default;

TokenId ComposerModel::vocab_size() const { return composer_token::kCount; }

std::unique_ptr<Model::State> ComposerModel::start() const {
  return std::make_unique<ComposerState>(inside_->decoder.start());
}

void ComposerModel::feed(State& state, std::span<const TokenId> ids,
                         std::span<float> logits) const {
  UNDERSONG_CHECK(logits.size() == static_cast<std::size_t>(vocab_size()));
  ComposerState& composer = own(state);
  for (const TokenId id : ids) inside_->hear(composer, id);
  if (!ids.empty()) {
    inside_->catch_up(composer, 0);
    forbid(composer.cursor, composer.logits);
  }
  std::ranges::copy(composer.logits, logits.begin());
}

void ComposerModel::feed_together(std::span<State* const> states, std::span<const TokenId> ids,
                                  std::span<float> logits) const {
  const auto width = static_cast<std::size_t>(vocab_size());
  UNDERSONG_CHECK(ids.size() == states.size() && logits.size() == states.size() * width);
  if (states.empty()) return;
  std::vector<DecoderState*> decoders;
  std::vector<DecoderStep> steps;
  for (std::size_t i = 0; i < states.size(); ++i) {
    ComposerState& composer = own(*states[i]);
    inside_->hear(composer, ids[i]);
    inside_->catch_up(composer, 1);
    decoders.push_back(composer.decoder.get());
    steps.push_back(std::move(composer.hearing.steps(composer.hearing.size() - 1).front()));
  }
  inside_->decoder.feed_together(decoders, steps, logits);
  for (std::size_t i = 0; i < states.size(); ++i) {
    ComposerState& composer = own(*states[i]);
    const auto row = logits.subspan(i * width, width);
    forbid(composer.cursor, row);
    composer.logits.assign(row.begin(), row.end());
  }
}

const ComposerCursor& ComposerModel::cursor(const State& state) const {
  return dynamic_cast<const ComposerState&>(state).cursor;
}

const ComposerKnowledge& ComposerModel::knowledge() const { return inside_->knowledge; }
const DecoderSpec& ComposerModel::spec() const { return inside_->decoder.spec(); }

std::vector<TokenId> composer_ids_after_slide(std::span<const TokenId> ids, int context) {
  ComposerHearing hearing;
  ComposerCursor cursor;
  for (const TokenId id : ids) {
    cursor.advance(id);
    hearing.append(id, cursor);
  }
  return hearing.after_slide(context).ids();
}

const ComposerModel& composer_of(const LoadedModel& model) {
  const auto* composer = dynamic_cast<const ComposerModel*>(model.model.get());
  if (composer == nullptr) {
    throw Error(
        ErrorKind::kMismatch,
        "the weights are of the architecture " + model.info.architecture +
            ", and only a composer can do this; give weights of `undersong train composer`");
  }
  return *composer;
}

}  // namespace undersong
