#include "pipeline/style_example.h"

#include <fmt/format.h>

#include <chrono>
#include <vector>

#include "base/error.h"
#include "base/scratch_folder.h"
#include "base/subprocess.h"
#include "pipeline/compose.h"

namespace undersong {
namespace {

using Arguments = std::vector<std::string>;

// Beyond the example's length: servers of sound take a while to wake.
constexpr std::chrono::seconds kPlayerDelay{30};

// Command lines without the file, those first that desktops have.
std::vector<Arguments> installed_players() {
  std::vector<Arguments> players;
  for (const Arguments& player :
       {Arguments{"pw-play"}, Arguments{"paplay"}, Arguments{"aplay", "-q"},
        Arguments{"ffplay", "-nodisp", "-autoexit", "-loglevel", "error"}}) {
    if (find_program(player.front())) players.push_back(player);
  }
  return players;
}

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  if (end == text.npos) return "";
  const std::size_t break_before = text.rfind('\n', end);
  const std::size_t begin = break_before == text.npos ? 0 : break_before + 1;
  return text.substr(begin, end + 1 - begin);
}

// The player's name. Errors: kIo with what the last one said.
std::string play(const std::filesystem::path& path, const std::vector<Arguments>& players) {
  const auto limit = std::chrono::seconds(static_cast<int>(kStyleExampleSeconds)) + kPlayerDelay;
  std::string complaint;
  for (Arguments arguments : players) {
    arguments.push_back(path.string());
    const SubprocessResult result = run_subprocess(arguments, limit);
    if (result.exit_code == 0 && !result.timed_out) return arguments.front();
    complaint = fmt::format("{} {}", arguments.front(),
                            result.timed_out ? std::string("did not come to an end")
                                             : "failed: " + last_line(result.errors));
  }
  throw Error(
      ErrorKind::kIo,
      fmt::format("cannot play sound here: {}; write the example to a file with -o", complaint));
}

}  // namespace

MusicFileReport write_style_example(const StyleExampleRequest& request, Progress& progress) {
  ComposeRequest compose;
  compose.composition.style = request.style;
  compose.composition.length_seconds = kStyleExampleSeconds;
  compose.seed = request.seed;
  compose.outputs = {request.output};
  compose.music.overwrite = request.overwrite;
  compose.certificate = CertificateWish::kOmit;
  return compose_music(compose, progress).variants.at(0).files.at(0);
}

PlayedExample play_style_example(StyleExampleRequest request, Progress& progress) {
  const std::vector<Arguments> players = installed_players();
  if (players.empty())
    throw Error(ErrorKind::kNotFound,
                "no program that plays sound is installed: install pipewire-bin, "
                "pulseaudio-utils, alsa-utils or ffmpeg, or write the example to a file with -o");
  const ScratchFolder scratch;
  request.output = scratch.path() / "example.wav";
  PlayedExample played;
  played.file = write_style_example(request, progress);
  played.player = play(request.output, players);
  return played;
}

}  // namespace undersong
