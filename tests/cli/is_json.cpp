// Exits with 0 when standard input is one JSON value.

#include <iostream>
#include <nlohmann/json.hpp>

int main() {
  const bool valid = nlohmann::json::accept(std::istreambuf_iterator<char>(std::cin),
                                            std::istreambuf_iterator<char>());
  return valid ? 0 : 1;
}
