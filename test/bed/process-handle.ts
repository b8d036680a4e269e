// Names one process for good: its id alone may be given to another process once it has ended.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const stopSeconds = 120

/** A process and when it started, in clock ticks since boot (proc(5), stat, field 22). */
export interface ProcessHandle {
  readonly pid: number
  readonly startTime: string
}

/** State and start time from /proc/PID/stat; the name before them may hold blanks and brackets. */
const readStat = (pid: number): { state: string; startTime: string } | undefined => {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined // no such process, which is an answer
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' }
}

/** The handle of a process that is running now, or undefined. */
export const handleOf = (pid: number): ProcessHandle | undefined => {
  const stat = readStat(pid)
  return stat && { pid, startTime: stat.startTime }
}

/** Says whether this very process still runs. One that ended but was not reaped (Z) does not. */
export const isRunning = ({ pid, startTime }: ProcessHandle): boolean => {
  const stat = readStat(pid)
  return stat?.startTime === startTime && stat.state !== 'Z'
}

/** Sends a signal to this very process; does nothing when it has ended. */
export const signalProcess = (handle: ProcessHandle, signal: 'SIGTERM' | 'SIGKILL'): void => {
  if (isRunning(handle)) process.kill(handle.pid, signal)
}

/** Asks the process to end, and waits. @throws Error when that takes over two minutes. */
export const stopProcess = async (handle: ProcessHandle): Promise<void> => {
  signalProcess(handle, 'SIGTERM')
  const deadline = Date.now() + stopSeconds * 1000
  while (isRunning(handle)) {
    if (Date.now() > deadline) {
      throw new Error(`process ${handle.pid} still runs after ${stopSeconds} s`)
    }
    await sleep(50)
  }
}
