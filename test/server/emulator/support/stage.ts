// An emulator with a directory for its backups, for one file of tests.
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { makeScratchDirectory, type ScratchDirectory } from '../../../bed/scratch-directory.ts'
import { startEmulator, type Emulator } from '../../../greatsql-emulator/emulator.ts'
import type { EmulatorOptions } from '../../../greatsql-emulator/options.ts'

export interface Stage {
  readonly emulator: Emulator
  /** A path that does not exist yet. */
  path(name: string): string
}

/** Starts the emulator before the tests of this block and stops it after them. */
export const useEmulator = (options: Omit<EmulatorOptions, 'dir'> = {}): Stage => {
  let scratch: ScratchDirectory | undefined
  let emulator: Emulator | undefined
  beforeAll(async () => {
    scratch = await makeScratchDirectory()
    emulator = await startEmulator({ ...options, dir: join(scratch.path, 'emulator') })
  })
  afterAll(async () => {
    await emulator?.stop()
    await scratch?.[Symbol.asyncDispose]()
  })
  return {
    get emulator() {
      if (emulator === undefined) throw new Error('the emulator has not started')
      return emulator
    },
    path: (name) => join(scratch?.path ?? '', name),
  }
}
