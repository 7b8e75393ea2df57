const HEADER = 32
const SYMBOL_TABLE = 2
const LOADS_LIBRARY = 0xc
const SYMBOL = 16
const TYPE = 0x0e
const EXTERNAL = 0x01
const PRIVATE = 0x10
const DEBUGGING = 0xe0

/** The names of a Mach-O library: those it exports, those it asks others for, and the libraries that it loads. */
export function machOSymbols(file: Buffer): { exported: string[]; undefinedOnes: string[]; libraries: string[] } {
  const text = (at: number) => file.toString('latin1', at, file.indexOf(0, at))
  const names = { exported: [] as string[], undefinedOnes: [] as string[], libraries: [] as string[] }
  for (let at = HEADER, left = file.readUInt32LE(16); left > 0; left--, at += file.readUInt32LE(at + 4)) {
    const command = file.readUInt32LE(at)
    if (command === LOADS_LIBRARY) names.libraries.push(text(at + file.readUInt32LE(at + 8)))
    if (command !== SYMBOL_TABLE) continue
    const [symbols, count, strings] = [8, 12, 16].map((offset) => file.readUInt32LE(at + offset))
    for (let symbol = symbols; symbol < symbols + count * SYMBOL; symbol += SYMBOL) {
      const type = file[symbol + 4]
      if (type & DEBUGGING || !(type & EXTERNAL) || type & PRIVATE) continue
      const list = type & TYPE ? names.exported : names.undefinedOnes
      list.push(text(strings + file.readUInt32LE(symbol)))
    }
  }
  return names
}
