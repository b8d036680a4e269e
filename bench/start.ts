// What it costs to start clonectl at all.
import { clonectlFile } from '../test/bed/clonectl.ts'
import type { Bench, Side } from './bench.ts'
import { run } from './programs.ts'

const node = (what: string, ...args: readonly string[]): Side => ({
  what,
  run: () => run(process.execPath, ...args),
})

export const start: Bench = {
  name: 'start',
  about: '`clonectl --version` against `node -e 0`',
  defaultRuns: 30,
  sized: false,
  prepare: async () => ({
    ours: node('clonectl --version', clonectlFile, '--version'),
    rival: node('node -e 0', '-e', '0'),
    [Symbol.asyncDispose]: async () => undefined,
  }),
}
