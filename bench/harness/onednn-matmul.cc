// oneDNN's matmul with prepacked weights, in a process of its own, on one core, as bench/child.ts speaks to it. Its first line is its
// version, and the precisions in which it has products on this processor; then
//   prepare PRECISION [ROWS INPUTS OUTPUTS WEIGHT]…   the products of a run, in their order; the same number, the same weight
//   run RUNS                                          answers with the seconds of so many runs
// y [rows, outputs] is float32, without bias or activation. All products read and write the same rows, which so stay in the caches, as
// those of a program do. int8: rows are handed over as bytes without sign, which VNNI takes as they are (without it oneDNN's pairs of
// products saturate at 16 bits), and y is multiplied by a scale for each output; that rows come as float32 and have scales of their own
// is left out.
#include <oneapi/dnnl/dnnl.hpp>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace {

using dnnl::memory;

struct Shape {
  memory::dim rows, inputs, outputs;
  int weight;
  bool operator<(const Shape& other) const {
    return std::tie(rows, inputs, outputs, weight) < std::tie(other.rows, other.inputs, other.outputs, other.weight);
  }
};

struct Prepared {
  dnnl::matmul product;
  std::unordered_map<int, memory> operands;
};

// Numbers of no meaning, neither denormal nor infinite in any type.
void fill(const memory& m) {
  auto* bytes = static_cast<unsigned char*>(m.get_data_handle());
  const std::size_t size = m.get_desc().get_size();
  for (std::size_t i = 0; i < size; i++) bytes[i] = static_cast<unsigned char>(0x30 + i % 13);
}

// The products of a run.
class Products {
 public:
  Products(const dnnl::engine& engine, dnnl::stream& stream, const std::string& precision, const std::vector<Shape>& run)
      : engine_(engine), stream_(stream), int8_(precision == "int8") {
    weight_type_ = int8_ ? Type::s8 : precision == "bfloat16" ? Type::bf16 : Type::f32;
    memory::dim x = 0, y = 0;
    for (const Shape& shape : run) {
      x = std::max(x, shape.rows * shape.inputs);
      y = std::max(y, shape.rows * shape.outputs);
    }
    x_ = memory({{x}, Type::f32, Order::x}, engine_);
    y_ = memory({{y}, Type::f32, Order::x}, engine_);
    fill(x_);
    for (const Shape& shape : run) {
      if (!prepared_.count(shape)) prepared_.emplace(shape, prepare(shape));
      run_.push_back(&prepared_.at(shape));
    }
  }

  double seconds(int runs) const {
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < runs; i++)
      for (const Prepared* one : run_) one->product.execute(stream_, one->operands);
    stream_.wait();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }

 private:
  using Type = memory::data_type;
  using Order = memory::format_tag;

  Prepared prepare(const Shape& shape) {
    const memory::desc x({shape.rows, shape.inputs}, int8_ ? Type::u8 : weight_type_, Order::ab);
    const memory::desc y({shape.rows, shape.outputs}, Type::f32, Order::ab);
    dnnl::primitive_attr attributes;
    if (int8_) attributes.set_scales_mask(DNNL_ARG_WEIGHTS, 1 << 1);
    const dnnl::matmul::primitive_desc chosen(engine_, x, {{shape.inputs, shape.outputs}, weight_type_, Order::any}, y, attributes);
    Prepared prepared = {dnnl::matmul(chosen),
                         {{DNNL_ARG_SRC, memory(x, engine_, x_.get_data_handle())},
                          {DNNL_ARG_WEIGHTS, packed(shape, chosen.weights_desc())},
                          {DNNL_ARG_DST, memory(y, engine_, y_.get_data_handle())}}};
    if (int8_) {
      const memory scales({{shape.outputs}, Type::f32, Order::x}, engine_);
      fill(scales);
      prepared.operands.emplace(DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, scales);
    }
    return prepared;
  }

  // Another number of rows may want the weight in another layout, which is then a second copy.
  memory packed(const Shape& shape, const memory::desc& layout) {
    std::vector<memory>& layouts = weights_[shape.weight];
    for (const memory& weight : layouts)
      if (weight.get_desc() == layout) return weight;
    const memory plain({{shape.inputs, shape.outputs}, weight_type_, Order::ba}, engine_);
    fill(plain);
    memory weight(layout, engine_);
    dnnl::reorder(plain, weight).execute(stream_, const_cast<memory&>(plain), weight);
    stream_.wait();
    layouts.push_back(weight);
    return weight;
  }

  const dnnl::engine& engine_;
  dnnl::stream& stream_;
  bool int8_;
  Type weight_type_;
  memory x_, y_;
  std::map<int, std::vector<memory>> weights_;
  std::map<Shape, Prepared> prepared_;
  std::vector<const Prepared*> run_;
};

bool has(const dnnl::engine& engine, dnnl::stream& stream, const std::string& precision) {
  try {
    Products(engine, stream, precision, {{1, 64, 64, 0}});
    return true;
  } catch (const dnnl::error& error) {
    if (error.status == dnnl_unimplemented) return false;
    throw;
  }
}

// Keeps the process to one core, so that the library's threads run one at a time. False if the core is not available.
bool keep_to_core(int index) {
  cpu_set_t usable, one;
  CPU_ZERO(&one);
  sched_getaffinity(0, sizeof usable, &usable);
  for (int core = 0; core < CPU_SETSIZE; core++)
    if (CPU_ISSET(core, &usable) && index-- == 0) CPU_SET(core, &one);
  return sched_setaffinity(0, sizeof one, &one) == 0;
}

}  // namespace

int main(int, char** arguments) {
  if (!keep_to_core(std::atoi(arguments[1]))) return 1;
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  dnnl::stream stream(engine);
  const dnnl_version_t& version = *dnnl::version();
  std::cout << version.major << '.' << version.minor << '.' << version.patch;
  for (const char* precision : {"float32", "bfloat16", "int8"})
    if (has(engine, stream, precision)) std::cout << ' ' << precision;
  std::cout << std::endl;
  std::optional<Products> products;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    try {
      if (command == "prepare") {
        std::string precision;
        words >> precision;
        std::vector<Shape> run;
        for (Shape shape; words >> shape.rows >> shape.inputs >> shape.outputs >> shape.weight;) run.push_back(shape);
        products.reset();
        products.emplace(engine, stream, precision, run);
        std::cout << "prepared" << std::endl;
      } else {
        int runs = 0;
        words >> runs;
        std::cout << products->seconds(runs) << std::endl;
      }
    } catch (const dnnl::error& error) {
      std::cout << "error " << error.what() << std::endl;
    }
  }
}
