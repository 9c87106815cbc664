#include "pipeline/fingerprint.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "base/cancel.h"
#include "base/error.h"
#include "corpus/dataset.h"
#include "originality/fingerprints.h"
#include "pipeline/references.h"
#include "plot/scale.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

void check_request(const FingerprintRequest& request) {
  if (request.output.extension() != ".fingerprints") {
    throw Error(ErrorKind::kUsage,
                display(request.output) +
                    ": end the name in .fingerprints, and call it as the weights beside it are "
                    "called: models/lstm.fingerprints for models/lstm.safetensors");
  }
  check_output(request.output, request.overwrite);
}

}  // namespace

FingerprintReport fingerprint_corpus(const FingerprintRequest& request, Progress& progress) {
  check_request(request);
  const Corpus corpus = Corpus::open(request.corpus);
  const auto heard = hear_pieces(corpus, request.groups, request.track_name);
  if (heard.empty()) {
    throw Error(
        ErrorKind::kUsage,
        "nothing is left of the corpus " + display(request.corpus) +
            (request.track_name.empty() ? ": it has no notes"
                                        : ": no track is named " + display(request.track_name)));
  }
  FingerprintReport report;
  report.path = request.output;
  report.corpus = corpus.manifest().name;
  report.corpus_sha256 = corpus.manifest().sha256();
  FingerprintBuilder builder(report.corpus, report.corpus_sha256);
  std::set<std::string> seen;  // a group may be named twice
  std::set<std::string> licences;
  for (const auto& [piece, score] : heard) {
    throw_if_cancelled();
    if (!seen.insert(piece.id).second) continue;
    builder.add(learned_piece(piece), score);
    licences.insert(piece.licence.empty() ? "unknown" : piece.licence);
  }
  builder.save(request.output, kBaselinePieces, request.overwrite, progress);
  report.pieces = static_cast<std::int64_t>(seen.size());
  report.licences.assign(licences.begin(), licences.end());
  // Read back: what was written can be used.
  report.hashes = static_cast<std::int64_t>(Fingerprints::load(request.output)->hashes());
  std::error_code ignored;
  report.bytes = static_cast<std::int64_t>(fs::file_size(request.output, ignored));
  return report;
}

std::string to_text(const FingerprintReport& report) {
  std::string licences;
  for (const auto& licence : report.licences) licences += (licences.empty() ? "" : ", ") + licence;
  return fmt::format(
      "{}: {} {} of {} ({}), {} hashes, {} bytes\nThe music cannot be restored from it; beside "
      "weights of the same name it lets `check` and `generate` recognise copies",
      display(report.path), with_thousands(report.pieces), report.pieces == 1 ? "piece" : "pieces",
      display(report.corpus), licences, with_thousands(report.hashes),
      with_thousands(report.bytes));
}

std::string to_json(const FingerprintReport& report) {
  using Json = nlohmann::ordered_json;
  const Json json = {{"path", report.path.string()},
                     {"corpus", report.corpus},
                     {"corpus_sha256", report.corpus_sha256},
                     {"pieces", report.pieces},
                     {"hashes", report.hashes},
                     {"bytes", report.bytes},
                     {"licences", report.licences}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace undersong
