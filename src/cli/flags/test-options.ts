import type { Command } from 'commander'
import type { BleuOfOptions } from '../lines/test-bleu.ts'
import { backendOption, beamsOption, threadsOption, tokenizeOption, workersOption } from './options.ts'

/** How a command measures what it has made of a model. */
export interface TestOptions extends Pick<BleuOfOptions, (typeof testing)[number]> {
  test?: string[]
}

const testing = ['beams', 'backend', 'threads', 'workers', 'tokenize'] as const

/** `scores`: which ones it prints. */
export function addTestOptions(command: Command, scores: string): Command {
  return command
    .option('--test <table...>', `sources and references: print BLEU ${scores}`)
    .addOption(beamsOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(workersOption())
    .addOption(tokenizeOption())
}

/** What is wrong with them, or null. */
export function wrongTest(options: TestOptions): string | null {
  const useless = testing.find((name) => options[name] !== undefined)
  return useless && !options.test ? `--${useless} is for measuring: give --test too` : null
}
