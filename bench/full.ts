// clonectl full against the statement it is made of.
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { clear, shell } from './programs.ts'
import { sceneFacts, onScene } from './scene.ts'
import { medianSteps, type Steps } from './steps.ts'

export const full: Bench = {
  name: 'full',
  about: '`clonectl full` against the raw CLONE LOCAL statement',
  defaultRuns: 7,
  sized: true,
  prepare: onScene(async (scene) => {
    const { directory, repo } = scene
    const raw = join(directory, 'raw')
    const kept = join(directory, 'kept')
    const copy = join(directory, 'copy')
    await scene.cloneLocal(kept)
    const runs: Steps[] = []
    let bytes: unknown
    const facts = await sceneFacts(scene)
    return {
      ours: {
        what: 'clonectl full, into a new repository',
        async run() {
          const { document, steps } = await scene.clonectl('full')
          runs.push(steps)
          bytes = document['storedBytes']
        },
        tidy: () => clear(repo),
      },
      rival: {
        what: `mysql -e 'CLONE LOCAL DATA DIRECTORY = …'`,
        run: () => scene.cloneLocal(raw),
        tidy: () => clear(raw),
      },
      floor: {
        what: 'cp -a of a clone that is in the page cache, and sync -f',
        run: () => shell('cp -a -- "$1" "$2" && sync -f "$2"', kept, copy),
        tidy: () => clear(copy),
      },
      facts: () => ({ ...facts, 'bytes stored': Number(bytes), ...medianSteps(runs.slice(1)) }),
    }
  }),
}
