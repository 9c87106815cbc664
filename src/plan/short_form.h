#pragma once
// Which sections of its form a piece keeps that is too short for all of them.

#include <string>
#include <vector>

#include "base/rng.h"
#include "style/style.h"

namespace undersong::detail {

// A section of a form.
struct FormItem {
  std::string kind;   // "A"
  int variation = 0;  // apostrophes
  int bars = 0;
};

std::vector<FormItem> items_of(const FormPack& form, const Style& style);

// A part of one of the style's forms in their order, `bars` long (a multiple of four); if possible
// of the form with the index `drawn`. Where two sections or more fit, the form's highest is among
// them, after a lower one if possible; sections that are calmer than the style's first are left out
// first, and a section is shortened rather than another one left out. A section of twelve bars
// stays whole where it is not alone.
std::vector<FormItem> short_form(const Style& style, std::size_t drawn, int bars, Rng rng);

}  // namespace undersong::detail
