// Restoring a compressed full against the way of the manual: copy it, decompress file by file, remove
// each source.
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { clear, shell } from './programs.ts'
import { sceneFacts, onScene } from './scene.ts'
import { medianSteps, type Steps } from './steps.ts'

/** As the manual has it: what `zstd -d` writes is named by what it reads, less the suffix. */
const byHand =
  'cp -a -- "$1" "$2" && find "$2" -name "*.zstd" ' +
  `-exec sh -c 'zstd -dqf "$1" -o "$(dirname "$1")/$(basename "$1" .zstd)" && rm -- "$1"' sh {} ';'`
const atOnce =
  'cp -a -- "$1" "$2" && find "$2" -name "*.zstd" -print0 | ' +
  `xargs -0 -P "$(nproc)" -I{} sh -c 'zstd -dqf "$1" -o "$(dirname "$1")/$(basename "$1" .zstd)"' sh {}`
const sync = 'sync -f "$2"'

export const decompress: Bench = {
  name: 'decompress',
  about:
    '`clonectl restore` of a full compressed with zstd against copying and decompressing it by hand',
  defaultRuns: 7,
  sized: true,
  prepare: onScene(async (scene, setup) => {
    const facts = await sceneFacts(scene)
    setup.say('taking a compressed full')
    const { document } = await scene.clonectl('full', '--compress=zstd')
    const full = join(String(document['directory']), 'data')
    await scene.donor.stop()
    const target = join(scene.directory, 'target')
    const runs: Steps[] = []
    return {
      ours: {
        what: 'clonectl restore --latest',
        async run() {
          runs.push((await scene.clonectl('restore', '--target-dir', target)).steps)
        },
        tidy: () => clear(target),
      },
      rival: {
        what: 'cp -a, then zstd -d file by file and rm of each source, sync -f: nothing proved',
        run: () => shell([byHand, sync].join(' && '), full, target),
        tidy: () => clear(target),
      },
      floor: {
        what: 'cp -a, then zstd -d of all files on all processors, sync -f: sources stay, nothing proved',
        run: () => shell([atOnce, sync].join(' && '), full, target),
        tidy: () => clear(target),
      },
      facts: () => ({
        ...facts,
        'bytes stored': Number(document['storedBytes']),
        'bytes restored': Number(document['resultBytes']),
        ...medianSteps(runs.slice(1)),
      }),
    }
  }),
}
