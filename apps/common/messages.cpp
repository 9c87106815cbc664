#include "common/messages.h"

#include <libintl.h>

#include <clocale>

#include "base/paths.h"

namespace undersong {
namespace {
constexpr const char* kDomain = "undersong";
}  // namespace

void install_translations() {
  std::setlocale(LC_MESSAGES, "");
  std::setlocale(LC_CTYPE, "");
  const auto catalogues = program_folder().parent_path() / "share" / "locale";
  ::bindtextdomain(kDomain, catalogues.c_str());
  ::bind_textdomain_codeset(kDomain, "UTF-8");
  ::textdomain(kDomain);
}

const char* tr(const char* text) { return ::gettext(text); }

}  // namespace undersong
