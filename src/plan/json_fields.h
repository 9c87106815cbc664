#pragma once
// Reading and writing fields of requests and plans. All errors are kFormat and name the key.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "score/role.h"

namespace undersong::detail {

// More than the bars of two hours at any tempo; keeps sums of bars in range.
inline constexpr int kMostBars = 100000;

nlohmann::ordered_json roles_json(RoleSet roles);  // ["drums", "bass"]
RoleSet roles_from(const nlohmann::json& json);

const nlohmann::json& field(const nlohmann::json& json, const char* key);
std::string text(const nlohmann::json& json);
double number(const nlohmann::json& json);  // finite
int integer(const nlohmann::json& json, int least, int most);
bool truth(const nlohmann::json& json);
std::uint64_t seed(const nlohmann::json& json);

// Refuses what is no object, and keys that are not among `known`.
void refuse_unknown_keys(const nlohmann::json& json, const std::vector<std::string>& known);

// Errors of `action` as kFormat, with the key in front.
template <typename Action>
auto in_key(std::string_view key, Action&& action) -> decltype(action()) {
  try {
    return action();
  } catch (const Error& error) {
    throw Error(ErrorKind::kFormat, error.message()).within(key);
  }
}

// Does nothing where the key is missing.
template <typename Action>
void optional_field(const nlohmann::json& json, const char* key, Action&& action) {
  const auto found = json.find(key);
  if (found != json.end()) in_key(key, [&] { action(*found); });
}

// Each element of a list that may be missing; errors name key and element, from 1.
template <typename Action>
void each(const nlohmann::json& json, const char* key, Action&& action) {
  optional_field(json, key, [&](const nlohmann::json& list) {
    if (!list.is_array()) throw Error(ErrorKind::kFormat, "this is not a list");
    for (std::size_t i = 0; i < list.size(); ++i)
      in_key(std::to_string(i + 1), [&] { action(list[i]); });
  });
}

}  // namespace undersong::detail
