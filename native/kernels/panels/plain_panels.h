// Panels in plain code for every machine, one row at a time.
#pragma once
#include "kernels/call.h"
#include "kernels/panels/int4_rows.h"
#include "kernels/panels/int8_rows.h"
#include "kernels/panels/packed.h"
#include "kernels/panels/panel_product.h"
#include "simd/simd.h"

#ifndef GLASSFORMER_INTS

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The nearest integer of a value with |value| ≤ about 127, ties to even. NaN becomes some number from −127 to 127.
inline std::int8_t rounded(float value) {
  constexpr float kShift = 12582912.0f;  // 1.5 · 2^23: adding it leaves no bits for a fraction
  constexpr std::int32_t kShiftBits = 0x4b400000;
  const float shifted = value + kShift;
  std::int32_t bits;
  __builtin_memcpy(&bits, &shifted, sizeof bits);
  const std::int64_t integer = std::int64_t{bits} - kShiftBits;
  return static_cast<std::int8_t>(integer < -127 ? -127 : integer > 127 ? 127 : integer);
}

// The outputs of the tile's only row ← [16]
inline void store_floats(const PanelTile& t, const float* outputs) {
  Vec vectors[16 / kLanes];
  for (int v = 0; v < 16 / kLanes; v++) vectors[v] = load(outputs + v * kLanes);
  store_outputs(t, 0, vectors);
}

struct Int8Panels {
  static constexpr bool kScaled = true;
  static constexpr int kRows = 1;
  static constexpr int kStreamRows = 1;

  static std::int64_t row_bytes(const Matrix& w) { return int8_depth(w); }

  static void prepare(char* to, float* scale, const float* x, const Matrix& w) {
    auto* q = reinterpret_cast<std::int8_t*>(to);
    quantize_activation_row(scale, x, w.width, int8_depth(w), [&](std::int64_t i, const auto& values) {
      for (int k = 0; k < kInt8Inputs; k++) q[i + k] = rounded(values[k / kLanes][k % kLanes]);
    });
  }

  template <int rows>
  static void tile(PanelTile& t) {
    do panel<rows>(t);
    while (t.next_panel());
  }

  template <int rows>
  GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    std::int32_t sums[kPackedOutputs] = {};
    const auto* q = reinterpret_cast<const std::int8_t*>(t.x);
    const auto* w = reinterpret_cast<const std::int8_t*>(t.panel);
    for (std::int64_t line = 0; line < t.lines; line++, q += 4)
      for (std::int64_t n = 0; n < kPackedOutputs; n++, w += 4) sums[n] += q[0] * w[0] + q[1] * w[1] + q[2] * w[2] + q[3] * w[3];
    float outputs[kPackedOutputs];
    for (int n = 0; n < kPackedOutputs; n++) outputs[n] = static_cast<float>(sums[n]) * (*t.x_scales * t.scales[n]);
    store_floats(t, outputs);
  }
};

struct Int4Panels {
  static constexpr bool kScaled = true;
  static constexpr int kRows = 1;
  static constexpr int kStreamRows = 1;

  static std::int64_t row_bytes(const Matrix& w) { return int4_row_bytes(w); }

  static void prepare(char* to, float* scale, const float* x, const Matrix& w) {
    quantize_activation_row(scale, x, w.width, int4_depth(w), [&](std::int64_t i, const auto& values) {
      auto* q = reinterpret_cast<std::int8_t*>(to + i / kInt4Inputs * kInt4RowBytes);
      for (int k = 0; k < kInt4Inputs; k++) q[k] = rounded(values[k / kLanes][k % kLanes]);
    });
  }

  template <int rows>
  static void tile(PanelTile& t) {
    do panel<rows>(t);
    while (t.next_panel());
  }

  template <int rows>
  GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    float outputs[kPackedOutputs];
    for (int n = 0; n < kPackedOutputs; n++) {
      std::int32_t sum = 0;
      for (std::int64_t block = 0; block < t.lines / kInt4Words; block++) {
        std::int32_t w[kInt4Inputs];
        unpack_int4(w, t.panel + 4 * n, block);
        const auto* q = reinterpret_cast<const std::int8_t*>(t.x + block * kInt4RowBytes);
        for (std::int64_t k = 0; k < kInt4Inputs; k++) sum += q[k] * w[k];
      }
      outputs[n] = static_cast<float>(sum) * (*t.x_scales * t.scales[n]);
    }
    store_floats(t, outputs);
  }
};

// int8 weights with a multiplier of inputs; see int8_shifted.h.
struct Int8Shifted {
  static constexpr bool kScaled = true;
  static constexpr int kRows = 1;
  static constexpr int kStreamRows = 1;

  static std::int64_t row_bytes(const Matrix& w) { return int8_depth(w); }

  static void prepare(char* to, float* scale, const float* x, const Matrix& w) {
    auto* q = reinterpret_cast<std::uint8_t*>(to);
    quantize_row_by(*w.multipliers, scale, x, w.width, int8_depth(w), [&](std::int64_t i, const auto& values) {
      for (int k = 0; k < kInt8Inputs; k++) q[i + k] = static_cast<std::uint8_t>(rounded(values[k / kLanes][k % kLanes]) + 127);
    });
  }

  template <int rows>
  static void tile(PanelTile& t) {
    do panel<rows>(t);
    while (t.next_panel());
  }

  static std::int32_t saturated(std::int32_t sum) { return sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum; }

  template <int rows>
  GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    std::int32_t sums[kPackedOutputs] = {};
    const auto* q = reinterpret_cast<const std::uint8_t*>(t.x);
    const auto* w = reinterpret_cast<const std::int8_t*>(t.panel);
    for (std::int64_t line = 0; line < t.lines; line++, q += 4)
      for (std::int64_t n = 0; n < kPackedOutputs; n++, w += 4) sums[n] += saturated(q[0] * w[0] + q[1] * w[1]) + saturated(q[2] * w[2] + q[3] * w[3]);
    float outputs[kPackedOutputs];
    PanelTile rest = t;
    if (t.epilogue.scale == 1) rest.epilogue.bias = nullptr;
    Unquantized of;
    unquantize_panel(of, t.multipliers, t.sums, t.epilogue.scale == 1 ? t.epilogue.bias : nullptr, t.columns, t.output, t.outputs);
    for (int n = 0; n < kPackedOutputs; n++) {
      const float product = static_cast<float>(sums[n]) * of.factors[n];
      outputs[n] = (product + of.added[n]) * *t.x_scales;
    }
    store_floats(rest, outputs);
  }
};

// Rows of x stay float32.
struct Bfloat16Panels {
  static constexpr bool kScaled = false;
  static constexpr int kRows = 1;
  static constexpr int kStreamRows = 1;

  static std::int64_t row_bytes(const Matrix& w) { return 4 * bfloat16_depth(w); }

  static void prepare(char* to, float*, const float* x, const Matrix& w) { fill_up(reinterpret_cast<float*>(to), x, w.width, bfloat16_depth(w)); }

  template <int rows>
  static void tile(PanelTile& t) {
    do panel<rows>(t);
    while (t.next_panel());
  }

  template <int rows>
  GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    float sums[kPackedOutputs] = {};
    const auto* x = reinterpret_cast<const float*>(t.x);
    const auto* w = reinterpret_cast<const std::uint16_t*>(t.panel);
    for (std::int64_t line = 0; line < t.lines; line++, x += 2)
      for (std::int64_t n = 0; n < kPackedOutputs; n++, w += 2) sums[n] = sums[n] + x[0] * widened(w[0]) + x[1] * widened(w[1]);
    store_floats(t, sums);
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#endif
