// Clones made by hand, and a repository that they are adopted into.

import { existsSync } from 'node:fs'
import { expect } from 'vitest'
import { adoptClone, type AdoptionRequest } from '../../../src/clone/adopt.ts'
import type { CloneContext } from '../../../src/clone/context.ts'
import type { BackupOutcome } from '../../../src/clone/request.ts'
import type { ClonectlError } from '../../../src/errors.ts'
import { readCatalog } from '../../../src/repository/catalog.ts'
import { layoutOf, type RepositoryLayout } from '../../../src/repository/layout.ts'
import { cloneContext } from '../../fakes/clone-context.ts'
import { bytesOfFiles, type MadeDirectory } from '../../fakes/greatsql-directory.ts'
import { type MadeName, makeHandMadeClone, toldDonor } from '../../fakes/hand-made-clone.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

export interface AdoptionScene {
  path(...parts: readonly string[]): string
  layout(): RepositoryLayout
  /** Makes one; returns its directory. */
  makeClone(name: MadeName, changes?: MadeDirectory): string
  adopt(
    directory: string,
    changes?: Partial<AdoptionRequest>,
    context?: Partial<CloneContext>,
  ): Promise<BackupOutcome>
  /** Expects it to fail, to leave the clone as it was, and no backup in the repository. */
  refusal(directory: string, work: () => Promise<unknown>): Promise<ClonectlError>
}

const catalogAt = async (layout: RepositoryLayout) => {
  if (!existsSync(layout.header)) return { backups: [], unsealed: [], damaged: [] }
  const { backups, unsealed, damaged } = await readCatalog(layout)
  return { backups: backups.map(({ id }) => id), unsealed, damaged }
}

export const useAdoptionScene = (): AdoptionScene => {
  const scratch = useScratchDir()
  const layout = (): RepositoryLayout => layoutOf(scratch('repo'))
  return {
    path: scratch,
    layout,
    makeClone: (name, changes) => {
      const directory = scratch('clones', `2024061${name.length}-full-${name}`)
      makeHandMadeClone(directory, name, changes)
      return directory
    },
    adopt: (directory, changes = {}, context = {}) =>
      adoptClone(
        { ...cloneContext(), repository: scratch('repo'), ...context },
        {
          directory,
          donor: toldDonor(),
          base: undefined,
          label: undefined,
          move: false,
          ...changes,
        },
      ),
    refusal: async (directory, work) => {
      const before = { files: bytesOfFiles(directory), catalog: await catalogAt(layout()) }
      const failure = await failureOf(work())
      const after = { files: bytesOfFiles(directory), catalog: await catalogAt(layout()) }
      expect(after).toEqual(before)
      return failure
    },
  }
}
