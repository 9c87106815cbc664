#include "train/collective.h"

#include <ATen/ATen.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <fmt/format.h>

#include <torch/csrc/distributed/c10d/TCPStore.hpp>
// These headers are empty unless USE_C10D_GLOO or USE_C10D_NCCL is defined.
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

#include "base/error.h"

namespace undersong {
namespace {

using StorePointer = c10::intrusive_ptr<c10d::Store>;

template <typename Number>
at::Tensor as_tensor(std::span<Number> values) {
  const auto kind = sizeof(Number) == sizeof(float) ? at::kFloat : at::kDouble;
  return at::from_blob(values.data(), {static_cast<std::int64_t>(values.size())}, kind);
}

// `Group` is a class of c10d; 1.13 and 2.x derive them from different ones.
template <typename Group>
class GroupSums : public Collective {
 public:
  GroupSums(c10::intrusive_ptr<Group> group, at::DeviceType device)
      : group_(std::move(group)), device_(device) {}

  void sum(std::span<float> values) override { sum_tensor(as_tensor(values)); }
  void sum(std::span<double> values) override { sum_tensor(as_tensor(values)); }

 private:
  void sum_tensor(at::Tensor values) {
    std::vector<at::Tensor> there{values.to(device_)};  // itself on a CPU
    group_->allreduce(there)->wait();
    if (device_ != at::kCPU) values.copy_(there.front());
  }

  c10::intrusive_ptr<Group> group_;
  at::DeviceType device_;
};

// Returns when all are there.
[[maybe_unused]] StorePointer open_store(const GroupPlace& place, const GroupPatience& patience) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(place.port);
  options.isServer = place.rank == 0;
  options.numWorkers = static_cast<std::size_t>(place.size);
  options.waitWorkers = false;  // 1.13 goes on when the others did not come
  options.timeout = patience.joining;
  StorePointer store = c10::make_intrusive<c10d::TCPStore>(place.address, options);
  if (store->add("arrived", 1) == place.size) store->set("complete", std::vector<std::uint8_t>{1});
  store->wait({"complete"}, patience.joining);
  return store;
}

std::unique_ptr<Collective> make_gloo([[maybe_unused]] const GroupPlace& place,
                                      [[maybe_unused]] const std::string& address,
                                      [[maybe_unused]] const GroupPatience& patience) {
#ifdef USE_C10D_GLOO
  using Gloo = c10d::ProcessGroupGloo;
  const StorePointer store = open_store(place, patience);
  auto options = Gloo::Options::create(patience.summing);
  options->devices.push_back(place.interface.empty()
                                 ? Gloo::createDeviceForHostname(address)
                                 : Gloo::createDeviceForInterface(place.interface));
  auto group = c10::make_intrusive<Gloo>(store, place.rank, place.size, options);
  return std::make_unique<GroupSums<Gloo>>(std::move(group), at::kCPU);
#else
  throw Error(ErrorKind::kUnsupported,
              "this undersong-train was built without Gloo's headers, so processes cannot train "
              "together on CPUs: install libgloo-dev and build again");
#endif
}

std::unique_ptr<Collective> make_nccl([[maybe_unused]] const GroupPlace& place,
                                      [[maybe_unused]] const GroupPatience& patience) {
#ifdef USE_C10D_NCCL
  using Nccl = c10d::ProcessGroupNCCL;
  const StorePointer store = open_store(place, patience);
  auto options = Nccl::Options::create();
  options->timeout = patience.summing;
  auto group = c10::make_intrusive<Nccl>(store, place.rank, place.size, options);
  return std::make_unique<GroupSums<Nccl>>(std::move(group), at::kCUDA);
#else
  throw Error(ErrorKind::kUnsupported,
              "this undersong-train was built without the headers of NCCL and CUDA, so GPUs cannot "
              "train together: install them (PyTorch's wheel brings them as nvidia-nccl and "
              "nvidia-cuda-runtime) and build again");
#endif
}

}  // namespace

std::unique_ptr<Collective> make_collective(const GroupPlace& place, const std::string& address,
                                            bool cuda, const GroupPatience& patience) {
  return cuda ? make_nccl(place, patience) : make_gloo(place, address, patience);
}

void use_gpu(int index) {
  const auto* devices = c10::impl::getDeviceGuardImpl(at::kCUDA);
  if (index >= static_cast<int>(devices->deviceCount())) {
    throw Error(
        ErrorKind::kUsage,
        fmt::format("LOCAL_RANK is {} and this machine has {} GPUs: start no more processes "
                    "on a machine than it has",
                    index, static_cast<int>(devices->deviceCount())));
  }
  devices->setDevice(at::Device(at::kCUDA, static_cast<at::DeviceIndex>(index)));
}

}  // namespace undersong
