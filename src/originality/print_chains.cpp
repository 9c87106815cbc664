#include "originality/print_chains.h"

#include <algorithm>

#include "originality/fingerprints.h"

namespace undersong {

namespace {

// Hits between which only dull runs stand are one chain, but not over any distance.
constexpr std::size_t kMostPositionsBetween = 64;

struct OpenChain {
  PrintChain chain;
  bool continued = false;
};

class Chainer {
 public:
  Chainer(const TimedRuns& voice, const std::function<void(const PrintChain&)>& take)
      : take_(take), bars_passed_(voice.bars_passed) {
    told_before_.reserve(voice.runs.dull.size());
    std::size_t told = 0;
    for (const bool dull : voice.runs.dull) {
      told_before_.push_back(told);
      if (!dull) ++told;
    }
  }

  void add(std::size_t position, const Print& print) {
    if (print.piece >= open_.size()) open_.resize(print.piece + std::size_t{1});
    std::vector<OpenChain>& chains = open_[print.piece];
    if (chains.empty()) pieces_.push_back(print.piece);
    OpenChain* before = nullptr;
    for (OpenChain& open : chains) {
      if (!continues(open.chain, position, print)) continue;
      if (before == nullptr || open.chain.first < before->chain.first) before = &open;
    }
    PrintChain chain = {print.piece, position, position, print.bar, print.bar};
    if (before != nullptr) {
      before->continued = true;
      chain.first = before->chain.first;
      chain.first_bar = before->chain.first_bar;
    }
    chains.push_back({chain, false});
  }

  // Hands out what nothing at `position` or behind it can continue.
  void close_before(std::size_t position) {
    for (std::size_t i = 0; i < pieces_.size();) {
      std::vector<OpenChain>& chains = open_[pieces_[i]];
      std::erase_if(chains, [&](const OpenChain& open) {
        if (reaches(open.chain, position)) return false;
        if (!open.continued) take_(open.chain);
        return true;
      });
      if (chains.empty()) {
        pieces_[i] = pieces_.back();
        pieces_.pop_back();
      } else {
        ++i;
      }
    }
  }

  void close_all() {
    for (const std::uint32_t piece : pieces_) {
      for (const OpenChain& open : open_[piece]) {
        if (!open.continued) take_(open.chain);
      }
    }
  }

 private:
  bool reaches(const PrintChain& chain, std::size_t position) const {
    return position - chain.last <= kMostPositionsBetween &&
           told_before_[position] - told_before_[chain.last] <= kWinnow;
  }

  bool continues(const PrintChain& chain, std::size_t position, const Print& print) const {
    return chain.last < position && reaches(chain, position) &&
           bars_fit(chain.last, chain.last_bar, position, print.bar) &&
           bars_fit(chain.first, chain.first_bar, position, print.bar);
  }

  bool bars_fit(std::size_t from, std::uint32_t from_bar, std::size_t to,
                std::uint32_t to_bar) const {
    const std::int64_t track = bars_passed_[to] - bars_passed_[from];
    const std::int64_t learned = std::int64_t{to_bar} - from_bar;
    return learned >= 0 && learned <= kMostBarRatio * track + 1 &&
           track <= kMostBarRatio * (learned + 1);
  }

  const std::function<void(const PrintChain&)>& take_;
  std::span<const std::int64_t> bars_passed_;
  std::vector<std::size_t> told_before_;      // positions before each that are not dull
  std::vector<std::vector<OpenChain>> open_;  // of each piece
  std::vector<std::uint32_t> pieces_;         // that have any
};

}  // namespace

std::int64_t PrintChain::notes() const {
  return static_cast<std::int64_t>(last - first) + kFingerprintNotes;
}

std::span<const Print> prints_of(std::span<const Print> prints, std::uint64_t hash) {
  const auto first =
      std::lower_bound(prints.begin(), prints.end(), hash,
                       [](const Print& print, std::uint64_t value) { return print.hash < value; });
  auto last = first;
  while (last != prints.end() && last->hash == hash) ++last;
  return {first, last};
}

void for_each_chain(const TimedRuns& voice, std::span<const Print> prints,
                    const std::vector<bool>& skip,
                    const std::function<void(const PrintChain&)>& take) {
  Chainer chainer(voice, take);
  for (std::size_t position = 0; position < voice.runs.hashes.size(); ++position) {
    if (voice.runs.dull[position]) continue;
    chainer.close_before(position);
    for (const Print& print : prints_of(prints, voice.runs.hashes[position])) {
      if (print.piece < skip.size() && skip[print.piece]) continue;
      chainer.add(position, print);
    }
  }
  chainer.close_all();
}

}  // namespace undersong
