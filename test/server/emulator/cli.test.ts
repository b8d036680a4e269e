// npm run emulator: start, status, stop, and start again.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { describeServer } from '../../bed/describe-server.ts'
import { makeScratchDirectory } from '../../bed/scratch-directory.ts'
import { runSqlOnce } from '../../bed/sql.ts'

const cli = join(import.meta.dirname, '..', '..', 'greatsql-emulator', 'cli.ts')

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const run = async (...args: string[]): Promise<Ended> => {
  try {
    const done = await promisify(execFile)(process.execPath, ['--import', 'tsx', cli, ...args])
    return { code: 0, ...done }
  } catch (error) {
    return error as Ended
  }
}

describeServer('npm run emulator', () => {
  it('starts a server that outlives the command, and stops it', async () => {
    await using scratch = await makeScratchDirectory()
    const dir = ['--dir', join(scratch.path, 'd')]
    const started = await run('start', ...dir, '--version', '8.4.4-4', '--basedir', '/opt/greatsql')
    expect(started.code, started.stderr).toBe(0)
    const document = JSON.parse(started.stdout) as Record<string, unknown>
    try {
      expect(document).toEqual({
        basedir: '/opt/greatsql/',
        datadir: join(scratch.path, 'd', 'server', 'data'),
        socket: join(scratch.path, 'd', 'emulator.sock'),
        port: expect.any(Number),
        user: 'root',
        version: '8.4.4-4',
        donor: { socket: expect.any(String), port: expect.any(Number) },
        pid: expect.any(Number),
        running: true,
      })
      const at = { socket: String(document['socket']) }
      expect(await runSqlOnce(at, 'SELECT @@version, @@basedir')).toEqual([
        ['8.4.4-4', '/opt/greatsql/'],
      ])
      await runSqlOnce(at, 'CREATE DATABASE kept; EMULATOR SET \'{"attach": "never"}\'')
      expect((await run('start', ...dir)).stderr).toContain('an emulator runs in')
      expect(JSON.parse((await run('status', ...dir)).stdout)).toEqual(document)
    } finally {
      const stopped = JSON.parse((await run('stop', ...dir)).stdout) as unknown
      expect(stopped).toEqual({ ...document, pid: null, running: false })
    }
    const again = JSON.parse((await run('start', ...dir)).stdout) as Record<string, unknown>
    expect([again['port'], again['version']]).toEqual([document['port'], '8.4.4-4'])
    // Without --basedir it is one made for the emulator.
    expect(again['basedir']).toBe(`${join(scratch.path, 'd', 'basedir')}/`)
    const mysqld = join(String(again['basedir']), 'bin', 'mysqld')
    expect((await promisify(execFile)(mysqld, ['--version'])).stdout).toBe(
      `${mysqld}  Ver 8.4.4-4 for Linux on x86_64 (GreatSQL, Release 4, Revision 3e90dfbbf1a)\n`,
    )
    const at = { socket: String(again['socket']) }
    expect(await runSqlOnce(at, "SHOW DATABASES LIKE 'kept'")).toEqual([['kept']])
    await run('stop', ...dir)
  })

  it.each([
    [['start'], '--dir is missing'],
    [['begin', '--dir', '/x'], 'one of start, stop and status'],
    [['start', '--dir', '/x', '--port', '0'], 'a number from 1 to 65535'],
    [['start', '--dir', '/x', '--version', '8.0.40'], 'no GreatSQL version'],
    [['stop', '--dir', '/x', '--port', '5'], 'only start takes more'],
  ])('says what is wrong with %j', async (args, reason) => {
    const ended = await run(...args)
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain(reason)
    expect(ended.stdout).toBe('')
  })

  it('says when there is nothing to stop', async () => {
    const ended = await run('stop', '--dir', '/nowhere')
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toBe('emulator: no emulator in /nowhere: it has no emulator.json\n')
  })
})
