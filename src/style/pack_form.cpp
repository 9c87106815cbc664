#include "style/pack_form.h"

#include <fmt/format.h>

#include <algorithm>

namespace undersong {
namespace {

constexpr std::size_t kMostForms = 40;
constexpr std::size_t kLongestBody = 32;

bool is_letter(std::string_view kind) {
  return kind.size() == 1 && kind[0] >= 'A' && kind[0] <= 'Z';
}

bool is_frame(std::string_view kind) { return kind == "intro" || kind == "outro"; }

void read_section_roles(PackTable& table, const Style& style, SectionPack& section) {
  bool anybody = false;
  const auto roles = table.list<Role>(
      "roles",
      [&](std::string_view text) {
        const Role role = parse_role(text);
        if (style.role(role) == nullptr)
          throw Error(ErrorKind::kFormat,
                      fmt::format("the style has no {0}; add [{0}] or leave it out", text));
        anybody = anybody || style.role(role)->from_energy <= section.energy;
        return role;
      },
      Need::kRequired);
  for (const Role role : roles) section.roles.insert(role);
  if (!roles.empty() && !anybody)
    table.complain_about(*table.take("roles"), "roles",
                         fmt::format("nobody plays at the section's energy of {}; lower the "
                                     "from_energy of one of them",
                                     section.energy));
}

SectionPack read_section(PackTable table, std::string_view kind, const Style& style) {
  SectionPack section;
  section.kind = kind;
  section.energy = table.number("energy", {0.0, 1.0}, section.energy, Need::kRequired);
  section.bars = is_frame(kind) ? table.choice("bars", {1, 2, 4, 8}, 4)
                                : table.choice("bars", {4, 8, 12, 16}, 8);
  read_section_roles(table, style, section);
  table.finish();
  return section;
}

// A section of a body: "A", "A'" …
void check_body_item(std::string_view item, const std::vector<std::string>& before,
                     const Style& style) {
  const std::string_view letter = item.substr(0, 1);
  const bool formed =
      is_letter(letter) && item.find_first_not_of('\'', 1) == item.npos && item.size() <= 4;
  if (!formed)
    throw Error(ErrorKind::kFormat,
                fmt::format("'{}' is no section of a body; write a letter, and an apostrophe for "
                            "each variation, such as A or A'",
                            item));
  if (find_section(style, letter) == nullptr)
    throw Error(ErrorKind::kFormat,
                fmt::format("there is no section {0}; add [section.{0}]", letter));
  const bool has_model = std::any_of(before.begin(), before.end(), [&](const std::string& other) {
    return other.substr(0, 1) == letter;
  });
  if (item.size() > 1 && !has_model)
    throw Error(ErrorKind::kFormat,
                fmt::format("'{}' varies a section {} that is not before it; begin with {}", item,
                            letter, letter));
}

FormPack read_form(PackTable& table, const Style& style) {
  FormPack form;
  form.weight = table.number("weight", {0.001, 1000.0}, 1.0);
  const TomlNode* body = table.take("body", TomlNode::Kind::kArray, Need::kRequired);
  if (body != nullptr) {
    if (body->items.empty()) table.complain_about(*body, "body", "is empty; name a section");
    if (body->items.size() > kLongestBody)
      table.complain_about(
          *body, "body",
          fmt::format("has {} sections; {} are the most", body->items.size(), kLongestBody));
    for (const TomlNode& item : body->items) {
      if (item.kind != TomlNode::Kind::kText) {
        table.complain_about(item, "body",
                             fmt::format("holds {}; give texts in quotes", describe(item.kind)));
        continue;
      }
      try {
        check_body_item(item.text, form.body, style);
      } catch (const Error& error) {
        table.complain_about(item, "body", error.message());
      }
      form.body.push_back(item.text);
    }
  }
  table.finish();
  return form;
}

// What no form names is never heard, which nobody means.
void check_all_named(const PackTable& sections, const Style& style) {
  if (style.forms.empty()) return;
  for (const SectionPack& section : style.sections) {
    const bool named =
        std::any_of(style.forms.begin(), style.forms.end(), [&](const FormPack& form) {
          return std::any_of(form.body.begin(), form.body.end(), [&](const std::string& item) {
            return item.substr(0, 1) == section.kind;
          });
        });
    if (!is_frame(section.kind) && !named)
      sections.complain(
          fmt::format("no form names the section {0}; name it or take "
                      "[section.{0}] away",
                      section.kind));
  }
}

}  // namespace

const SectionPack* find_section(const Style& style, std::string_view kind) {
  for (const SectionPack& section : style.sections) {
    if (section.kind == kind) return &section;
  }
  return nullptr;
}

void read_sections(PackTable& top, Style& style) {
  PackTable sections = top.table("section", Need::kRequired);
  for (const char* frame : {"intro", "outro"}) {
    PackTable table = sections.table(frame, Need::kRequired);
    if (table.present()) style.sections.push_back(read_section(table, frame, style));
  }
  if (!sections.present()) return;
  for (const TomlNode::Entry& entry : sections.node()->entries) {
    if (!is_letter(entry.key)) continue;
    const PackTable table = sections.table(entry.key);
    if (table.present()) style.sections.push_back(read_section(table, entry.key, style));
  }
  sections.finish();
}

void read_forms(PackTable& top, Style& style) {
  for (PackTable& form : top.tables("form", kMostForms, Need::kRequired))
    style.forms.push_back(read_form(form, style));
  check_all_named(top.table("section"), style);
}

}  // namespace undersong
