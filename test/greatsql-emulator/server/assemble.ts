// Puts an emulated server together around its real one.
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Instance } from '../../bed/instance.ts'
import { makeCloner } from '../clone/real-clone.ts'
import { defaultTuning, type EmulatorOptions, type Tuning } from '../options.ts'
import { makeCloneStatus } from './clone-status.ts'
import { initialVariables, type GreatSql } from './greatsql.ts'
import { recipientSlots, releaseOf } from './release.ts'
import { makeSlots } from './slots.ts'
import { openSnapshots } from './snapshots.ts'
import { readTrackerFile, writeTrackerFile } from './tracker-file.ts'
import { makeTracker } from './tracker.ts'

const constantsOf = ({ basedir }: EmulatorOptions, version: string): GreatSql['constants'] => {
  const release = releaseOf(version)
  const constants = new Map<string, string | null>([
    ['version', release.version],
    ['version_comment', release.versionComment],
    ['clone_incremental_dir', null],
  ])
  if (!release.is84) constants.set('default_authentication_plugin', 'caching_sha2_password')
  if (basedir !== undefined) constants.set('basedir', `${resolve(basedir)}/`)
  return constants
}

/** Page 0 lacks what was set since its last flush; the server's memory has it. */
const readSpaceFlags = async (server: Instance): Promise<ReadonlyMap<number, number>> => {
  const rows = await server.sql('SELECT SPACE, FLAG FROM information_schema.INNODB_TABLESPACES')
  return new Map(rows.map(([space, flag]) => [Number(space), Number(flag)]))
}

export const assemble = async (
  server: Instance,
  dir: string,
  options: EmulatorOptions,
): Promise<GreatSql> => {
  const release = releaseOf(options.version ?? '8.0.32-27')
  const tuning: Tuning = { ...defaultTuning, ...options.tuning }
  const stateFile = join(dir, 'state', 'tracker.json')
  // What an emulator that was killed left half done.
  await rm(join(dir, 'state', 'work'), { recursive: true, force: true })
  await mkdir(join(dir, 'state', 'work'), { recursive: true })
  const saved = await readTrackerFile(stateFile)
  let { sequence } = saved
  const nextSequence = (): number => (sequence += 1)
  const tracker = makeTracker(
    {
      server,
      tuning,
      nextSequence,
      save: () => writeTrackerFile(stateFile, sequence, tracker.state()),
    },
    saved.tracker,
  )
  const [[pageSize = '16384'] = []] = await server.sql('SELECT @@innodb_page_size')
  return {
    server,
    release,
    tuning,
    variables: initialVariables(release),
    constants: constantsOf(options, release.version),
    status: makeCloneStatus(),
    recipientSlots: makeSlots(recipientSlots),
    innodbPageSize: Number(pageSize),
    donor: {
      makeClone: makeCloner(server),
      slots: makeSlots(release.donorSlots),
      tracker,
      snapshots: await openSnapshots(join(dir, 'state', 'pages')),
      nextSequence,
      spaceFlags: () => readSpaceFlags(server),
      workDir: join(dir, 'state', 'work'),
    },
  }
}
