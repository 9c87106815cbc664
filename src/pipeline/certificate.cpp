#include "pipeline/certificate.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

#include "audio/audio_file.h"
#include "base/cancel.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/suggestion.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;
constexpr const char* kWhat = "undersong certificate";
constexpr const char* kSuffix = ".certificate.json";
constexpr const char* kPageSuffix = ".certificate.html";

// A plan of two hours and a thousand files stay far below.
constexpr std::uintmax_t kLargestBytes = 16U << 20U;
constexpr std::size_t kMostFiles = 1000;

constexpr std::array<std::pair<CertifiedKind, const char*>, 3> kKinds = {
    {{CertifiedKind::kAudio, "audio"},
     {CertifiedKind::kMidi, "midi"},
     {CertifiedKind::kStem, "stem"}}};

const char* name_of(CertifiedKind kind) {
  for (const auto& [known, name] : kKinds) {
    if (known == kind) return name;
  }
  return "";
}

[[noreturn]] void throw_wrong(const std::string& key, const char* what) {
  throw Error(ErrorKind::kFormat, fmt::format("{} {}", key, what));
}

// A value of a JSON object, with the type checked before anything takes it for something else.
const Json& member(const Json& object, const std::string& key) {
  const auto found = object.find(key);
  if (found == object.end()) throw_wrong(key, "is missing");
  return *found;
}

std::string text_of(const Json& object, const std::string& key) {
  const Json& value = member(object, key);
  if (!value.is_string()) throw_wrong(key, "is no text");
  return value.get<std::string>();
}

std::string hash_of(const Json& object, const std::string& key) {
  std::string text = text_of(object, key);
  const bool is_hash =
      text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_hash) throw_wrong(key, "is no SHA-256 (64 digits 0-9 and a-f)");
  return text;
}

double number_of(const Json& object, const std::string& key) {
  const Json& value = member(object, key);
  if (!value.is_number()) throw_wrong(key, "is no number");
  return value.get<double>();
}

const Json& list_of(const Json& object, const std::string& key) {
  const Json& value = member(object, key);
  if (!value.is_array() || value.size() > kMostFiles) throw_wrong(key, "is no list");
  return value;
}

// Files stand in the certificate's folder or below it: a certificate from elsewhere must not send
// anybody through the disk.
bool is_inside(const std::string& name) {
  const fs::path path = name;
  if (name.empty() || path.is_absolute()) return false;
  for (const fs::path& part : path) {
    if (part == ".." || part == ".") return false;
  }
  return true;
}

CertifiedFile file_of(const Json& json) {
  if (!json.is_object()) throw_wrong("it", "is no object");
  CertifiedFile file;
  file.name = text_of(json, "name");
  if (!is_inside(file.name)) throw_wrong("name", "leads out of the certificate's folder");
  const std::string kind = text_of(json, "kind");
  bool is_known = false;
  for (const auto& [known, name] : kKinds) {
    if (kind != name) continue;
    file.kind = known;
    is_known = true;
  }
  if (!is_known) throw_wrong("kind", "is neither audio nor midi nor stem");
  file.sha256 = hash_of(json, "sha256");
  const Json& bytes = member(json, "bytes");
  if (!bytes.is_number_unsigned()) throw_wrong("bytes", "is no number of bytes");
  file.bytes = bytes.get<std::int64_t>();
  return file;
}

CertifiedIngredient ingredient_of(const Json& json) {
  if (!json.is_object()) throw_wrong("it", "is no object");
  return {.kind = text_of(json, "kind"),
          .name = text_of(json, "name"),
          .sha256 = text_of(json, "sha256"),
          .terms = text_of(json, "terms"),
          .detail = text_of(json, "detail")};
}

template <typename Read>
auto read_list(const Json& object, const std::string& key, Read read) {
  std::vector<decltype(read(object))> values;
  const Json& list = list_of(object, key);
  for (std::size_t i = 0; i < list.size(); ++i)
    values.push_back(with_context(fmt::format("{}[{}]", key, i), [&] { return read(list[i]); }));
  return values;
}

