#include "plan/json_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/suggestion.h"

namespace undersong::detail {

nlohmann::ordered_json roles_json(RoleSet roles) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Role role : kRoles)
    if (roles.contains(role)) list.push_back(name_of(role));
  return list;
}

RoleSet roles_from(const nlohmann::json& json) {
  if (!json.is_array()) throw Error(ErrorKind::kFormat, "roles are a list: [\"drums\", \"bass\"]");
  RoleSet roles;
  for (const auto& name : json) roles.insert(parse_role(text(name)));
  return roles;
}

const nlohmann::json& field(const nlohmann::json& json, const char* key) {
  if (!json.is_object()) throw Error(ErrorKind::kFormat, "this is not an object");
  const auto found = json.find(key);
  if (found == json.end()) throw Error(ErrorKind::kFormat, fmt::format("'{}' is missing", key));
  return *found;
}

std::string text(const nlohmann::json& json) {
  if (!json.is_string()) throw Error(ErrorKind::kFormat, "this is not a text");
  return json.get<std::string>();
}

double number(const nlohmann::json& json) {
  if (!json.is_number()) throw Error(ErrorKind::kFormat, "this is not a number");
  const auto value = json.get<double>();
  if (!std::isfinite(value)) throw Error(ErrorKind::kFormat, "this number is too large");
  return value;
}

int integer(const nlohmann::json& json, int least, int most) {
  if (!json.is_number_integer()) throw Error(ErrorKind::kFormat, "this is not a whole number");
  const bool fits = json.is_number_unsigned()
                        ? json.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::max(most, 0))
                        : json.get<std::int64_t>() <= most;
  const auto value = fits ? json.get<std::int64_t>() : 0;
  if (!fits || value < least) {
    throw Error(ErrorKind::kFormat,
                fmt::format("this is out of range; give {} to {}", least, most));
  }
  return static_cast<int>(value);
}

bool truth(const nlohmann::json& json) {
  if (!json.is_boolean()) throw Error(ErrorKind::kFormat, "this is neither true nor false");
  return json.get<bool>();
}

std::uint64_t seed(const nlohmann::json& json) {
  if (!json.is_number_integer() || (!json.is_number_unsigned() && json.get<std::int64_t>() < 0))
    throw Error(ErrorKind::kFormat, "a seed is a whole number from 0");
  return json.get<std::uint64_t>();
}

void refuse_unknown_keys(const nlohmann::json& json, const std::vector<std::string>& known) {
  if (!json.is_object()) throw Error(ErrorKind::kFormat, "this is not an object");
  for (const auto& [key, value] : json.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      throw Error(ErrorKind::kFormat,
                  fmt::format("'{}' is unknown{}", key, suggestion(key, known)));
  }
}

}  // namespace undersong::detail
