#include "common/run.h"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <new>
#include <stdexcept>
#include <system_error>

#include "base/cancel.h"
#include "base/error.h"
#include "common/messages.h"
#include "common/usage.h"

namespace undersong {
namespace {

int fail(std::string_view name, int code, const std::string& message) {
  std::fflush(stdout);
  fmt::print(stderr, "{}: {}\n", name, one_line(message));
  return code;
}

// A file with several mistakes tells them a line each.
int fail(std::string_view name, const Error& error) {
  std::string_view rest = error.message();
  if (error.kind() == ErrorKind::kFormat) {
    for (std::size_t end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
      fail(name, 0, std::string(rest.substr(0, end)));
      rest.remove_prefix(end + 1);
    }
  }
  return fail(name, exit_code(error.kind()), std::string(rest));
}

// Errors: kIo when stdout could not take everything (a full disk, a closed pipe).
void flush_standard_output() {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  throw Error(ErrorKind::kIo, "cannot write to standard output: " +
                                  std::generic_category().message(errno == 0 ? EIO : errno));
}

}  // namespace

int run_program(std::string_view name, const std::function<void()>& action) {
  install_cancel_handlers();
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write, told like any other
  try {
    action();
    flush_standard_output();
    return 0;
  } catch (const Error& error) {
    return fail(name, error);
  } catch (const std::bad_alloc&) {
    return fail(name, 1,
                tr("there is not enough memory for this; ask for less, or use a smaller file"));
  } catch (const std::logic_error& bug) {
    return fail(name, 1,
                fmt::format("this is a bug in undersong {}: {}; please report it with the command "
                            "that you ran",
                            UNDERSONG_VERSION, bug.what()));
  } catch (const std::exception& failure) {  // std::filesystem and std::system_error among them
    return fail(name, 1, failure.what());
  }
}

void parse_and_run(CLI::App& app, const std::vector<std::string>& arguments) {
  try {
    // CLI11 takes them from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& answer) {
    app.exit(answer);  // --help and --version
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorKind::kUsage, usage_sentence(app, error));
  }
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '\n') {
      line += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      line += fmt::format("\\x{:02x}", byte);
    } else {
      line += character;
    }
  }
  return line;
}

}  // namespace undersong