Certificate certificate_of(const Json& json) {
  if (!json.is_object() || !json.contains("what") || json["what"] != kWhat)
    throw Error(ErrorKind::kFormat, "it is no certificate of undersong");
  if (member(json, "format") != kFormat) {
    throw Error(ErrorKind::kFormat,
                fmt::format("it is of format {}, and this version reads {}; update undersong",
                            json["format"].dump(), kFormat));
  }
  Certificate certificate;
  certificate.program_version = text_of(json, "version");
  certificate.date = text_of(json, "date");
  certificate.title = text_of(json, "title");
  certificate.target_lufs = number_of(json, "target_lufs");
  certificate.ceiling_dbtp = number_of(json, "ceiling_dbtp");
  certificate.request = with_context(
      "request", [&] { return composition_request_from_json(member(json, "request")); });
  if (json.contains("plan")) certificate.plan = json["plan"].dump();
  if (json.contains("edited_from_sha256"))
    certificate.edited_from_sha256 = hash_of(json, "edited_from_sha256");
  certificate.files = read_list(json, "files", file_of);
  certificate.ingredients = read_list(json, "ingredients", ingredient_of);
  certificate.originality = member(json, "originality");
  certificate.originality_text = text_of(json, "originality_text");
  return certificate;
}

// A dot in a folder's name, or in "1.5 beats", is no suffix.
fs::path with_suffix(const fs::path& track, const char* suffix) {
  fs::path path = track;
  const std::string extension = lower_case(track.extension().string());
  const bool is_ours = audio_format_of(track) || extension == ".mid" || extension == ".midi";
  if (is_ours) path.replace_extension();
  return path += suffix;
}

}  // namespace

fs::path certificate_path(const fs::path& track) { return with_suffix(track, kSuffix); }
fs::path certificate_page_path(const fs::path& track) { return with_suffix(track, kPageSuffix); }

Json to_json(const Certificate& certificate) {
  Json json = {{"what", kWhat},
               {"format", kFormat},
               {"program", "undersong"},
               {"version", certificate.program_version},
               {"date", certificate.date},
               {"title", certificate.title},
               {"target_lufs", certificate.target_lufs},
               {"ceiling_dbtp", certificate.ceiling_dbtp},
               {"request", to_json(certificate.request)}};
  if (certificate.plan) json["plan"] = Json::parse(*certificate.plan);
  if (certificate.edited_from_sha256) json["edited_from_sha256"] = *certificate.edited_from_sha256;
  json["files"] = Json::array();
  for (const CertifiedFile& file : certificate.files) {
    json["files"].push_back({{"name", file.name},
                             {"kind", name_of(file.kind)},
                             {"sha256", file.sha256},
                             {"bytes", file.bytes}});
  }
  json["ingredients"] = Json::array();
  for (const CertifiedIngredient& ingredient : certificate.ingredients) {
    json["ingredients"].push_back({{"kind", ingredient.kind},
                                   {"name", ingredient.name},
                                   {"sha256", ingredient.sha256},
                                   {"terms", ingredient.terms},
                                   {"detail", ingredient.detail}});
  }
  json["originality"] = certificate.originality;
  json["originality_text"] = certificate.originality_text;
  json["licence"] = licence_of_output();
  json["dispute"] = dispute_paragraph(certificate);
  return json;
}

Certificate read_certificate(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) throw Error(ErrorKind::kFormat, "it is no JSON; it may be cut short");
  try {
    return certificate_of(json);
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kFormat,
                fmt::format("a value is not what it should be ({})", error.what()));
  }
}

Certificate load_certificate(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored) && fs::file_size(path, ignored) > kLargestBytes) {
    throw Error(ErrorKind::kFormat, display(path) + " is no certificate: it is far too large");
  }
  const std::string text = read_text_file(path);
  return with_context("reading " + display(path), [&] { return read_certificate(text); });
}

std::string sha256_of_file(const fs::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (file == nullptr) {
    const bool is_missing = errno == ENOENT || errno == ENOTDIR;
    throw Error(
        is_missing ? ErrorKind::kNotFound : ErrorKind::kIo,
        fmt::format("cannot open {}: {}", display(path), std::generic_category().message(errno)));
  }
  Sha256 hash;
  std::vector<std::uint8_t> block(1U << 18U);
  for (;;) {
    throw_if_cancelled();
    const std::size_t got = std::fread(block.data(), 1, block.size(), file.get());
    hash.update(std::span(block.data(), got));
    if (got < block.size()) break;
  }
  if (std::ferror(file.get()) != 0) throw Error(ErrorKind::kIo, "cannot read " + display(path));
  return hash.finish_hex();
}

}  // namespace undersong
