// The evidence of a drill that nobody made.
import type { DrillRecord } from '../../src/repository/drill-file.ts'

/** Of a drill of this backup that went well, on 18 November 2026 at four. */
export const makeDrillRecord = (
  backup: string,
  changes: Partial<DrillRecord> = {},
): DrillRecord => ({
  outcome: 'ok',
  error: null,
  problems: [],
  backup,
  chain: [backup],
  target: { kind: 'backup', reference: backup },
  appliedBy: null,
  begunAt: '2026-11-18T04:00:00.000Z',
  endedAt: '2026-11-18T04:09:11.000Z',
  recoveryMs: 254_000,
  durationMs: 551_000,
  steps: [],
  host: 'backup-1',
  command: 'clonectl drill',
  clonectlVersion: '0.1.0',
  mysqldVersion: '9.7.4',
  gtidExecuted: null,
  files: 312,
  bytes: 5_000_000_000,
  checkLevel: 'medium',
  tables: [],
  otherTables: 0,
  probes: [],
  ...changes,
})
