// The addon glassformer_mpi: the functions of MPI that a training of several processes needs. mpicxx builds it, where
// there is one (scripts/native-build.mjs), separately from the addon of kernels. src/learn/train/ranks/mpi-addon.ts
// declares its exports.
//
// MPI belongs to a process, not to an environment of Node.js: it starts once, and one thread calls it. It ends with the
// environment that started it. If a training is under way then, MPI_Abort ends it, so that no other rank waits for this
// one.
#include <mpi.h>
#include <napi.h>

#include <algorithm>
#include <climits>
#include <string>
#include <thread>
#include <vector>

#include "addon/guarded.h"
#include "core/failure.h"

namespace glassformer {

namespace {

struct Job {
  std::thread::id thread;  // the thread that started MPI
  MPI_Comm ranks = MPI_COMM_NULL;
  int rank = 0;
  int size = 0;
  bool training = false;
  // The status that each rank sends to all others. The buffers are members, because MPI writes to them between two
  // calls.
  MPI_Request statuses_on_way = MPI_REQUEST_NULL;
  unsigned char status = 0;
  std::vector<unsigned char> statuses;
};

Job job;

[[noreturn]] void fail(const std::string& message) { throw Failure{"ERR_MPI", message}; }

void check(int error, const char* call) {
  if (error == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  if (MPI_Error_string(error, text, &length) != MPI_SUCCESS) length = 0;
  fail(std::string(call) + " failed: " + (length ? std::string(text, static_cast<std::size_t>(length)) : std::to_string(error)));
}

// Ends MPI with the environment.
void at_exit(void*) {
  int ended = 0;
  if (MPI_Finalized(&ended) != MPI_SUCCESS || ended) return;
  if (job.training) MPI_Abort(MPI_COMM_WORLD, 1);
  if (job.ranks != MPI_COMM_NULL) MPI_Comm_free(&job.ranks);
  MPI_Finalize();
}

void start(Napi::Env env) {
  int started = 0, ended = 0, provided = 0;
  check(MPI_Initialized(&started), "MPI_Initialized");
  check(MPI_Finalized(&ended), "MPI_Finalized");
  if (started || ended) fail("something else in this process has started MPI, or MPI has ended: a training needs a process of its own");
  check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
  job.thread = std::this_thread::get_id();
  napi_add_env_cleanup_hook(env, at_exit, nullptr);
  if (provided < MPI_THREAD_FUNNELED) fail("this MPI does not work in a process with threads");
  check(MPI_Comm_dup(MPI_COMM_WORLD, &job.ranks), "MPI_Comm_dup");
  check(MPI_Comm_set_errhandler(job.ranks, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  check(MPI_Comm_rank(job.ranks, &job.rank), "MPI_Comm_rank");
  check(MPI_Comm_size(job.ranks, &job.size), "MPI_Comm_size");
  job.statuses.resize(static_cast<std::size_t>(job.size));
}

void expect_training() {
  if (job.ranks == MPI_COMM_NULL || !job.training) fail("MPI is not open");
  if (job.thread != std::this_thread::get_id()) fail("only the thread that has opened MPI may use it");
}

// The elements of a typed array. JavaScript cannot move or free them during a call.
struct Values {
  MPI_Datatype type;
  void* data;
  std::size_t length;
};

Values values_of(Napi::Env env, const Napi::Value& value) {
  napi_typedarray_type type = napi_int8_array;
  std::size_t length = 0;
  void* data = nullptr;
  const bool is_array = napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) == napi_ok;
  expect(is_array && (type == napi_uint8_array || type == napi_float32_array), "an array must be a Uint8Array or a Float32Array");
  return {type == napi_uint8_array ? MPI_BYTE : MPI_FLOAT, data, data ? length : 0};
}

// The number of values that one rank sends to another.
int count_of(std::size_t length) {
  if (length > INT_MAX) throw Failure{"ERR_UNSUPPORTED", "MPI sends at most 2147483647 values to a rank at once: take more ranks"};
  return static_cast<int>(length);
}

Napi::Value open(const Napi::CallbackInfo& call) {
  return guarded(call.Env(), [&]() -> Napi::Value {
    if (job.training) fail("another training of this process goes on: under mpirun a process trains one model at a time");
    if (job.ranks == MPI_COMM_NULL) start(call.Env());
    if (job.thread != std::this_thread::get_id()) fail("another thread of this process has started MPI: train in that thread");
    job.training = true;
    char version[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    int length = 0;
    check(MPI_Get_library_version(version, &length), "MPI_Get_library_version");
    Napi::Object result = Napi::Object::New(call.Env());
    result.Set("rank", job.rank);
    result.Set("size", job.size);
    result.Set("library", std::string(version, static_cast<std::size_t>(length)));
    return result;
  });
}

// arrive(status): tells all ranks that this one has arrived, and its status (0 or 1).
Napi::Value arrive(const Napi::CallbackInfo& call) {
  return guarded(call.Env(), [&]() -> Napi::Value {
    expect_training();
    const double status = call[0].IsNumber() ? call[0].As<Napi::Number>().DoubleValue() : -1;
    expect(status == 0 || status == 1, "a status must be 0 or 1");
    expect(job.statuses_on_way == MPI_REQUEST_NULL, "this rank has arrived already");
    job.status = static_cast<unsigned char>(status);
    check(MPI_Iallgather(&job.status, 1, MPI_BYTE, job.statuses.data(), 1, MPI_BYTE, job.ranks, &job.statuses_on_way), "MPI_Iallgather");
    return call.Env().Undefined();
  });
}

// arrived(statuses): whether all ranks have arrived; if so, `statuses` gets the status of each rank.
Napi::Value arrived(const Napi::CallbackInfo& call) {
  return guarded(call.Env(), [&]() -> Napi::Value {
    expect_training();
    const Values statuses = values_of(call.Env(), call[0]);
    expect(statuses.type == MPI_BYTE && statuses.length == job.statuses.size(), "there must be a byte for the status of each rank");
    int done = 0;
    check(MPI_Test(&job.statuses_on_way, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (done) std::copy(job.statuses.begin(), job.statuses.end(), static_cast<unsigned char*>(statuses.data));
    return Napi::Boolean::New(call.Env(), done != 0);
  });
}

// allgather(given, all): `all` gets the values of each rank, in the order of ranks.
Napi::Value allgather(const Napi::CallbackInfo& call) {
  return guarded(call.Env(), [&]() -> Napi::Value {
    expect_training();
    const Values given = values_of(call.Env(), call[0]), all = values_of(call.Env(), call[1]);
    const int count = count_of(given.length);
    expect(given.type == all.type && all.length == given.length * static_cast<std::size_t>(job.size),
           "there must be room for the values of each rank");
    check(MPI_Allgather(given.data, count, given.type, all.data, count, all.type, job.ranks), "MPI_Allgather");
    return call.Env().Undefined();
  });
}

// exchange(given, received): part r of `given` goes to rank r, and part r of `received` comes from rank r. All parts
// have the same length.
Napi::Value exchange(const Napi::CallbackInfo& call) {
  return guarded(call.Env(), [&]() -> Napi::Value {
    expect_training();
    const Values given = values_of(call.Env(), call[0]), received = values_of(call.Env(), call[1]);
    const std::size_t part = given.length / static_cast<std::size_t>(job.size);
    expect(given.type == received.type && given.length == received.length && given.length % static_cast<std::size_t>(job.size) == 0,
           "both arrays must have a part of the same length for each rank");
    expect(given.data != received.data || given.length == 0, "the arrays must be two");
    check(MPI_Alltoall(given.data, count_of(part), given.type, received.data, count_of(part), received.type, job.ranks), "MPI_Alltoall");
    return call.Env().Undefined();
  });
}

// close(): ends the training. All ranks have come to the same end.
Napi::Value close(const Napi::CallbackInfo& call) {
  return guarded(call.Env(), [&]() -> Napi::Value {
    expect_training();
    job.training = false;
    return call.Env().Undefined();
  });
}

}  // namespace

}  // namespace glassformer

static Napi::Object init_mpi(Napi::Env env, Napi::Object exports) {
  using namespace glassformer;
  exports.Set("open", Napi::Function::New<open>(env, "open"));
  exports.Set("arrive", Napi::Function::New<arrive>(env, "arrive"));
  exports.Set("arrived", Napi::Function::New<arrived>(env, "arrived"));
  exports.Set("allgather", Napi::Function::New<allgather>(env, "allgather"));
  exports.Set("exchange", Napi::Function::New<exchange>(env, "exchange"));
  exports.Set("close", Napi::Function::New<close>(env, "close"));
  return exports;
}
NODE_API_MODULE(glassformer_mpi, init_mpi)
