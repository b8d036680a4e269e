// A repository to look at: three weeks of two servers, with nearly everything that a report can show.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type BackupType, makeBackupId } from '../../src/chain/backup-id.ts'
import { type DrillRecord, writeDrill } from '../../src/repository/drill-file.ts'
import type { Manifest } from '../../src/repository/manifest.ts'
import { noNotes, writeNotes } from '../../src/repository/notes-file.ts'
import { openRunJournal } from '../../src/repository/run-journal.ts'
import { neverVerified, writeVerified } from '../../src/repository/verified-file.ts'
import { ownIdentity } from '../../src/system/process-identity.ts'
import { makeDrillRecord } from '../fakes/drill-record.ts'
import { makeManifest, makeRepository } from '../process/cli/repository-fixture.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const MIB = 1024 * 1024

/** When the scene is looked at. */
export const SCENE_TIME = new Date('2026-11-20T09:30:00.000Z')

const BEGINNING = Date.parse('2026-10-31T02:00:00.123Z')
/** A label that would run, were it not escaped. */
export const NASTY_LABEL = `<img src=x onerror="fetch('http://example.invalid')"> "before" & 'after'`

interface Donor {
  readonly uuid: string
  readonly hostname: string
  readonly engine: Manifest['engine']
  readonly version: string
  /** MiB of data at first, and so much more each day. */
  readonly size: number
  readonly growth: number
}

const shop: Donor = {
  uuid: '3e11fa47-71ca-11e1-9e33-c80aa9429562',
  hostname: 'shop-db-1',
  engine: 'mysql',
  version: '9.7.4',
  size: 48_200,
  growth: 310,
}
const ledger: Donor = {
  uuid: '9b0c44d2-8f5e-11f0-a1b2-0242ac120002',
  hostname: 'ledger-db-2',
  engine: 'greatsql',
  version: '8.0.32-27',
  size: 212_000,
  growth: 900,
}

/** Waves that look like work days, the same every time. */
const wave = (day: number): number => 1 + 0.45 * Math.sin(day * 1.9) + (day % 7 > 4 ? -0.4 : 0.2)

/** A full every seven days, an increment each day between. */
const seriesOf = (donor: Donor, offsetMs: number, days: number): readonly Manifest[] => {
  const manifests: Manifest[] = []
  let lsn = 41_902_118_233n
  for (let day = 0; day < days; day += 1) {
    const begun = new Date(BEGINNING + offsetMs + day * DAY)
    const type: BackupType = day % 7 === 0 ? 'full' : 'increment'
    const base = type === 'full' ? null : manifests.at(-1)!.id
    const restoredBytes = Math.round((donor.size + donor.growth * day) * MIB)
    const compressed = donor.engine === 'greatsql' ? 0.38 : 1
    const share = type === 'full' ? 1 : 0.031 * wave(day)
    const startLsn = type === 'full' ? 0n : lsn
    lsn += BigInt(Math.round(190_000_000 * wave(day)))
    const made = makeManifest({
      id: makeBackupId(begun, type),
      type,
      base,
      startLsn: startLsn.toString(),
      endLsn: lsn.toString(),
      storedBytes: Math.round(restoredBytes * share * compressed),
    })
    const took = (type === 'full' ? 480_000 : 95_000) * (1 + day / 60)
    manifests.push({
      ...made,
      engine: donor.engine,
      compression: donor.engine === 'greatsql' ? 'zstd' : 'none',
      restoredBytes,
      beginTime: begun.toISOString(),
      endTime: new Date(begun.getTime() + took).toISOString(),
      donor: {
        ...made.donor,
        serverUuid: donor.uuid,
        hostname: donor.hostname,
        version: donor.version,
        flavour: donor.engine === 'greatsql' ? 'GreatSQL' : 'MySQL',
      },
    })
  }
  return manifests
}

const drillOf = ({ id }: Manifest, outcome: DrillRecord['outcome']): DrillRecord =>
  makeDrillRecord(id, {
    outcome,
    problems:
      outcome === 'ok' ? [] : [{ kind: 'probe', name: '3', message: 'found 0, expected 12' }],
  })

export interface SceneOptions {
  /** With damage, a broken link, a failed run and a failed drill. */
  readonly troubled: boolean
}

/** Makes it, in a directory of its own. */
export const makeReportScene = async ({ troubled }: SceneOptions) => {
  const ours = seriesOf(shop, 0, 21)
  const theirs = seriesOf(ledger, 2 * HOUR, 21)
  const labelled = ours.map((one, index) =>
    index === 14 ? { ...one, label: troubled ? NASTY_LABEL : 'before the autumn release' } : one,
  )
  const manifests = [
    ...labelled,
    ...theirs.map((one, index) =>
      troubled && index === 19 ? { ...one, startLsn: (BigInt(one.startLsn) + 9n).toString() } : one,
    ),
  ]
  const fixture = await makeRepository(...manifests)
  const { layout } = fixture
  for (const [index, manifest] of manifests.entries()) {
    const { id, beginTime, endTime, files } = manifest
    const paths = layout.backup(id)
    const times = [new Date(Date.parse(beginTime) - 4000), new Date(Date.parse(endTime) + 21_000)]
    const clock = { now: () => times.shift() ?? SCENE_TIME }
    const journal = openRunJournal(paths.journal, 'clonectl incr', ownIdentity(), clock)
    await journal.begin('begin')
    await journal.begin('seal')
    if (index % 21 > 17) continue
    const problems = troubled && index === 16 ? 1 : 0
    const last = {
      at: new Date(Date.parse(endTime) + 6 * HOUR).toISOString(),
      clonectlVersion: '0.1.0',
      deep: index % 7 === 0,
      samplePercent: null,
      files: files.length,
      bytes: 1,
      problems,
    }
    const faulty = problems === 0 ? [] : ['data/ibdata1']
    await writeVerified(paths, { ...neverVerified, last, faulty })
  }
  await writeDrill(layout.backup(ours[14]!.id), drillOf(ours[14]!, 'ok'))
  await writeDrill(layout.backup(theirs[14]!.id), drillOf(theirs[14]!, troubled ? 'failed' : 'ok'))
  const pin = { at: '2026-11-14T08:00:00.000Z', reason: null, until: null }
  await writeNotes(layout.backup(ours[14]!.id), { ...noNotes, pin })
  if (troubled) await keepFailedRun(join(layout.trash, 'UTC20261120T080000.000-incr'))
  return fixture
}

const keepFailedRun = async (directory: string): Promise<void> => {
  await mkdir(directory, { recursive: true })
  const clock = { now: () => new Date('2026-11-20T08:00:00.000Z') }
  const journal = openRunJournal(join(directory, 'run.json'), 'clonectl incr', ownIdentity(), clock)
  for (const step of ['begin', 'clone', 'discard']) await journal.begin(step)
}
