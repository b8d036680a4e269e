// The process that `npm run emulator -- start` leaves behind: one emulator, until it gets SIGTERM.
import { handleOf } from '../bed/process-handle.ts'
import { loadTables } from '../bed/load.ts'
import { writeDaemonState } from './daemon-state.ts'
import { startEmulator } from './emulator.ts'
import type { EmulatorOptions } from './options.ts'

/** What the starting command passes as one argument of JSON. */
export interface DaemonRequest extends Pick<
  EmulatorOptions,
  'dir' | 'port' | 'version' | 'basedir'
> {
  /** Fills tables of the database shop. */
  readonly sizeBytes?: number
}

const serve = async ({ sizeBytes, ...options }: DaemonRequest): Promise<void> => {
  const report = (line: string): void => {
    process.stderr.write(`${line}\n`)
  }
  const emulator = await startEmulator({ ...options, report })
  if (sizeBytes !== undefined) await loadTables(emulator.donor, { bytes: sizeBytes })
  const own = handleOf(process.pid)
  if (own === undefined) throw new Error('this process cannot be seen in /proc')
  const stopped = new Promise((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  await writeDaemonState(emulator.dir, { document: emulator.document, process: own })
  await stopped
  await emulator.stop()
}

// Only the starting command makes this argument.
await serve(JSON.parse(process.argv[2] ?? '{}') as DaemonRequest)
process.exit(0)
