#pragma once
// What a part does in an arrangement, whatever instrument plays it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace undersong {

enum class Role : std::uint8_t {
  kDrums,
  kPercussion,
  kBass,
  kChords,
  kPad,
  kArpeggio,
  kLead,
  kCounter,
};

inline constexpr std::array kRoles = {Role::kDrums, Role::kPercussion, Role::kBass, Role::kChords,
                                      Role::kPad,   Role::kArpeggio,   Role::kLead, Role::kCounter};
inline constexpr std::size_t kRoleCount = kRoles.size();

constexpr std::size_t index_of(Role role) { return static_cast<std::size_t>(role); }

// On the percussion channel, where a pitch is an instrument.
constexpr bool is_percussive(Role role) {
  return role == Role::kDrums || role == Role::kPercussion;
}

// "drums", "percussion", "bass", "chords", "pad", "arpeggio", "lead", "counter": what flags, style
// packs and plans say.
std::string_view name_of(Role role);
// "Drums", …, "Counter-melody": the names of tracks and stems.
std::string_view title_of(Role role);
// By name_of, in any case. Errors: kUsage, with the nearest name.
Role parse_role(std::string_view text);

// A set of roles, as a value.
class RoleSet {
 public:
  constexpr RoleSet() = default;
  constexpr RoleSet(std::initializer_list<Role> roles) {
    for (const Role role : roles) insert(role);
  }
  static constexpr RoleSet all() {
    RoleSet set;
    for (const Role role : kRoles) set.insert(role);
    return set;
  }

  constexpr bool contains(Role role) const { return (bits_ >> index_of(role) & 1U) != 0; }
  constexpr void insert(Role role) {
    bits_ = static_cast<std::uint8_t>(bits_ | 1U << index_of(role));
  }
  constexpr void erase(Role role) {
    bits_ = static_cast<std::uint8_t>(bits_ & ~(1U << index_of(role)));
  }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr RoleSet operator&(RoleSet other) const {
    RoleSet both;
    both.bits_ = bits_ & other.bits_;
    return both;
  }
  constexpr bool operator==(const RoleSet&) const = default;

 private:
  std::uint8_t bits_ = 0;
};

}  // namespace undersong
