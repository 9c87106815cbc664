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

// The same for bars of these roles that are written again. Precondition: wish.kind is set.
// Errors: also kMismatch when the network can write none of the roles.
DecidedWriter decide_rewriter(const WriterWish& wish, const Style& style, RoleSet roles);

// The networks of a piece: of the whole, and of each rewrite that names a writer of its own. Null
// where patterns write, and where a rewrite is left to the piece's writer.
struct PieceNetworks {
  std::shared_ptr<const WriterNetwork> piece = {};
  std::vector<std::shared_ptr<const WriterNetwork>> rewrites = {};
};
// Each once, in this order.
std::vector<std::shared_ptr<const WriterNetwork>> all_of(const PieceNetworks& networks);

// The networks of a request that was decided before: those of its hashes, among `model`, what
// ships, and `beside`'s folder. A choice without a hash takes what is here, and says so from then
// on.
// Errors: kMismatch when none has a hash, or its fingerprints are others.
PieceNetworks networks_of(CompositionRequest& request, const std::filesystem::path& model,
                          const std::filesystem::path& beside = {});

// Errors: when somebody named a model that is none of these: kUsage, or kMismatch where there are
// some.
void require_use(const std::filesystem::path& model, const PieceNetworks& networks);

// Bars of a role that patterns wrote in the network's place, since every draft came too near to
// music that it learned.
struct PatternBars {
  Role role = Role::kLead;
  int first_bar = 1;  // as people count
  int last_bar = 1;
  std::string weights_sha256 = {};  // the network's

  auto operator<=>(const PatternBars&) const = default;
};
// A sentence that names them; empty for none.
std::string to_text(const std::vector<PatternBars>& bars);

// The writer of a piece and of its rewrites; plan, style and networks must outlive it.
// `in_its_place`, which must too, gets what patterns write for a network, in order and each once;
// null: none.
// Errors: kMismatch when a network cannot write a role that the request names.
std::unique_ptr<PartWriter> make_part_writer(const Plan& plan, const Style& style,
                                             const PieceNetworks& networks,
                                             std::vector<PatternBars>* in_its_place = nullptr);

// `in_its_place` may hold bars of other networks too.
CertifiedIngredient model_ingredient(const WriterNetwork& network,
                                     const std::vector<PatternBars>& in_its_place);

}  // namespace undersong
