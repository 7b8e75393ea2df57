import type { Command } from 'commander'
import type { Threads } from '../translate/threads.ts'
import { backendOption, beamsOption, threadsOption, workersOption } from './options.ts'

/** How a command measures what it has made of a model. */
export interface TestOptions {
  test?: string[]
  beams?: number
  backend?: 'auto' | 'native' | 'js'
  threads?: Threads
  workers?: number
}

/** `scores`: which ones it prints. */
export function addTestOptions(command: Command, scores: string): Command {
  return command
    .option('--test <table...>', `sources and references: print BLEU ${scores}`)
    .addOption(beamsOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(workersOption())
}

/** What is wrong with them, or null. */
export function wrongTest(options: TestOptions): string | null {
  const useless = (['beams', 'backend', 'threads', 'workers'] as const).find((name) => options[name] !== undefined)
  return useless && !options.test ? `--${useless} is for translating: give --test too` : null
}
