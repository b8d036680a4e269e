// The built clonectl, run in this process: for the many runs of which only the result is looked at,
// where starting Node.js would take most of the time.
import { fileURLToPath } from 'node:url'
import type * as Program from '../../../src/cli/main.ts'
import { makeFakeIo } from '../../process/cli/fake-io.ts'
import type { ClonectlRun } from './run-clonectl.ts'
import type { Scene } from './scene.ts'

/** Not src: worker threads cannot load it. */
const built = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

export const runHere = async (scene: Scene, ...args: readonly string[]): Promise<ClonectlRun> => {
  const { main } = (await import(built)) as typeof Program
  const argv = [...args, `--defaults-file=${scene.optionFile}`]
  const io = makeFakeIo({ env: { ...scene.env, CLONECTL_NO_DEFAULTS: '0' } })
  const code = await main(argv, io.io)
  return { args: argv, code, signal: null, stdout: io.stdout(), stderr: io.stderr() }
}
