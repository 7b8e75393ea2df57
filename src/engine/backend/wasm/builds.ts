import { webAssembly } from '../interface/web-assembly.ts'

/** An instruction set of WebAssembly for which there is a build of the kernels, lowest first. */
export const wasmIsas = ['simd128', 'relaxedsimd'] as const
export type WasmIsa = (typeof wasmIsas)[number]

/** The name of each build's file. */
export const wasmFiles: Readonly<Record<WasmIsa, string>> = {
  simd128: 'glassformer.wasm',
  relaxedsimd: 'glassformer-relaxed.wasm',
}

/** A module of one function without parameters, whose instructions are `code`; they leave a vector, which is dropped. */
const moduleOf = (...code: number[]) =>
  Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // '\0asm', version 1
    ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // a type: () → ()
    ...[0x03, 0x02, 0x01, 0x00], // a function of that type
    ...[0x05, 0x04, 0x01, 0x03, 0x01, 0x01], // a memory, which is shared
    ...[0x0a, code.length + 5, 0x01, code.length + 3, 0x00, ...code, 0x1a, 0x0b], // its body: no locals, code, drop, end
  ])

/** i32.const 0, i8x16.splat */
const VECTOR = [0x41, 0x00, 0xfd, 0x0f]

const probes: Readonly<Record<WasmIsa, Uint8Array>> = {
  simd128: moduleOf(...VECTOR),
  // i32x4.relaxed_dot_i8x16_i7x16_add_s of three vectors
  relaxedsimd: moduleOf(...VECTOR, ...VECTOR, ...VECTOR, 0xfd, 0x93, 0x02),
}

/** The instruction sets of this engine, lowest first; none if it lacks WebAssembly, vectors or shared memory. */
export const availableWasmIsas = (): WasmIsa[] => wasmIsas.filter((isa) => webAssembly?.validate(probes[isa]))
