import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { IDLE_CHAIN } from '../../fakes/history-rows.ts'
import { makeFakeIo } from './fake-io.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clonectl-history-'))
})
afterAll(() => rm(directory, { recursive: true }))

/** Writes the file, then runs `chain show --history` on it. */
const show = async (text: string, ...argv: readonly string[]) => {
  const file = join(directory, 'history')
  await writeFile(file, text)
  const fake = makeFakeIo()
  const exitCode = await main(['chain', 'show', ...argv, '--history', file], fake.io)
  return { exitCode, file, stdout: fake.stdout(), stderr: fake.stderr() }
}

const showJson = async (text: string, ...argv: readonly string[]) =>
  JSON.parse((await show(text, '--json', ...argv)).stdout)

const FAILED = IDLE_CHAIN.replace(/ID: 5[^]*/, (row) =>
  row
    .replace('Completed', 'Failed')
    .replace('ERROR_NO: 0', 'ERROR_NO: 1317')
    .replace('ERROR_MESSAGE:', 'ERROR_MESSAGE: Query execution was interrupted'),
)

describe('chain show --history', () => {
  it('shows a chain as a line of IDs, and what an increment fits on, too', async () => {
    const { exitCode, stdout, stderr } = await show(IDLE_CHAIN)
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'ID:3 ==> ID:4 ==> ID:5\n\nalso on   ID:5: ID:3\n',
    })
    expect(stderr).toContain('warning: times in the file are taken as UTC')
  })

  it('gives the document of chain show, with the IDs of the rows', async () => {
    expect(await showJson(FAILED)).toMatchInlineSnapshot(`
      {
        "chains": [
          {
            "engine": "greatsql",
            "full": "3",
            "id": "3",
            "members": [
              {
                "alsoOn": [],
                "beginTime": "2024-06-18T10:39:28.214Z",
                "bytes": null,
                "compression": null,
                "destination": "/data/backup/clone-full/20240618",
                "endLsn": "21635237128",
                "endTime": "2024-06-18T10:39:42.980Z",
                "historyId": "3",
                "id": "3",
                "pageTrackLsn": "21635197273",
                "problems": [],
                "source": "LOCAL INSTANCE",
                "startLsn": "0",
                "state": "ok",
                "type": "full",
              },
              {
                "alsoOn": [],
                "base": "3",
                "beginTime": "2024-06-18T10:41:47.074Z",
                "bytes": null,
                "compression": null,
                "destination": "/data/backup/clone-incr/20240618-202406181041",
                "endLsn": "21635283915",
                "endTime": "2024-06-18T10:41:48.006Z",
                "historyId": "4",
                "id": "4",
                "pageTrackLsn": "21635197273",
                "problems": [],
                "source": "LOCAL INSTANCE",
                "startLsn": "21635197273",
                "state": "ok",
                "type": "increment",
              },
            ],
            "recoveryWindow": {
              "from": "2024-06-18T10:39:42.980Z",
              "to": "2024-06-18T10:41:48.006Z",
            },
            "serverUuid": null,
            "source": "LOCAL INSTANCE",
          },
        ],
        "damaged": [],
        "orphans": [
          {
            "alsoOn": [],
            "beginTime": "2024-06-18T13:49:36.436Z",
            "bytes": null,
            "compression": null,
            "destination": "/data/backup/clone-incr/20240618-202406181350",
            "endLsn": "21635331027",
            "endTime": "2024-06-18T13:49:37.227Z",
            "historyId": "5",
            "id": "5",
            "pageTrackLsn": "21635197273",
            "problems": [
              {
                "code": "FAILED",
                "message": "its state is Failed, error 1317: Query execution was interrupted",
              },
            ],
            "source": "LOCAL INSTANCE",
            "startLsn": "21635197273",
            "state": "broken",
            "type": "increment",
          },
        ],
        "schemaVersion": 1,
        "unsealed": [],
      }
    `)
  })

  it('says what is wrong with a row', async () => {
    expect((await show(FAILED)).stdout).toBe(
      'ID:3 ==> ID:4\n\n' +
        'broken    ID:5: FAILED its state is Failed, error 1317: Query execution was interrupted\n',
    )
  })

  it('shows a fork as two paths, and says which row makes it', async () => {
    const forked = IDLE_CHAIN.replace(
      /PAGE_TRACK_LSN: 21635197273(?=\n +END_LSN: 21635283915)/,
      'PAGE_TRACK_LSN: 0',
    )
    expect((await show(forked)).stdout).toBe(
      'ID:3 ==> ID:4\nID:3 ==> ID:5\n\n' +
        'warning   ID:5: FORK sits on ID 3 beside ID 4, not on top of it\n',
    )
  })

  it('takes times of another zone to UTC', async () => {
    const zone = await showJson(IDLE_CHAIN, '--history-time-zone', '+08:00')
    expect(zone.chains[0].recoveryWindow).toEqual({
      from: '2024-06-18T02:39:42.980Z',
      to: '2024-06-18T05:49:37.227Z',
    })
    const { stderr } = await show(IDLE_CHAIN, '--history-time-zone=-05:00')
    expect(stderr).not.toContain('warning')
    expect((await show(IDLE_CHAIN, '--history-time-zone', 'Shanghai')).exitCode).toBe(2)
  })

  it('shows only the chain of the row that is named', async () => {
    for (const id of ['5', 'ID:5'])
      expect((await show(IDLE_CHAIN, id)).stdout).toContain('ID:3 ==> ID:4 ==> ID:5')
    expect((await showJson(FAILED, '5')).orphans).toHaveLength(1)
    const { exitCode, stderr } = await show(IDLE_CHAIN, '6')
    expect(exitCode).toBe(20)
    expect(stderr).toContain('BACKUP_UNKNOWN no row of the history has the ID 6')
  })

  it('says so when there is nothing in it', async () => {
    expect(await show('')).toMatchObject({ exitCode: 0, stdout: 'no chains\n' })
  })

  it('names line and column of what it cannot read', async () => {
    const { exitCode, file, stdout, stderr } = await show(IDLE_CHAIN.replace('21635283915', '2e10'))
    expect({ exitCode, stdout }).toEqual({ exitCode: 10, stdout: '' })
    expect(stderr).toContain(
      `error: CONFIG ${file}, line 18, column END_LSN: found "2e10", expected a decimal LSN\n`,
    )
  })

  it('says so when there is no such file', async () => {
    const fake = makeFakeIo()
    const missing = join(directory, 'missing')
    expect(await main(['chain', 'show', '--history', missing], fake.io)).toBe(10)
    expect(fake.stderr()).toContain(`CONFIG --history ${missing} cannot be read: ENOENT`)
  })
})
