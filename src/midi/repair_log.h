#pragma once
// What a reading had to mend, for people.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace undersong::detail {

// "1 byte", "2 bytes".
std::string counted(std::size_t count, std::string_view unit);

class RepairLog {
 public:
  // `what` is a sentence without its full stop; the byte is put in front.
  void add(std::size_t byte, std::string_view what);
  // The same of damage that ends a track; the first is kept as the reason in case nothing at all
  // can be read.
  void add_damage(std::size_t byte, std::string_view what);

  // The first damage, empty without.
  const std::string& first_damage() const { return first_damage_; }
  // The list; a last line counts what did not fit.
  std::vector<std::string> take();

 private:
  // A damaged file can give a repair every few bytes; nobody reads more than some.
  static constexpr std::size_t kMostRepairs = 50;

  std::vector<std::string> repairs_;
  std::size_t left_out_ = 0;
  std::string first_damage_;
};

}  // namespace undersong::detail
