#pragma once
// What the terms of a piece allow.

#include <cstdint>
#include <string_view>

namespace undersong {

// May weights that learned from such a piece be published, and may people earn with what they
// write?
enum class WeightTerms : std::uint8_t {
  kPublishable,             // public domain and its like
  kPublishableWithCredits,  // attribution or a notice: the model card names the source
  kPrivate,                 // share-alike, non-commercial, all rights reserved, or nobody said
};

// Takes SPDX identifiers, what people write instead ("CC BY 4.0", "public domain"), and what
// platforms do ("Creative Commons Attribution license (reuse allowed)", the address of a deed), in
// any case. What it does not know is kPrivate: a wrong yes would cost the people who use the
// weights their income. Of `A OR B` the better one counts, of `A AND B` the worse one.
WeightTerms weight_terms(std::string_view licence);

// Anything but kPrivate.
bool is_publishable(std::string_view licence);

// What is said of weights, and of work made with them, that learned from music whose terms are
// unknown or too narrow.
inline constexpr std::string_view kNotForPublishing = "not for weights that you publish";

}  // namespace undersong
