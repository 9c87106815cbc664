// Exits with 0 when standard input is one JSON value.

#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

int main() {
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  return nlohmann::json::accept(text) ? 0 : 1;
}
