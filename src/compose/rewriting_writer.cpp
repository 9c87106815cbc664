#include <utility>

#include "base/check.h"
#include "compose/part_writer.h"

namespace undersong {
namespace {

class RewritingWriter final : public PartWriter {
 public:
  RewritingWriter(std::unique_ptr<PartWriter> piece,
                  std::vector<std::unique_ptr<PartWriter>> rewrites)
      : piece_(std::move(piece)), rewrites_(std::move(rewrites)) {
    UNDERSONG_CHECK(piece_ != nullptr);
  }

  std::vector<Note> write(const PartRequest& request, Rng rng) const override {
    return writer_for(request).write(request, rng);
  }

 private:
  const PartWriter& writer_for(const PartRequest& request) const {
    if (!request.rewrite || *request.rewrite >= rewrites_.size()) return *piece_;
    const auto& own = rewrites_[*request.rewrite];
    return own == nullptr ? *piece_ : *own;
  }

  std::unique_ptr<PartWriter> piece_;
  std::vector<std::unique_ptr<PartWriter>> rewrites_;
};

}  // namespace

std::unique_ptr<PartWriter> make_rewriting_writer(
    std::unique_ptr<PartWriter> piece, std::vector<std::unique_ptr<PartWriter>> rewrites) {
  return std::make_unique<RewritingWriter>(std::move(piece), std::move(rewrites));
}

}  // namespace undersong
