import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { isAlive } from '../../../src/system/process-identity.ts'
import { findProcessesWith } from '../../../src/system/process-search.ts'

const argument = `--for=clonectl-test-${process.pid}`

describe('findProcessesWith', () => {
  it('finds the process that was given exactly this argument, while it lives', async () => {
    const script = 'setInterval(() => {}, 1000)'
    const child = spawn(process.execPath, ['-e', script, '--', argument], { stdio: 'ignore' })
    await once(child, 'spawn')
    const [found, ...more] = await findProcessesWith(argument)
    expect(found).toMatchObject({ pid: child.pid, startTime: expect.stringMatching(/^\d+$/) })
    expect(more).toEqual([])
    expect(found !== undefined && isAlive(found)).toBe(true)
    expect(await findProcessesWith(argument.slice(0, -1))).toEqual([])
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await findProcessesWith(argument)).toEqual([])
  })

  it('finds nobody else', async () => {
    expect(await findProcessesWith('--for=nobody-at-all')).toEqual([])
  })
})
