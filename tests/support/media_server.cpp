#include "support/media_server.h"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>

#include "base/check.h"

namespace undersong {

struct MediaServer::Parts {
  httplib::Server server;
  std::thread thread;
  int port = 0;
  std::atomic<bool> stopping = false;
  std::atomic<bool> released = false;
  mutable std::mutex mutex;
  std::map<std::string, std::vector<std::int64_t>> begins;
  std::map<std::string, httplib::Server::Handler> handlers;

  void handle(const httplib::Request& request, httplib::Response& response) {
    httplib::Server::Handler handler;
    {
      const std::lock_guard lock(mutex);
      if (request.method == "GET")
        begins[request.path].push_back(request.ranges.empty() ? 0 : request.ranges.front().first);
      const auto found = handlers.find(request.path);
      if (found == handlers.end()) {
        response.status = 404;
        return;
      }
      handler = found->second;
    }
    handler(request, response);
  }

  void set(const std::string& path, httplib::Server::Handler handler) {
    const std::lock_guard lock(mutex);
    handlers[path] = std::move(handler);
  }

  void wait_until_released() const {
    while (!released && !stopping) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
};

MediaServer::MediaServer() : parts_(std::make_unique<Parts>()) {
  Parts& parts = *parts_;
  parts.server.new_task_queue = [] { return new httplib::ThreadPool(16); };
  parts.server.Get(".*", [&parts](const httplib::Request& request, httplib::Response& response) {
    parts.handle(request, response);
  });
  parts.port = parts.server.bind_to_any_port("0.0.0.0");
  UNDERSONG_CHECK(parts.port > 0);
  parts.thread = std::thread([&parts] { parts.server.listen_after_bind(); });
  while (!parts.server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

MediaServer::~MediaServer() {
  parts_->stopping = true;
  parts_->server.stop();
  parts_->thread.join();
}

std::string MediaServer::url(const std::string& path, const std::string& host) const {
  return "http://" + host + ":" + std::to_string(parts_->port) + path;
}

void MediaServer::serve(const std::string& path, const std::string& type, const std::string& body) {
  parts_->set(path, [type, body](const httplib::Request&, httplib::Response& response) {
    response.set_content(body, type);
  });
}

void MediaServer::serve_file(const std::string& path, const std::string& type,
                             const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  serve(path, type, {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()});
}

void MediaServer::serve_page(const std::string& path, const std::string& title,
                             const std::vector<std::string>& media) {
  std::string body = "<html><head><title>" + title + "</title></head><body>\n";
  for (const std::string& one : media) body += "<audio src=\"" + one + "\"></audio>\n";
  serve(path, "text/html; charset=utf-8", body + "</body></html>\n");
}

void MediaServer::serve_redirect(const std::string& path, const std::string& to) {
  parts_->set(path, [to](const httplib::Request&, httplib::Response& response) {
    response.set_redirect(to);
  });
}

void MediaServer::serve_stalled(const std::string& path, const std::string& type,
                                const std::string& body) {
  Parts& parts = *parts_;
  const auto provide = [&parts, body](std::size_t offset, std::size_t length,
                                      httplib::DataSink& sink) {
    const std::size_t half = body.size() / 2;
    if (offset >= half) parts.wait_until_released();
    const std::size_t end = offset < half ? std::min(half, offset + length) : offset + length;
    return !parts.stopping && sink.write(body.data() + offset, end - offset);
  };
  parts.set(path, [type, body, provide](const httplib::Request&, httplib::Response& response) {
    response.set_content_provider(body.size(), type, provide);
  });
}

void MediaServer::serve_broken(const std::string& path, const std::string& type,
                               const std::string& body) {
  const auto provide = [body](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
    sink.write(body.data() + offset, length / 2);
    return false;
  };
  parts_->set(path, [type, body, provide](const httplib::Request&, httplib::Response& response) {
    response.set_content_provider(body.size(), type, provide);
  });
}

void MediaServer::serve_endless(const std::string& path, const std::string& type,
                                const std::string& begin) {
  Parts& parts = *parts_;
  const auto provide = [&parts, begin](std::size_t offset, httplib::DataSink& sink) {
    const std::string more = offset == 0 ? begin : std::string(65536, '\0');
    return !parts.stopping && sink.write(more.data(), more.size());
  };
  parts.set(path, [type, provide](const httplib::Request&, httplib::Response& response) {
    response.set_chunked_content_provider(type, provide);
  });
}

void MediaServer::let_go() { parts_->released = true; }

int MediaServer::requests(const std::string& path) const {
  return static_cast<int>(begins(path).size());
}

std::vector<std::int64_t> MediaServer::begins(const std::string& path) const {
  const std::lock_guard lock(parts_->mutex);
  const auto found = parts_->begins.find(path);
  return found == parts_->begins.end() ? std::vector<std::int64_t>() : found->second;
}

}  // namespace undersong
