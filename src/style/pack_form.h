#pragma once
// Forms and sections of a style pack.

#include "style/pack_table.h"
#include "style/style.h"

namespace undersong {

// Wants the roles of `style` and fills its sections.
void read_sections(PackTable& top, Style& style);
// Wants its sections and fills its forms.
void read_forms(PackTable& top, Style& style);

// The section of a kind; null without one.
const SectionPack* find_section(const Style& style, std::string_view kind);

}  // namespace undersong
