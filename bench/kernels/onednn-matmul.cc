// oneDNN's matmul with prepacked weights, in a process of its own on one core, as bench/child.ts speaks to it. Its argument says
// which core: an index among those that the process may use.
//   prepare PRECISION [ROWS INPUTS OUTPUTS TIMES]…   answers with the implementation that oneDNN has chosen for the first product
//   run RUNS                                         answers with the seconds of so many runs: each product so many times
// y [rows, outputs] is float32, without bias or activation. int8: rows are handed over as bytes without sign, which VNNI takes as
// they are, and y is multiplied by a scale for each output; that rows come as float32 and have scales of their own is left out.
#include <oneapi/dnnl/dnnl.hpp>
#include <sched.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using dnnl::memory;

struct Prepared {
  dnnl::matmul product;
  std::unordered_map<int, memory> operands;
  std::string implementation;
  int times;
};

// Numbers of no meaning, neither denormal nor infinite in any type.
void fill(const memory& m) {
  auto* bytes = static_cast<unsigned char*>(m.get_data_handle());
  for (std::size_t i = 0; i < m.get_desc().get_size(); i++) bytes[i] = static_cast<unsigned char>(0x30 + i % 13);
}

Prepared prepare(const dnnl::engine& engine, dnnl::stream& stream, const std::string& precision, memory::dim rows,
                 memory::dim inputs, memory::dim outputs, int times) {
  using Type = memory::data_type;
  using Order = memory::format_tag;
  const bool int8 = precision == "int8";
  const Type weight_type = int8 ? Type::s8 : precision == "bfloat16" ? Type::bf16 : Type::f32;
  const memory::desc x({rows, inputs}, int8 ? Type::u8 : weight_type, Order::ab);
  const memory::desc y({rows, outputs}, Type::f32, Order::ab);
  dnnl::primitive_attr attributes;
  if (int8) attributes.set_scales_mask(DNNL_ARG_WEIGHTS, 1 << 1);
  const dnnl::matmul::primitive_desc chosen(engine, x, {{inputs, outputs}, weight_type, Order::any}, y, attributes);
  const memory plain({{inputs, outputs}, weight_type, Order::ba}, engine);
  fill(plain);
  memory packed(chosen.weights_desc(), engine);
  dnnl::reorder(plain, packed).execute(stream, const_cast<memory&>(plain), packed);
  stream.wait();
  Prepared prepared = {dnnl::matmul(chosen),
                       {{DNNL_ARG_SRC, memory(x, engine)}, {DNNL_ARG_WEIGHTS, packed}, {DNNL_ARG_DST, memory(y, engine)}},
                       chosen.impl_info_str(),
                       times};
  fill(prepared.operands.at(DNNL_ARG_SRC));
  if (int8) {
    const memory scales({{outputs}, Type::f32, Order::x}, engine);
    fill(scales);
    prepared.operands.emplace(DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, scales);
  }
  return prepared;
}

double run(const std::vector<Prepared>& products, dnnl::stream& stream, int runs) {
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < runs; i++)
    for (const Prepared& one : products)
      for (int time = 0; time < one.times; time++) one.product.execute(stream, one.operands);
  stream.wait();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

// Whatever threads there are under the library, they run as many at a time as there are cores: one. False where it is not there.
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
  std::cout << version.major << '.' << version.minor << '.' << version.patch << std::endl;
  std::vector<Prepared> products;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    try {
      if (command == "prepare") {
        std::string precision;
        words >> precision;
        products.clear();
        memory::dim rows, inputs, outputs;
        for (int times; words >> rows >> inputs >> outputs >> times;)
          products.push_back(prepare(engine, stream, precision, rows, inputs, outputs, times));
        std::cout << products.at(0).implementation << std::endl;
      } else {
        int runs = 0;
        words >> runs;
        std::cout << run(products, stream, runs) << std::endl;
      }
    } catch (const dnnl::error& error) {
      std::cout << "error " << error.what() << std::endl;
    }
  }
}
