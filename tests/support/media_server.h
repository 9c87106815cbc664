#pragma once
// A web server on the loopback with media that behave well, and media that do not.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace undersong {

// Serves until it goes. Every host of 127.0.0.0/8 leads to it.
class MediaServer {
 public:
  MediaServer();
  ~MediaServer();
  MediaServer(const MediaServer&) = delete;
  MediaServer& operator=(const MediaServer&) = delete;

  // "http://127.0.0.1:PORT" + path.
  std::string url(const std::string& path, const std::string& host = "127.0.0.1") const;

  // A page or a file, in full.
  void serve(const std::string& path, const std::string& type, const std::string& body);
  void serve_file(const std::string& path, const std::string& type,
                  const std::filesystem::path& file);
  // A page with an <audio> for each of the paths.
  void serve_page(const std::string& path, const std::string& title,
                  const std::vector<std::string>& media);
  void serve_redirect(const std::string& path, const std::string& to);
  // Half of the body, and then silence while the connection stays open, until let_go().
  void serve_stalled(const std::string& path, const std::string& type, const std::string& body);
  // Half of what is left, and then the connection closes, as often as it is asked for.
  void serve_broken(const std::string& path, const std::string& type, const std::string& body);
  // As many bytes as anyone takes, without saying how many will come.
  void serve_endless(const std::string& path, const std::string& type, const std::string& begin);

  void let_go();

  // How often a path was asked for, by GET.
  int requests(const std::string& path) const;
  // The first byte that was asked for, of each request.
  std::vector<std::int64_t> begins(const std::string& path) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace undersong
