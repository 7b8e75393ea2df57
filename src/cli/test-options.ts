import type { Command } from 'commander'
import { backendOption, beamsOption, threadsOption, workersOption } from './options.ts'
import type { TranslateAllOptions } from './translate-all.ts'

/** How a command measures what it has made of a model. */
export interface TestOptions extends Pick<TranslateAllOptions, (typeof translating)[number]> {
  test?: string[]
}

const translating = ['beams', 'backend', 'threads', 'workers'] as const

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
  const useless = translating.find((name) => options[name] !== undefined)
  return useless && !options.test ? `--${useless} is for translating: give --test too` : null
}
