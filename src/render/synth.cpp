#include "render/synth.h"

#include <fluidsynth.h>

#include <mutex>
#include <string>

#include "base/check.h"
#include "base/error.h"
#include "base/file.h"
#include "render/soundfont.h"

namespace undersong::detail {
namespace {

// A pianist's pedal keeps many notes, and stereo SoundFonts take two voices or more for each.
constexpr int kVoices = 512;

constexpr int kBendCentre = 8192;

// FluidSynth logs to stderr; what it says last is kept for our own message instead.
thread_local std::string last_complaint;

void keep_complaint(int level, const char* message, void*) {
  if (level == FLUID_PANIC || level == FLUID_ERR) last_complaint = message;
}

void silence_log() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const int level : {FLUID_PANIC, FLUID_ERR, FLUID_WARN, FLUID_INFO, FLUID_DBG})
      fluid_set_log_function(level, keep_complaint, nullptr);
  });
}

struct DeleteSettings {
  void operator()(fluid_settings_t* settings) const { delete_fluid_settings(settings); }
};
struct DeleteSynth {
  void operator()(fluid_synth_t* synth) const { delete_fluid_synth(synth); }
};

void set_int(fluid_settings_t* settings, const char* name, int value) {
  UNDERSONG_CHECK(fluid_settings_setint(settings, name, value) == FLUID_OK);
}

void set_number(fluid_settings_t* settings, const char* name, double value) {
  UNDERSONG_CHECK(fluid_settings_setnum(settings, name, value) == FLUID_OK);
}

}  // namespace

struct Synth::Handles {
  std::unique_ptr<fluid_settings_t, DeleteSettings> settings;
  std::unique_ptr<fluid_synth_t, DeleteSynth> synth;
};

Synth::Synth(const std::filesystem::path& soundfont, const SynthSettings& settings)
    : handles_(std::make_unique<Handles>()) {
  check_soundfont(soundfont);
  silence_log();
  handles_->settings.reset(new_fluid_settings());
  fluid_settings_t* const fluid = handles_->settings.get();
  UNDERSONG_CHECK(fluid != nullptr);
  set_number(fluid, "synth.sample-rate", settings.sample_rate);
  set_number(fluid, "synth.gain", settings.gain);
  set_int(fluid, "synth.midi-channels", static_cast<int>(settings.is_percussion.size()));
  set_int(fluid, "synth.polyphony", kVoices);
  set_int(fluid, "synth.audio-channels", settings.groups);
  set_int(fluid, "synth.audio-groups", settings.groups);
  const int effects = settings.effects == SynthEffects::kOn ? 1 : 0;
  set_int(fluid, "synth.reverb.active", effects);
  set_int(fluid, "synth.chorus.active", effects);
  // Only the instruments that the piece uses are read: a fraction of the memory, and of the time
  // for compressed SoundFonts. Fixed, since the output can differ between the two.
  set_int(fluid, "synth.dynamic-sample-loading", 1);
  set_int(fluid, "synth.lock-memory", 0);
  set_int(fluid, "synth.threadsafe-api", 0);
  set_int(fluid, "synth.cpu-cores", 1);

  handles_->synth.reset(new_fluid_synth(fluid));
  fluid_synth_t* const synth = handles_->synth.get();
  UNDERSONG_CHECK(synth != nullptr);
  last_complaint.clear();
  if (fluid_synth_sfload(synth, soundfont.c_str(), 1) == FLUID_FAILED) {
    throw Error(ErrorKind::kFormat,
                "cannot load the SoundFont " + display(soundfont) +
                    (last_complaint.empty() ? std::string() : ": " + last_complaint) +
                    "; it may be damaged: install or download it again");
  }
  for (std::size_t i = 0; i < settings.is_percussion.size(); ++i) {
    const int channel = static_cast<int>(i);
    fluid_synth_set_channel_type(
        synth, channel, settings.is_percussion[i] ? CHANNEL_TYPE_DRUM : CHANNEL_TYPE_MELODIC);
    fluid_synth_program_change(synth, channel, 0);
  }
}

Synth::~Synth() = default;

// What the calls below return is not looked at: a key that an instrument does not have, or the end
// of a note that died, is no error.
void Synth::send(const SynthEvent& event) {
  fluid_synth_t* const synth = handles_->synth.get();
  const int channel = event.channel;
  switch (event.kind) {
    case SynthEvent::Kind::kNoteOff: fluid_synth_noteoff(synth, channel, event.number); break;
    case SynthEvent::Kind::kNoteOn:
      fluid_synth_noteon(synth, channel, event.number, event.value);
      break;
    case SynthEvent::Kind::kController:
      fluid_synth_cc(synth, channel, event.number, event.value);
      break;
    case SynthEvent::Kind::kProgram: fluid_synth_program_change(synth, channel, event.value); break;
    case SynthEvent::Kind::kPitchBend:
      fluid_synth_pitch_bend(synth, channel, event.value + kBendCentre);
      break;
    case SynthEvent::Kind::kChannelPressure:
      fluid_synth_channel_pressure(synth, channel, event.value);
      break;
    case SynthEvent::Kind::kKeyPressure:
      fluid_synth_key_pressure(synth, channel, event.number, event.value);
      break;
  }
}

void Synth::render(std::span<float> samples) {
  const int frames = static_cast<int>(samples.size() / 2);
  const int status = fluid_synth_write_float(handles_->synth.get(), frames, samples.data(), 0, 2,
                                             samples.data(), 1, 2);
  UNDERSONG_CHECK(status == FLUID_OK);
}

void Synth::add_groups(std::size_t frames, std::span<float*> outputs) {
  const int status = fluid_synth_process(handles_->synth.get(), static_cast<int>(frames), 0,
                                         nullptr, static_cast<int>(outputs.size()), outputs.data());
  UNDERSONG_CHECK(status == FLUID_OK);
}

int Synth::sounding_voices() const {
  return fluid_synth_get_active_voice_count(handles_->synth.get());
}

}  // namespace undersong::detail
