#include "pipeline/doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/error.h"
#include "base/paths.h"
#include "base/subprocess.h"
#include "pipeline/trainer.h"
#include "render/soundfont.h"
#include "transcribe/basic_pitch_import.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using Need = Finding::Need;

// LibTorch alone takes 1.4 s to start on two cores; a GPU's driver may take longer the first time.
constexpr std::chrono::seconds kProgramLimit{10};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string apt_install(const std::string& package) {
  return (::geteuid() == 0 ? "apt-get install " : "sudo apt-get install ") + package;
}

// What a program prints, empty when it is missing or fails.
std::string ask(const std::vector<std::string>& arguments) {
  try {
    const SubprocessResult result = run_subprocess(arguments, kProgramLimit);
    return result.exit_code == 0 && !result.timed_out ? result.output : std::string();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled) throw;
    return {};
  }
}

// The value of the first line of /proc/cpuinfo that starts with `key`.
std::string processor_field(const std::string& key) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with(key) && colon != std::string::npos) return line.substr(colon + 2);
  }
  return {};
}

// Of the processor's flags, those that the kernels make use of, widest first.
std::string simd_names() {
  std::istringstream flags(processor_field("flags"));
  std::string flag;
  std::vector<std::string> known = {"avx512f", "avx2", "fma", "sse4_2"};
  std::vector<std::string> seen;
  while (flags >> flag) seen.push_back(flag);
  std::string names;
  for (const std::string& name : known) {
    if (std::find(seen.begin(), seen.end(), name) == seen.end()) continue;
    names += (names.empty() ? "" : " ") + name;
  }
  return names.empty() ? "no SIMD known to us" : names;
}

Finding processor() {
  const std::string model = processor_field("model name");
  return {.section = "devices",
          .name = "CPU",
          .found = true,
          .detail = fmt::format("{}, {} cores, {}", model.empty() ? "unknown model" : model,
                                std::thread::hardware_concurrency(), simd_names()),
          .install = "",
          .need = Need::kInformation};
}

Finding graphics() {
  const std::string answer =
      ask({"nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"});
  Finding finding{.section = "devices",
                  .name = "GPU",
                  .found = !answer.empty(),
                  .detail = "none with CUDA; training runs on the CPU",
                  .install = "",
                  .need = Need::kInformation};
  if (finding.found) finding.detail = first_line(answer);
  return finding;
}

std::vector<Finding> training() {
  Finding trainer{.section = "training",
                  .name = "undersong-train",
                  .found = false,
                  .detail = "trains networks; everything else works without it",
                  .install = kBuildTrainer,
                  .need = Need::kOptional};
  Finding torch{.section = "training",
                .name = "LibTorch",
                .found = false,
                .detail = "what undersong-train trains with",
                .install = apt_install("libtorch-dev"),
                .need = Need::kOptional};
  const auto program = find_trainer();
  const std::string devices = program ? ask({program->string(), "--devices"}) : std::string();
  if (program) {
    trainer.found = true;
    trainer.detail = program->string();
    trainer.install.clear();
  }
  if (!devices.empty()) {
    torch.found = true;
    torch.detail = first_line(devices);
    torch.install.clear();
  }
  return {trainer, torch};
}

std::vector<Finding> sound() {
  std::vector<Finding> findings;
  for (const fs::path& path : soundfont_search_list()) {
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored)) continue;
    findings.push_back({.section = "sound",
                        .name = "SoundFont",
                        .found = true,
                        .detail = path.string(),
                        .install = "",
                        .need = Need::kInformation});
  }
  if (findings.empty()) {
    findings.push_back({.section = "sound",
                        .name = "SoundFont",
                        .found = false,
                        .detail = "without one only MIDI files can be written",
                        .install = apt_install("fluid-soundfont-gm"),
                        .need = Need::kGenerate});
  }
  return findings;
}

Finding program(const std::string& name, const std::string& version_flag, const std::string& use) {
  Finding finding{.section = "programs",
                  .name = name,
                  .found = false,
                  .detail = use,
                  .install = apt_install(name),
                  .need = Need::kOptional};
  const std::string answer = first_line(ask({name, version_flag}));
  if (!answer.empty()) {
    finding.found = true;
    finding.detail = answer;
    finding.install.clear();
  }
  return finding;
}

// Whether a file could be made in `folder` or, while it does not exist, in its nearest parent.
bool writable(fs::path folder) {
  std::error_code ignored;
  while (!fs::exists(folder, ignored) && folder.has_parent_path() && folder != folder.root_path())
    folder = folder.parent_path();
  return ::access(folder.c_str(), W_OK | X_OK) == 0;
}

Finding data_folder() {
  Finding finding{.section = "data",
                  .name = "data folder",
                  .found = false,
                  .detail = "",
                  .install = "export XDG_DATA_HOME=FOLDER, one that you may write to",
                  .need = Need::kOptional};
  try {
    const fs::path folder = user_data_folder();
    finding.found = writable(folder);
    finding.detail = folder.string() + (finding.found ? "" : " cannot be written to");
  } catch (const Error& error) {
    finding.detail = error.message();
  }
  if (finding.found) finding.install.clear();
  return finding;
}

std::vector<std::string> weights_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".safetensors") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

Finding shipped_models() {
  const fs::path folder = shipped_folder() / "models";
  const std::vector<std::string> names = weights_in(folder);
  return {
      .section = "data",
      .name = "shipped models",
      .found = !names.empty(),
      .detail = names.empty() ? "no weights in " + folder.string()
                              : fmt::format("{}: {}", folder.string(), fmt::join(names, ", ")),
      .install = names.empty() ? "git checkout models, or name your own weights with --model" : "",
      .need = Need::kGenerate};
}

Finding pitch_network() {
  Finding finding{.section = "data",
                  .name = "pitch network",
                  .found = false,
                  .detail = "what transcribe hears with; everything else works without it",
                  .install = "scripts/get-transcriber.sh",
                  .need = Need::kOptional};
  try {
    finding.detail = find_pitch_network().string();
    finding.found = true;
    finding.install.clear();
  } catch (const Error&) {
    // The detail says what is lost.
  }
  return finding;
}

}  // namespace

bool DoctorReport::can_generate() const {
  return std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return !finding.found && finding.need == Need::kGenerate;
  });
}

DoctorReport examine_machine() {
  DoctorReport report;
  auto& findings = report.findings;
  findings = {processor(), graphics()};
  for (Finding& finding : training()) findings.push_back(std::move(finding));
  for (Finding& finding : sound()) findings.push_back(std::move(finding));
  findings.push_back(program("ffmpeg", "-version", "reads and writes video"));
  findings.push_back(program("yt-dlp", "--version", "fetches music from links"));
  findings.push_back(data_folder());
  findings.push_back(shipped_models());
  findings.push_back(pitch_network());
  return report;
}

}  // namespace undersong
