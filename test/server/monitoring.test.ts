// What monitoring is told of backups of a real server, by the built program: that all is well, that a
// server is gone, and that a repository is.
import { readFile, rename } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import { loadTables } from '../bed/load.ts'
import { parsePrometheus } from '../fakes/prometheus-text.ts'
import { makeScene, type Scene } from './support/scene.ts'

const nagios = async (scene: Scene, ...args: readonly string[]) => {
  const { code, stdout } = await scene.run('doctor', '--nagios', ...args)
  expect(stdout.split('\n')).toHaveLength(2)
  return { code, line: stdout }
}

const metric = async (file: string, name: string, operation?: string) =>
  parsePrometheus(await readFile(file, 'utf8')).find(
    (sample) => sample.name === name && sample.labels['operation'] === operation,
  )?.value

describeServer('monitoring', () => {
  it('follows a server and its backups through good and bad days', async () => {
    await using scene = await makeScene()
    const donor = await scene.server('donor')
    await scene.useDonor(donor)
    await loadTables(donor, { bytes: 2_000_000, tables: 1 })
    const none = await nagios(scene)
    expect(none.line).toMatch(/^CLONECTL CRITICAL - there is no repository at /)
    expect(none.code).toBe(2)

    const full = await scene.backup('full')
    const increment = await scene.backup('incr')
    const well = await nagios(scene)
    expect(well.line).toMatch(
      /^CLONECTL OK - newest backup 0 min old, 2 in 1 chain, 0 of them verified; \d+ checks, \d+ with a warning \| age=\d+s;93600;180000;0 backups=2;/,
    )
    expect(well.code).toBe(0)

    expect((await scene.run('chain', 'verify')).code).toBe(0)
    const file = scene.path('clonectl.prom')
    expect((await scene.run('metrics', '--file', file)).code).toBe(0)
    const last = (operation: string) =>
      metric(file, 'clonectl_last_success_timestamp_seconds', operation)
    expect(await last('full')).toBe(Date.parse(full.endTime) / 1000)
    expect(await last('increment')).toBe(Date.parse(increment.endTime) / 1000)
    expect(await last('verify')).toBeGreaterThan(Date.parse(increment.endTime) / 1000)
    expect(await metric(file, 'clonectl_last_duration_seconds', 'full')).toBeGreaterThan(0)
    expect(await metric(file, 'clonectl_last_stored_bytes', 'full')).toBe(full.storedBytes)

    const page = scene.path('report.html')
    const report = await scene.run('report', '--html', page)
    expect({ code: report.code, stdout: report.stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/, 0 problems\n$/),
    })
    expect(await readFile(page, 'utf8')).toContain(increment.id)

    await donor.stop()
    const down = await nagios(scene)
    expect(down.line).toMatch(/^CLONECTL CRITICAL - connecting to .*\| age=/)
    expect(down.code).toBe(2)

    await rename(scene.repo, scene.path('elsewhere'))
    expect((await scene.run('metrics', '--file', file)).code).toBe(12)
    expect(await metric(file, 'clonectl_up')).toBe(0)
  })
})
