#include "train/process_group.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

#include "base/check.h"
#include "base/error.h"
#include "train/collective.h"

namespace undersong {
namespace {

constexpr int kMostProcesses = 4096;
constexpr int kHighestPort = 65535;

using Variable = std::function<const char*(const char*)>;

bool has(const Variable& variable, const char* name) {
  const char* text = variable(name);
  return text != nullptr && *text != '\0';
}

int number(const Variable& variable, const char* name, int least, int most) {
  const std::string_view text = variable(name);
  int value = 0;
  const auto end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc{} || stopped != end || value < least || value > most) {
    throw Error(ErrorKind::kUsage,
                fmt::format("{} is `{}` in the environment, and must be a number from "
                            "{} to {}: set it as torchrun does",
                            name, text, least, most));
  }
  return value;
}

void need(const Variable& variable, const char* name, int size) {
  if (has(variable, name)) return;
  throw Error(ErrorKind::kUsage,
              fmt::format("WORLD_SIZE is {} in the environment, but {} is not set: set both as "
                          "torchrun does, or neither to train in one process",
                          size, name));
}

// The address of this machine from which `place.address` is reached, so that the others find it
// where machines have several; empty when there is none.
std::string own_address(const GroupPlace& place) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_DGRAM;  // connecting sends nothing
  addrinfo* found = nullptr;
  if (getaddrinfo(place.address.c_str(), std::to_string(place.port).c_str(), &wanted, &found) != 0)
    return {};
  std::string address;
  for (const addrinfo* each = found; each != nullptr && address.empty(); each = each->ai_next) {
    const int socket = ::socket(each->ai_family, each->ai_socktype, each->ai_protocol);
    if (socket < 0) continue;
    sockaddr_storage own{};
    socklen_t length = sizeof own;
    auto* const generic = reinterpret_cast<sockaddr*>(&own);
    char text[NI_MAXHOST] = "";
    if (::connect(socket, each->ai_addr, each->ai_addrlen) == 0 &&
        ::getsockname(socket, generic, &length) == 0 &&
        ::getnameinfo(generic, length, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0) {
      address = text;
    }
    ::close(socket);
  }
  ::freeaddrinfo(found);
  return address;
}

// LibTorch's messages go on with a stack trace.
std::string first_line(const std::exception& fault) {
  const std::string_view text = fault.what();
  return std::string(text.substr(0, text.find('\n')));
}

std::unique_ptr<Collective> meet(const GroupPlace& place, bool cuda,
                                 const GroupPatience& patience) {
  const std::string address = own_address(place);
  if (address.empty()) {
    throw Error(ErrorKind::kIo,
                fmt::format("there is no way from here to {}, where MASTER_ADDR says that the "
                            "first process is: give a name or address that this machine can reach",
                            place.address));
  }
  try {
    return make_collective(place, address, cuda, patience);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& fault) {
    throw Error(
        ErrorKind::kIo,
        fmt::format(
            "process {} of {} did not meet the others at {} port {} within {} s ({}): start "
            "all {}, with the same MASTER_ADDR and MASTER_PORT, and a port that is free",
            place.rank, place.size, place.address, place.port, patience.joining.count(),
            first_line(fault), place.size));
  }
}

}  // namespace

GroupPlace place_in_group(const Variable& variable) {
  GroupPlace place;
  if (!has(variable, "WORLD_SIZE")) return place;
  place.size = number(variable, "WORLD_SIZE", 1, kMostProcesses);
  if (has(variable, "RANK") || place.size > 1) {
    need(variable, "RANK", place.size);
    place.rank = number(variable, "RANK", 0, place.size - 1);
  }
  place.local_rank = place.rank;
  if (has(variable, "LOCAL_RANK"))
    place.local_rank = number(variable, "LOCAL_RANK", 0, kMostProcesses - 1);
  if (place.size == 1) return place;
  need(variable, "MASTER_ADDR", place.size);
  place.address = variable("MASTER_ADDR");
  if (has(variable, "MASTER_PORT")) place.port = number(variable, "MASTER_PORT", 1, kHighestPort);
  if (has(variable, "GLOO_SOCKET_IFNAME")) place.interface = variable("GLOO_SOCKET_IFNAME");
  return place;
}

struct ProcessGroup::Inside {
  GroupPlace place;
  std::unique_ptr<Collective> collective;  // none in a group of one

  template <typename Number>
  void sum(std::span<Number> values) {
    if (!collective || values.empty()) return;
    try {
      collective->sum(values);
    } catch (const std::exception& fault) {
      throw Error(ErrorKind::kIo,
                  fmt::format("process {} of {} lost the others ({}): start all of them again, and "
                              "they go on from the checkpoint",
                              place.rank, place.size, first_line(fault)));
    }
  }
};

ProcessGroup::ProcessGroup(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
ProcessGroup::~ProcessGroup() = default;
ProcessGroup::ProcessGroup(ProcessGroup&&) noexcept = default;
ProcessGroup& ProcessGroup::operator=(ProcessGroup&&) noexcept = default;

ProcessGroup ProcessGroup::from_environment(bool cuda) {
  return join(place_in_group([](const char* name) { return std::getenv(name); }), cuda);
}

ProcessGroup ProcessGroup::join(const GroupPlace& place, bool cuda, GroupPatience patience) {
  UNDERSONG_CHECK(place.rank >= 0 && place.rank < place.size);
  auto inside = std::make_unique<Inside>();
  inside->place = place;
  if (place.size > 1) {
    if (cuda) use_gpu(place.local_rank);
    inside->collective = meet(place, cuda, patience);
  }
  return ProcessGroup(std::move(inside));
}

int ProcessGroup::rank() const { return inside_->place.rank; }
int ProcessGroup::size() const { return inside_->place.size; }

void ProcessGroup::sum(std::span<float> values) { inside_->sum(values); }
void ProcessGroup::sum(std::span<double> values) { inside_->sum(values); }

void ProcessGroup::wait() {
  double nothing = 0.0;
  sum(std::span<double>(&nothing, 1));
}

}  // namespace undersong
