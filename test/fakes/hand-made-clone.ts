// Clones as somebody makes them by hand on a GreatSQL server: a full, and two increments from when
// the server was idle, an hour apart.

import type { DonorSource, ToldDonor } from '../../src/clone/adopted-donor.ts'
import { SERVER_UUID } from './backup.ts'
import { type MadeDirectory, makeDirectory } from './greatsql-directory.ts'

export type Lsns = readonly [start: number, pageTrack: number, end: number]

export const MADE_LSNS = {
  full: [0, 1000, 1100],
  first: [1000, 1000, 2000],
  second: [1000, 1000, 3000],
} as const

/** What they are called when they are adopted. */
export const ADOPTED_IDS = {
  full: 'UTC20261120T010000.123-full',
  first: 'UTC20261120T020000.123-incr',
  second: 'UTC20261120T030000.123-incr',
} as const

export type MadeName = keyof typeof MADE_LSNS

const HOURS: Readonly<Record<MadeName, number>> = { full: 1, first: 2, second: 3 }

/** Contents of #view_status, of a clone that took five seconds. */
export const viewStatus = (name: MadeName, [start, track, end]: Lsns = MADE_LSNS[name]): string => {
  const begin = Date.UTC(2026, 10, 20, HOURS[name], 0, 0, 123) * 1000 + 456
  const times = `${begin} ${begin + 5_000_000}`
  return `2 7\n${times}\nLOCAL INSTANCE\n0\n\n${start} ${track} ${end}\n\n0\n\n`
}

/** Bytes of ibdata1. */
export const SYSTEM_BYTES = 3 * 1024 * 1024

const FULL: MadeDirectory = {
  spaces: {
    'mysql.ibd': { spaceId: 4, pages: [1, 2] },
    't/a.ibd': { spaceId: 7, pages: [1, 2, 3] },
  },
  files: { ibdata1: Buffer.alloc(SYSTEM_BYTES), ib_buffer_pool: '' },
}

const INCREMENT: MadeDirectory = {
  deltas: {
    'mysql.ibd': { spaceId: 4, pages: [] },
    't/a.ibd': { spaceId: 7, pages: [[1, 9]] },
  },
}

/** Makes one; the directory should say nothing of what is in it. */
export const makeHandMadeClone = (
  directory: string,
  name: MadeName,
  changes: MadeDirectory = {},
): void => {
  const base = name === 'full' ? FULL : INCREMENT
  const files = {
    ...base.files,
    '#clone/#replace_files': '',
    '#clone/#status_fix': '',
    '#clone/#view_progress': '',
    '#clone/#view_status': viewStatus(name, changes.lsns),
    ...changes.files,
  }
  makeDirectory(directory, { ...base, lsns: MADE_LSNS[name], ...changes, files })
}

/** What a user says of the server they were made on. */
export const toldDonor = (changes: Partial<ToldDonor> = {}): DonorSource => ({
  kind: 'told',
  donor: { serverUuid: SERVER_UUID, version: '8.0.32-26', lowerCaseTableNames: '1', ...changes },
})
