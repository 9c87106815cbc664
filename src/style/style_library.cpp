#include "style/style_library.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/paths.h"
#include "base/suggestion.h"
#include "style/style_file.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSuffix = ".toml";

FoundStyle load(const fs::path& path) {
  const std::string toml = read_style_text(path);
  return {path, sha256_hex(toml), read_style(toml, path)};
}

// Packs of one folder, by file name. Nothing where the folder is missing.
std::vector<fs::path> packs_in(const fs::path& folder,
                               std::vector<StyleListing::Problem>& problems) {
  std::vector<fs::path> packs;
  std::error_code failure;
  if (!fs::is_directory(folder, failure)) return packs;
  fs::directory_iterator entries(folder, failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    // Hidden files are copies that editors and other systems leave.
    const fs::path& path = entries->path();
    if (lower_case(path.extension().string()) == kSuffix &&
        !path.filename().string().starts_with('.'))
      packs.push_back(path);
  }
  if (failure) problems.push_back({folder, "cannot be read: " + failure.message()});
  std::sort(packs.begin(), packs.end());
  return packs;
}

bool has_name(const StyleListing& listing, const std::string& name) {
  return std::any_of(listing.styles.begin(), listing.styles.end(),
                     [&](const FoundStyle& found) { return found.style.name == name; });
}

void add_pack(const fs::path& path, StyleListing& listing) {
  try {
    FoundStyle found = load(path);
    if (!has_name(listing, found.style.name)) listing.styles.push_back(std::move(found));
  } catch (const Error& error) {
    listing.problems.push_back({path, error.message()});
  }
}

bool has_alias(const Style& style, const std::string& name) {
  return std::find(style.aliases.begin(), style.aliases.end(), name) != style.aliases.end();
}

bool is_path(std::string_view text) {
  return text.find('/') != text.npos || lower_case(text).ends_with(kSuffix);
}

// Names that a person may have meant.
std::vector<std::string> names_of(const StyleListing& listing) {
  std::vector<std::string> names;
  for (const FoundStyle& found : listing.styles) names.push_back(found.style.name);
  return names;
}

// A slip in an alias leads to the style that has it.
std::string meant(const std::string& wanted, const StyleListing& listing) {
  const std::vector<std::string> names = names_of(listing);
  std::vector<std::string> aliases;
  for (const FoundStyle& found : listing.styles)
    aliases.insert(aliases.end(), found.style.aliases.begin(), found.style.aliases.end());
  const auto alias = nearest_name(wanted, names) ? std::nullopt : nearest_name(wanted, aliases);
  if (!alias) return suggestion(wanted, names);
  return fmt::format("; did you mean {}?{}", *alias, suggestion("", names).substr(1));
}

[[noreturn]] void fail_unknown(std::string_view text, const std::string& wanted,
                               const StyleListing& listing) {
  // The pack is there, and its mistakes are why it is not found.
  for (const StyleListing::Problem& problem : listing.problems) {
    if (lower_case(problem.path.stem().string()) == wanted)
      throw Error(ErrorKind::kFormat, problem.reason);
  }
  if (listing.styles.empty())
    throw Error(ErrorKind::kNotFound,
                "there are no styles: `undersong styles` says where they are looked for");
  throw Error(ErrorKind::kUsage,
              fmt::format("there is no style '{}'{}", text, meant(wanted, listing)));
}

}  // namespace

std::vector<fs::path> style_folders() {
  std::vector<fs::path> folders;
  const auto add = [&](const fs::path& folder) {
    if (!folder.empty() && std::find(folders.begin(), folders.end(), folder) == folders.end())
      folders.push_back(folder);
  };
  if (const char* list = std::getenv("UNDERSONG_STYLES"); list != nullptr) {
    std::string_view rest = list;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(':'), rest.size());
      add(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  try {
    add(user_data_folder() / "styles");
  } catch (const Error&) {
    // Without a home the shipped ones do.
  }
  add(shipped_folder() / "styles");
  return folders;
}

StyleListing list_styles() {
  StyleListing listing;
  for (const fs::path& folder : style_folders()) {
    for (const fs::path& path : packs_in(folder, listing.problems)) add_pack(path, listing);
  }
  std::stable_sort(
      listing.styles.begin(), listing.styles.end(),
      [](const FoundStyle& a, const FoundStyle& b) { return a.style.name < b.style.name; });
  return listing;
}

FoundStyle find_style(std::string_view name_or_path) {
  if (is_path(name_or_path)) return load(fs::path(name_or_path));
  const std::string wanted = lower_case(name_or_path);
  StyleListing listing = list_styles();
  for (FoundStyle& found : listing.styles) {
    if (found.style.name == wanted) return std::move(found);
  }
  for (FoundStyle& found : listing.styles) {
    if (has_alias(found.style, wanted)) return std::move(found);
  }
  fail_unknown(name_or_path, wanted, listing);
}

}  // namespace undersong
