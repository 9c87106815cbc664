// tiny_composer FILE [SEED]: weights of a composer network that nobody trained and that takes
// itself to have heard every role in every style.

#include "support/tiny_composer.h"

#include <cstdlib>
#include <exception>
#include <iostream>

#include "model/composer_weights.h"

int main(int count, char** arguments) {
  using namespace undersong;
  if (count < 2) return 2;
  try {
    const std::uint64_t seed = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
    const DecoderSpec spec = composer_spec(find_composer_size("tiny"), 512);
    WeightFile weights = random_decoder_weights(spec, seed);
    ComposerKnowledge knowledge;
    std::vector<double> shares(kDensitySteps, 0.0);
    for (std::size_t step = 1; step < 6; ++step) shares[step] = 0.2;
    knowledge.density_shares.assign(kGridStyleCount,
                                    std::vector<std::vector<double>>(kRoleCount, shares));
    weights.metadata = composer_metadata(spec, knowledge, {});
    save_weights(arguments[1], weights, Overwrite::kAllow);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
