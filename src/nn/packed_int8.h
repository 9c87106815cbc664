#pragma once
// All matrices of a decoder as one stream of bytes, in the order of their use. Threads share every
// product, so each has a stretch of the stream of its own and reads it from front to back.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "nn/decoder_kernels.h"
#include "nn/int8_weights.h"
#include "nn/kernels.h"

namespace undersong {

inline constexpr std::size_t kNoRow = static_cast<std::size_t>(-1);

class PackedInt8 {
 public:
  struct Part {
    Int8Panels panels;
    std::size_t first_output = 0;
  };

  std::size_t in() const { return in_; }
  std::size_t padded_in() const { return round_up(in_, kInPadding); }
  std::size_t padded_out() const { return scales_.size() / panels_per_output_; }
  // The largest whole number of an input at which no sum of products leaves 32 bits.
  int levels() const { return levels_; }
  const Part& part(std::size_t p) const { return parts_[p]; }

 private:
  friend class PackedStream;

  std::size_t in_ = 0;
  std::size_t panels_per_output_ = 1;
  int levels_ = 0;
  AlignedFloats scales_;
  std::vector<Part> parts_;
};

// Bytes on pages of 2 MB where the system has them: a step reads every byte, and with small pages
// the processor would look up the place of every 4096th.
class HugePages {
 public:
  HugePages() = default;
  explicit HugePages(std::size_t bytes);
  std::int8_t* data() { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::int8_t* data) const { std::free(data); }
  };
  std::unique_ptr<std::int8_t, Free> data_;
  std::size_t size_ = 0;
};

class PackedStream {
 public:
  explicit PackedStream(std::size_t parts) : parts_(parts) {}

  // A product whose outputs are the matrix' rows in `order` (kNoRow: zeros behind the last), with
  // `panels_per_output` panels that are taken together. Valid once `finish` was called.
  PackedInt8& add(Int8Matrix matrix, std::vector<std::size_t> order,
                  std::size_t panels_per_output = 1);
  void finish();

  std::size_t bytes() const { return stream_.size(); }

 private:
  struct Waiting {
    Int8Matrix matrix;
    std::vector<std::size_t> order;
    PackedInt8* packed;
  };

  void pack(const Waiting& waiting, std::size_t part, std::int8_t*& to);

  std::size_t parts_;
  std::vector<Waiting> waiting_;
  std::vector<std::unique_ptr<PackedInt8>> products_;
  HugePages stream_;
};

}  // namespace undersong
