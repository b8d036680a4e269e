// Waits until the machine has nothing else to do: purging in the server that is measured, and
// whatever other people run, would be counted as ours.
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const lookMs = 500
/** Share of the processors' time that may be busy. */
const calmShare = 0.1

/** Milliseconds of processor time since the machine started: busy, and all. */
const processorTimes = (): { readonly busy: number; readonly all: number } => {
  let idle = 0
  let all = 0
  for (const { times } of cpus()) {
    idle += times.idle
    all += times.user + times.nice + times.sys + times.idle + times.irq
  }
  return { busy: all - idle, all }
}

/** True once half a second was calm; false when none was within `patienceMs`. */
export const waitForCalm = async (patienceMs: number, signal: AbortSignal): Promise<boolean> => {
  const deadline = performance.now() + patienceMs
  do {
    const before = processorTimes()
    await sleep(lookMs, undefined, { signal })
    const now = processorTimes()
    if (now.busy - before.busy <= calmShare * (now.all - before.all)) return true
  } while (performance.now() < deadline)
  return false
}
