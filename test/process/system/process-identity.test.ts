import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { identityOf, isAlive, ownIdentity } from '../../../src/system/process-identity.ts'

const statOf = (pid: number | undefined): string => readFileSync(`/proc/${pid}/stat`, 'latin1')
const sleeper = () => spawn('sleep', ['60'], { stdio: 'ignore' })

describe('the identity of a process', () => {
  it('is pid, start time and host of this one', () => {
    const own = ownIdentity()
    expect(own).toMatchObject({ pid: process.pid, host: hostname() })
    expect(own.startTime).toMatch(/^\d+$/)
    expect(isAlive(own)).toBe(true)
  })

  it('lives as long as the process does', async () => {
    const child = sleeper()
    const identity = identityOf(child.pid ?? 0)
    expect(isAlive(identity)).toBe(true)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isAlive(identity)).toBe(false)
  })

  it('is not that of a later process with the same pid', () => {
    const earlier = String(Number(ownIdentity().startTime) - 1)
    expect(isAlive({ ...ownIdentity(), startTime: earlier })).toBe(false)
  })

  it('lives when only its start time is not known', () => {
    expect(isAlive({ ...ownIdentity(), startTime: null })).toBe(true)
  })

  it('is taken to live on another host, of which it cannot be told', () => {
    expect(isAlive({ pid: 4194304, startTime: '1', host: 'another.example' })).toBe(true)
  })

  it('is not confused by blanks and brackets in the name of the program', async () => {
    const script = "process.title = 'a) S 1 (b 2'; console.log('ready'); setTimeout(() => 0, 60000)"
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
    const before = identityOf(child.pid ?? 0)
    await once(child.stdout, 'data')
    expect(statOf(child.pid)).toContain('(a) S 1 (b 2)')
    expect(identityOf(child.pid ?? 0)).toEqual(before)
    expect(isAlive(before)).toBe(true)
    child.kill('SIGKILL')
    await once(child, 'exit')
  })

  it('does not live as a zombie, which nobody has waited for', async () => {
    // A stopped parent waits for nobody.
    const script = 'sleep 60 & echo $!; kill -STOP $$'
    const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    await expect.poll(() => statOf(parent.pid)).toContain(') T ')
    const orphan = identityOf(Number(line.toString()))
    expect(isAlive(orphan)).toBe(true)
    process.kill(orphan.pid, 'SIGKILL')
    await expect.poll(() => statOf(orphan.pid)).toContain(') Z ')
    expect(isAlive(orphan)).toBe(false)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
  })
})
