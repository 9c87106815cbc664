#include "train/process_runs.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "support/temporary_folder.h"

extern char** environ;

namespace undersong {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

std::vector<std::string> environment(int rank, int size, int port) {
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each) variables.emplace_back(*each);
  variables.push_back("RANK=" + std::to_string(rank));
  variables.push_back("WORLD_SIZE=" + std::to_string(size));
  variables.push_back("MASTER_ADDR=127.0.0.1");
  variables.push_back("MASTER_PORT=" + std::to_string(port));
  return variables;
}

pid_t start(std::vector<std::string> command, std::vector<std::string> variables,
            const std::filesystem::path& output, const std::filesystem::path& errors) {
  posix_spawn_file_actions_t streams;
  posix_spawn_file_actions_init(&streams);
  constexpr int kCreate = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&streams, STDOUT_FILENO, output.c_str(), kCreate, 0600);
  posix_spawn_file_actions_addopen(&streams, STDERR_FILENO, errors.c_str(), kCreate, 0600);
  pid_t child = 0;
  EXPECT_EQ(posix_spawn(&child, command.front().c_str(), &streams, nullptr,
                        pointers(command).data(), pointers(variables).data()),
            0);
  posix_spawn_file_actions_destroy(&streams);
  return child;
}

}  // namespace

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(socket, generic, length), 0);
  EXPECT_EQ(::getsockname(socket, generic, &length), 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

std::vector<MemberResult> run_together(const std::string& program,
                                       const std::vector<std::string>& arguments, int size) {
  const TemporaryFolder folder;
  const int port = free_port();
  std::vector<std::string> command = {program};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::vector<pid_t> children;
  for (int rank = 0; rank < size; ++rank) {
    const std::string name = std::to_string(rank);
    children.push_back(start(command, environment(rank, size, port), folder / (name + ".out"),
                             folder / (name + ".err")));
  }
  std::vector<MemberResult> results;
  for (int rank = 0; rank < size; ++rank) {
    int status = 0;
    waitpid(children[static_cast<std::size_t>(rank)], &status, 0);
    const std::string name = std::to_string(rank);
    results.push_back({WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                       read_text_file(folder / (name + ".out")),
                       read_text_file(folder / (name + ".err"))});
  }
  return results;
}

}  // namespace undersong
