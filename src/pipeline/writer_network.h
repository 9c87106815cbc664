#pragma once
// The composer network behind `compose --writer neural`: where its weights are, which roles it
// writes, what the certificate says of it.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/model.h"
#include "plan/request.h"

namespace undersong {

class ComposerModel;
class DraftSource;
class Fingerprints;
class PartWriter;
struct CertifiedIngredient;
struct Plan;
struct Style;

// Weights that write parts. Immutable.
struct WriterNetwork {
  std::filesystem::path path;
  std::string sha256;
  ModelInfo info;
  std::shared_ptr<const ComposerModel> model;
  std::shared_ptr<const DraftSource> source;
  // Runs of what it learned, that drafts are held against; null where there are none beside it.
  std::shared_ptr<const Fingerprints> fingerprints;
  std::string fingerprints_sha256;
};

// composer.safetensors of what ships.
std::filesystem::path shipped_writer_weights();

// `threads` as Decoder's (nn/decoder.h): 1 for who writes several pieces beside each other.
// Errors: those of load_model; kMismatch for a model that is no composer, and for fingerprints of
// other music than it learned.
std::shared_ptr<const WriterNetwork> load_writer_network(const std::filesystem::path& weights,
                                                         int threads = 0);

// What a person asked for.
struct WriterWish {
  std::optional<WriterKind> kind;  // unset: as the pack has it
  std::filesystem::path model;     // empty: the weights that ship
  std::optional<int> drafts;
};

struct DecidedWriter {
  std::optional<WriterChoice> choice;            // what the request of the piece says
  std::shared_ptr<const WriterNetwork> network;  // where it takes part
  std::string note;  // a sentence for people: who writes, or why the network does not; may be empty
};

// Errors: kUsage for drafts out of range, for flags that contradict each other, and for kNeural
// where the pack says nothing of the network, or the weights have nothing that it needs; kNotFound
// without weights; those of load_writer_network.
DecidedWriter decide_writer(const WriterWish& wish, const Style& style);

// The network of a request that was decided before: that of its hash, among `model`, what ships,
// and `beside`'s folder. Null where patterns write alone. A request without a hash takes what is
// here, and says so from then on.
// Errors: kMismatch when none has the hash, or its fingerprints are others.
std::shared_ptr<const WriterNetwork> network_of(CompositionRequest& request,
                                                const std::filesystem::path& model,
                                                const std::filesystem::path& beside = {});

// Bars of a role that patterns wrote in the network's place, since every draft came too near to
// music that it learned.
struct PatternBars {
  Role role = Role::kLead;
  int first_bar = 1;  // as people count
  int last_bar = 1;

  auto operator<=>(const PatternBars&) const = default;
};
// A sentence that names them; empty for none.
std::string to_text(const std::vector<PatternBars>& bars);

// The writer of a piece. `network` is null where patterns write alone. `in_its_place`, which must
// outlive the writer, gets what patterns write for the network, in order and each once; null: none.
// Errors: kMismatch when the network cannot write a role that the request names.
std::unique_ptr<PartWriter> make_part_writer(const Plan& plan, const Style& style,
                                             const std::shared_ptr<const WriterNetwork>& network,
                                             std::vector<PatternBars>* in_its_place = nullptr);

CertifiedIngredient model_ingredient(const WriterNetwork& network,
                                     const std::vector<PatternBars>& in_its_place);

}  // namespace undersong
