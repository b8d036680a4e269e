// While the server attaches to its last reset point, as it does when little was changed, each
// increment holds everything since the full: then one that is lost is not missed.
import { rename } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { tableChecksums } from '../../bed/compare.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { discard } from '../support/scene.ts'
import { describeEmulator, useGreatSql } from './scene.ts'

describeEmulator('an increment that also sits on the full', () => {
  describeServer('of a quiet server', () => {
    const stage = useGreatSql({ tuning: { attach: 'always' } })

    it.each(['none', 'zstd', 'lz4'])('is restored without the one between, %s', async (codec) => {
      const { scene, server } = stage
      const compress = codec === 'none' ? [] : ['--compress', codec]
      await server.sql(`CREATE DATABASE ${codec}; CREATE TABLE ${codec}.a (id INT PRIMARY KEY)`)
      const three = await scene.backup('full', ...compress)
      await server.sql(`INSERT INTO ${codec}.a VALUES (1), (2)`)
      const four = await scene.backup('incr', ...compress)
      await server.sql(`CREATE TABLE ${codec}.b (id INT PRIMARY KEY);
        INSERT INTO ${codec}.b VALUES (3); UPDATE ${codec}.a SET id = 4 WHERE id = 1`)
      const five = await scene.backup('incr', ...compress)
      await rename(four.directory, scene.path(`lost-${codec}`))
      const target = scene.path(`target-${codec}`)
      const { chain } = await scene.restore('--target-dir', target)
      expect(chain).toEqual([three.id, five.id])
      const restored = await scene.serverOn(target)
      expect(await tableChecksums(restored)).toEqual(await tableChecksums(server))
      await restored.stop()
      await discard(target)
    })
  })
})
