// The functions that src/engine/backend/wasm/ calls. They correspond to the addon (native/addon/), but JavaScript
// writes arguments into WebAssembly's memory itself, and has checked or made all of them.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/memory.h"
#include "core/op.h"
#include "core/pack.h"
#include "core/player.h"
#include "wasm/javascript.h"

namespace glassformer {

namespace {

// A player, and the memory of its calls that may fail: a failure leaves the C++ frames without freeing their memory.
struct OpenPlayer {
  Player player;
  ProgramSpec spec = {};
  std::vector<double> rows = {};
  std::vector<BoundArray> arrays = {};
};

// Reads a program as program-words.ts writes it. A text is its length and then its UTF-8 bytes, one in each number.
struct Words {
  const double* at;

  std::int64_t integer() { return static_cast<std::int64_t>(*at++); }
  std::string text() {
    std::string bytes;
    for (std::int64_t left = integer(); left > 0; left--) bytes += static_cast<char>(integer());
    return bytes;
  }
  // Calls read() for each item of a list.
  template <class Read>
  void each(Read read) {
    for (std::int64_t left = integer(); left > 0; left--) read();
  }
  OperandSpec operand() {
    const std::int64_t tensor = integer();
    const std::int64_t column = integer();
    return {tensor, column, integer()};
  }
  TensorSpec tensor() {
    TensorSpec t;
    t.name = text();
    t.kind = static_cast<Kind>(integer());
    t.dtype = static_cast<DType>(integer());
    t.symbol = integer();
    t.rows = integer();
    t.width = integer();
    t.offset = integer();
    t.start = integer();
    t.encoding = static_cast<Encoding>(integer());
    return t;
  }
  InstructionSpec instruction() {
    InstructionSpec i;
    i.op = text();
    each([&] { i.inputs.push_back(operand()); });
    each([&] { i.outputs.push_back(operand()); });
    each([&] { i.attributes.push_back(*at++); });
    return i;
  }
};

void read_program(ProgramSpec& spec, Words words) {
  spec.name = words.text();
  words.each([&] { spec.symbols.push_back(words.text()); });
  words.each([&] { spec.regions.push_back(words.integer()); });
  words.each([&] { spec.tensors.push_back(words.tensor()); });
  words.each([&] {
    const std::string name = words.text();
    spec.bindings.push_back({name, words.integer() != 0});
  });
  words.each([&] { spec.instructions.push_back(words.instruction()); });
  spec.cached_floats = words.integer();
}

// An array as array-table.ts writes it: its address, its length, and its dtype, or −1 for an array of no dtype.
struct ArrayWords {
  std::uint32_t address;
  std::uint32_t length;
  std::int32_t dtype;

  BoundArray array() const {
    const DType known = dtype < 0 ? DType::kFloat32 : static_cast<DType>(dtype);
    return {reinterpret_cast<void*>(address), length, known, dtype < 0};
  }
};

}  // namespace

// Returns null if there is no memory.
EXPORT_TO_JAVASCRIPT(allocate) void* allocate(std::uint32_t bytes) { return allocate_aligned(kLine, bytes); }
EXPORT_TO_JAVASCRIPT(release) void release(void* data) { free_aligned(data); }

// The signatures of all ops, one a line. The first instance makes them, before there are others.
EXPORT_TO_JAVASCRIPT(signatures) const char* signatures() {
  static const std::string lines = [] {
    std::string text;
    for (const Op* op : all_ops()) text += signature_of(*op) + '\n';
    return text;
  }();
  return lines.c_str();
}

EXPORT_TO_JAVASCRIPT(isa) const char* isa() { return kernels_wasm_isa; }

EXPORT_TO_JAVASCRIPT(open_player) OpenPlayer* open_player(int threads) {
  return new OpenPlayer{Player({kernels_wasm_isa, &kernels_wasm, {}}, nullptr, kFloat32, threads)};
}
EXPORT_TO_JAVASCRIPT(close_player) void close_player(OpenPlayer* player) { delete player; }

// `weights` is the number of floats in the store. Returns the number of the program.
EXPORT_TO_JAVASCRIPT(compile) int compile(OpenPlayer* open, const double* words, double weights) {
  open->spec = {};
  read_program(open->spec, {words});
  const auto floats = static_cast<std::int64_t>(weights);
  validate(open->spec, floats);  // validated here, because a compile that fails leaves a half-made program
  return static_cast<int>(open->player.compile(std::move(open->spec), floats));
}

// `arrays` are the weights and then the array of each binding; `times` is null or has a place for each instruction.
// Returns the number of threads of the play.
EXPORT_TO_JAVASCRIPT(play)
int play(OpenPlayer* open, int program, int threads, const double* rows, int row_count, const ArrayWords* arrays, int bound, double* times) {
  open->rows.assign(rows, rows + row_count);
  open->arrays.clear();
  for (int i = 1; i <= bound; i++) open->arrays.push_back(arrays[i].array());
  open->player.play(static_cast<std::size_t>(program), open->rows, open->arrays, arrays[0].array(), threads, times);
  return open->player.called();
}

// `panels` have `words` words of 32 bits for each row. `values` [count, width] are integers if there are scales, and
// floats otherwise.
EXPORT_TO_JAVASCRIPT(pack)
void pack(int encoding, std::int32_t* panels, int words, float* scales, std::int32_t* sums, int first, int count, int width,
          const void* values, const float* from_scales) {
  const PackedRows to{static_cast<Encoding>(encoding), panels, words, scales, sums};
  if (from_scales) pack_quantized(to, first, count, width, static_cast<const std::int8_t*>(values), from_scales);
  else pack_rows(to, first, count, width, static_cast<const float*>(values));
}

// Stores rows of int4 from integers [count, 16 · groups], two in a byte, and scales [count, groups].
EXPORT_TO_JAVASCRIPT(pack_int4)
void pack_int4_rows(std::int32_t* panels, int words, float* scales, int first, int count, int groups, const std::uint8_t* values,
                    const float* from_scales) {
  pack_int4({Encoding::kInt4, panels, words, scales, nullptr}, first, count, groups, values, from_scales);
}

}  // namespace glassformer
