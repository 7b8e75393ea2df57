/**
 * Runs tests on a processor that this machine has not, in the emulator Bochs (CONTRIBUTING.md tells which Bochs):
 *
 *   node test/emulated/run.mjs BOCHS KERNEL MODEL test/native/encoded-products.test.ts …
 *
 * BOCHS is the folder in which Bochs was built, KERNEL a Linux (vmlinuz) that starts without modules, MODEL a processor that Bochs
 * knows, such as sapphire_rapids. It needs a C compiler, xorriso, isolinux and syslinux-common, and some minutes.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const [bochs, kernel, model, ...tests] = process.argv.slice(2)
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const addon = 'build/Release/glassformer.node'
const folder = mkdtempSync(join(tmpdir(), 'glassformer-emulated-'))
const path = (...names) => join(folder, ...names)

/** Copies a file or folder of this machine into the emulated one. */
function bring(from, to = from) {
  mkdirSync(dirname(path('root', to)), { recursive: true })
  cpSync(from, path('root', to), { recursive: true, dereference: true })
}

/** An entry of a cpio archive of the kind (newc) that Linux takes as its first file system. */
function entry(name, mode, data = Buffer.alloc(0), device = [0, 0]) {
  const numbers = [0, mode, 0, 0, 1, 0, data.length, 0, 0, ...device, name.length + 1, 0]
  const head = `070701${numbers.map((n) => n.toString(16).padStart(8, '0')).join('')}${name}\0`
  return [Buffer.from(head.padEnd((head.length + 3) & ~3, '\0')), data, Buffer.alloc(-data.length & 3)]
}

function archive(from) {
  const files = readdirSync(from, { recursive: true }).sort()
  const entries = files.flatMap((name) => {
    const file = lstatSync(join(from, name))
    return entry(name, file.mode, file.isFile() ? readFileSync(join(from, name)) : undefined)
  })
  const devices = [entry('dev/console', 0o20600, undefined, [5, 1]), entry('dev/ttyS0', 0o20600, undefined, [4, 64])]
  return Buffer.concat([...entries, ...devices.flat(), ...entry('TRAILER!!!', 0)])
}

for (const name of ['dev', 'proc', 'tmp', 'glassformer']) mkdirSync(path('root', name), { recursive: true })
execFileSync('cc', ['-static', '-O1', '-o', path('root/init'), join(root, 'test/emulated/init.c')])
bring(process.execPath, '/usr/bin/node')
const parts = [
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'dist',
  addon,
  'test',
  'models',
  'native/sources.json',
  'node_modules',
]
for (const part of parts) bring(join(root, part), join('/glassformer', part))
// The largest packages, which no test of a program needs.
for (const name of ['@biomejs', 'typescript', 'node-gyp', 'cmake-js'])
  rmSync(path('root/glassformer/node_modules', name), { recursive: true, force: true })
const bindings = readdirSync(join(root, 'node_modules'), { recursive: true }).filter((name) =>
  /gnu.*\.node$/.test(name),
)
const linked = [process.execPath, join(root, addon), ...bindings.map((name) => join(root, 'node_modules', name))]
const libraries = linked.flatMap((file) => execFileSync('ldd', [file], { encoding: 'utf8' }).match(/\/\S+\.so\S*/g))
for (const library of new Set(libraries)) bring(library)
const patient = ['--testTimeout=3600000', '--hookTimeout=3600000', '--teardownTimeout=3600000']
const vitest = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--pool=threads',
  '--no-file-parallelism',
  '--reporter=verbose',
]
writeFileSync(path('root/command'), ['/usr/bin/node', ...vitest, ...patient, ...tests].join('\n'))

mkdirSync(path('disk/isolinux'), { recursive: true })
writeFileSync(path('disk/files'), archive(path('root')))
cpSync(kernel, path('disk/linux'))
cpSync('/usr/lib/ISOLINUX/isolinux.bin', path('disk/isolinux/isolinux.bin'))
cpSync('/usr/lib/syslinux/modules/bios/ldlinux.c32', path('disk/isolinux/ldlinux.c32'))
// Bochs goes astray in erms and fsrm, by their numbers here and in init.c.
const words =
  'initrd=/files console=ttyS0 mitigations=off random.trust_cpu=on tsc=reliable pci=nomsi clearcpuid=297,580'
writeFileSync(path('disk/isolinux/isolinux.cfg'), `DEFAULT linux\nLABEL linux\nKERNEL /linux\nAPPEND ${words}\n`)
const boot = [
  '-b',
  'isolinux/isolinux.bin',
  '-c',
  'isolinux/boot.cat',
  '-no-emul-boot',
  '-boot-load-size',
  '4',
  '-boot-info-table',
]
execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', '-o', path('disk.iso'), ...boot, path('disk')])

const settings = [
  'config_interface: textconfig',
  'display_library: nogui',
  `cpu: model=${model}, count=1, ips=500000000`,
  'memory: guest=2048, host=2048',
  `romimage: file=${join(bochs, 'bios/BIOS-bochs-latest')}`,
  `vgaromimage: file=${join(bochs, 'bios/VGABIOS-lgpl/VGABIOS-lgpl-latest.bin')}`,
  `ata0-master: type=cdrom, path=${path('disk.iso')}, status=inserted`,
  'boot: cdrom',
  `com1: enabled=1, mode=file, dev=${path('serial')}`,
  'clock: sync=none',
  `log: ${path('log')}`,
  'panic: action=fatal',
]
writeFileSync(path('settings'), settings.join('\n'))
spawnSync(join(bochs, 'bochs'), ['-q', '-f', path('settings')], { stdio: ['ignore', 'ignore', 'inherit'] })
const said = readFileSync(path('serial'), 'utf8')
console.log(said.slice(said.indexOf('Run /init')))
rmSync(folder, { recursive: true })
process.exitCode = said.includes('ended with status 0') ? 0 : 1
