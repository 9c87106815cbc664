#include "pipeline/corpus.h"

#include <stdexcept>

namespace undersong {
namespace {
[[noreturn]] void not_yet() { throw std::logic_error("corpus: not written yet"); }
}  // namespace

CorpusAddReport corpus_add(const CorpusAddRequest&, Progress&) { not_yet(); }
std::string to_text(const CorpusAddReport&) { not_yet(); }
std::string to_json(const CorpusAddReport&) { not_yet(); }
CorpusList corpus_list() { not_yet(); }
std::string to_text(const CorpusList&) { not_yet(); }
std::string to_json(const CorpusList&) { not_yet(); }
CorpusContents corpus_show(const std::string&, const std::string&) { not_yet(); }
std::string to_text(const CorpusContents&) { not_yet(); }
std::string to_json(const CorpusContents&) { not_yet(); }
CorpusStatistics corpus_stats(const std::string&, const std::string&, std::int64_t, Progress&) {
  not_yet();
}
std::string to_text(const CorpusStatistics&) { not_yet(); }
std::string to_json(const CorpusStatistics&) { not_yet(); }
std::string to_svg(const CorpusStatistics&) { not_yet(); }
CorpusRemoval corpus_remove(const std::string&, const std::string&) { not_yet(); }
std::string to_text(const CorpusRemoval&) { not_yet(); }
std::string to_json(const CorpusRemoval&) { not_yet(); }

}  // namespace undersong
