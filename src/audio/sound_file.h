#pragma once
// What reading and writing through libsndfile share. Its header stays inside this module's .cpp
// files and this one.

#include <sndfile.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "audio/audio_file.h"

namespace undersong::detail {

inline constexpr std::size_t kSoundBlockFrames = 65536;  // between looks for cancellation

// A descriptor that libsndfile reads and writes through callbacks, so that the reason of a failed
// write (a full disk, say) is not lost inside it.
class VirtualFile {
 public:
  VirtualFile(const std::filesystem::path& path, int flags);
  ~VirtualFile();
  VirtualFile(const VirtualFile&) = delete;
  VirtualFile& operator=(const VirtualFile&) = delete;

  int failure() const { return failure_; }  // the first errno; 0 when all went well

  // Hides what was written so far: for libsndfile the file begins here.
  void begin_here();

  sf_count_t length() const;
  sf_count_t seek(sf_count_t offset, int whence);
  // What was moved; less than `count` at the end of the file or after a failure.
  sf_count_t read(void* to, sf_count_t count);
  sf_count_t write(const void* from, sf_count_t count);

 private:
  template <typename Char, typename Call>
  sf_count_t transfer(sf_count_t count, Char* at, const Call& call);

  int fd_;
  int failure_ = 0;
  sf_count_t begin_ = 0;
};

// With a VirtualFile as the user's pointer.
SF_VIRTUAL_IO virtual_callbacks();

struct CloseSound {
  void operator()(SNDFILE* sound) const { sf_close(sound); }
};
using Sound = std::unique_ptr<SNDFILE, CloseSound>;

// Without libsndfile's final full stop.
std::string reason_of(SNDFILE* sound);

using TagField = std::pair<int, std::string AudioTags::*>;
inline constexpr std::array<TagField, 6> kTagFields = {{{SF_STR_TITLE, &AudioTags::title},
                                                        {SF_STR_ARTIST, &AudioTags::artist},
                                                        {SF_STR_DATE, &AudioTags::date},
                                                        {SF_STR_GENRE, &AudioTags::genre},
                                                        {SF_STR_COMMENT, &AudioTags::comment},
                                                        {SF_STR_SOFTWARE, &AudioTags::software}}};

}  // namespace undersong::detail
