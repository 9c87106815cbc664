#pragma once
// The hook for translations. Every text that the program itself says passes through tr(), which
// xgettext collects (CONTRIBUTING.md, "Translations"); without a catalogue it comes back unchanged.

namespace undersong {

// Follows LC_MESSAGES and the catalogues in share/locale. Call once, first thing in main. Numbers
// keep the C locale: a comma for a decimal point would end in files.
void install_translations();

const char* tr(const char* text);

}  // namespace undersong
