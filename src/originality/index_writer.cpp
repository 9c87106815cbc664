#include "originality/index_writer.h"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"

namespace undersong::detail {
namespace {

class OutputFile {
 public:
  OutputFile(const std::filesystem::path& path, const char* mode)
      : path_(path), file_(std::fopen(path.c_str(), mode)) {
    if (file_ == nullptr) fail();
  }
  ~OutputFile() {
    if (file_ != nullptr) std::fclose(file_);
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void seek(std::uint64_t offset) {
    if (::fseeko(file_, static_cast<off_t>(offset), SEEK_SET) != 0) fail();
  }
  void write(const void* bytes, std::size_t size) {
    if (size > 0 && std::fwrite(bytes, 1, size, file_) != size) fail();
  }
  void read(void* bytes, std::size_t size) {
    if (std::fread(bytes, 1, size, file_) != size) fail();
  }
  // A full disk may show only here.
  void close() {
    FILE* file = file_;
    file_ = nullptr;
    if (std::fclose(file) != 0) fail();
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(ErrorKind::kIo, "cannot write the index as " + display(path_) + ": " +
                                    std::generic_category().message(errno));
  }

  std::filesystem::path path_;
  FILE* file_;
};

void seal(IndexHeader& header) {
  header.hash =
      hash64(std::string_view(reinterpret_cast<const char*>(&header), offsetof(IndexHeader, hash)));
}

SectionEntry& entry_of(IndexHeader& header, Section section) {
  return header.sections[static_cast<std::size_t>(section)];
}

template <typename T>
void write_section(OutputFile& file, IndexHeader& header, Section section,
                   const std::vector<T>& values) {
  const std::uint64_t bytes = values.size() * sizeof(T);
  entry_of(header, section) = {header.file_bytes, bytes};
  file.write(values.data(), bytes);
  const std::array<char, kSectionAlignment> padding{};
  const std::uint64_t rest = bytes % kSectionAlignment;
  const std::uint64_t pad = rest == 0 ? 0 : kSectionAlignment - rest;
  file.write(padding.data(), pad);
  header.file_bytes += bytes + pad;
}

// The last section, without padding. Ends with the header, at the start.
void write_description(OutputFile& file, IndexHeader& header, const IndexDescription& description) {
  const std::string json = to_json(description);
  entry_of(header, Section::kDescription) = {header.file_bytes, json.size()};
  file.write(json.data(), json.size());
  header.file_bytes += json.size();
  header.description_hash = hash64(json);
  seal(header);
  file.seek(0);
  file.write(&header, sizeof(header));
  file.close();
}

}  // namespace

void write_index(const std::filesystem::path& path, const IndexContent& content,
                 const IndexDescription& description) {
  OutputFile file(path, "wb");
  IndexHeader header;
  file.write(&header, sizeof(header));
  header.file_bytes = sizeof(header);
  write_section(file, header, Section::kText, content.text);
  write_section(file, header, Section::kSuffixes, content.suffixes);
  write_section(file, header, Section::kVoices, content.voices);
  write_section(file, header, Section::kNoteOnsets, content.note_onsets);
  write_section(file, header, Section::kNotePitches, content.note_pitches);
  write_section(file, header, Section::kPieces, content.pieces);
  write_section(file, header, Section::kMeters, content.meters);
  write_section(file, header, Section::kPointOnsets, content.point_onsets);
  write_section(file, header, Section::kPointPitches, content.point_pitches);
  write_section(file, header, Section::kBuckets, content.bucket_begins);
  write_section(file, header, Section::kAnchors, content.anchors);
  write_description(file, header, description);
}

void replace_description(const std::filesystem::path& path, const IndexDescription& description) {
  OutputFile file(path, "r+b");
  IndexHeader header;
  file.read(&header, sizeof(header));
  header.file_bytes = entry_of(header, Section::kDescription).offset;
  std::filesystem::resize_file(path, header.file_bytes);
  file.seek(header.file_bytes);
  write_description(file, header, description);
}

}  // namespace undersong::detail
