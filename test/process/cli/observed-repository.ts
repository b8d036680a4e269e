// A repository to monitor: two servers, a fork, a broken increment, verifications, a failed run, a lock.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RepositoryLayout } from '../../../src/repository/layout.ts'
import type { Manifest } from '../../../src/repository/manifest.ts'
import { openRunJournal } from '../../../src/repository/run-journal.ts'
import { neverVerified, writeVerified } from '../../../src/repository/verified-file.ts'
import { ownIdentity } from '../../../src/system/process-identity.ts'
import {
  FIRST,
  FORK,
  forkedChain,
  FULL,
  increment,
  makeManifest,
  makeRepository,
  SECOND,
} from './repository-fixture.ts'

export const BROKEN = 'UTC20261120T133012.345-incr'
export const OTHER_FULL = 'UTC20261120T110012.345-full'
export const OTHER_SERVER = '7c0ffee0-71ca-11e1-9e33-c80aa9429562'
export const FAILED_RUN = 'UTC20261120T143012.345-incr'

const otherFull = makeManifest({
  id: OTHER_FULL,
  type: 'full',
  base: null,
  startLsn: '0',
  endLsn: '700',
  label: `<script>alert("x")</script> & 'more'`,
  compression: 'zstd',
})

export const observedManifests: readonly Manifest[] = [
  ...forkedChain,
  { ...otherFull, engine: 'greatsql', donor: { ...otherFull.donor, serverUuid: OTHER_SERVER } },
  increment(BROKEN, SECOND, '9007199254740999', '9007199254741000'),
]

/** A clock that goes on by so many seconds each time it is asked. */
const ticking = (from: string, seconds: number) => {
  let time = Date.parse(from)
  return {
    now: () => {
      const now = new Date(time)
      time += seconds * 1000
      return now
    },
  }
}

/** Writes the journal of a run that took its steps one minute apart. */
export const keepJournal = async (
  path: string,
  begun: string,
  steps: readonly string[],
): Promise<void> => {
  const journal = openRunJournal(path, 'clonectl incr', ownIdentity(), ticking(begun, 60))
  for (const step of steps) await journal.begin(step)
}

/** Remembers a verification of one backup. */
export const remember = (
  layout: RepositoryLayout,
  id: string,
  at: string,
  problems = 0,
): Promise<void> =>
  writeVerified(layout.backup(id), {
    ...neverVerified,
    last: {
      at,
      clonectlVersion: '0.1.0',
      deep: problems > 0,
      samplePercent: null,
      files: 1,
      bytes: 1024,
      problems,
    },
    completeSince: problems === 0 ? at : null,
    faulty: problems === 0 ? [] : ['data/ibdata1'],
  })

export const makeObservedRepository = async () => {
  const fixture = await makeRepository(...observedManifests)
  const { layout } = fixture
  await keepJournal(layout.backup(FULL).journal, '2026-11-20T09:30:00.000Z', [
    'begin',
    'clone',
    'seal',
  ])
  await remember(layout, FULL, '2026-11-20T16:00:00.000Z')
  await remember(layout, FIRST, '2026-11-20T17:00:00.000Z')
  await remember(layout, FORK, '2026-11-20T18:00:00.000Z', 2)
  const trashed = join(layout.trash, `${FAILED_RUN}~2`)
  await mkdir(trashed, { recursive: true })
  await keepJournal(join(trashed, 'run.json'), '2026-11-20T14:30:12.345Z', [
    'begin',
    'clone',
    'discard',
  ])
  const owner = { ...ownIdentity(), command: 'clonectl incr', since: '2026-11-20T18:30:00.000Z' }
  await writeFile(layout.lock, JSON.stringify(owner))
  return fixture
}
