import { describe, expect, it } from 'vitest'
import { readEventStatement } from '../../../src/restore/replay/event-statements.ts'

const read = (text: string) => readEventStatement({ schema: 'shop', text, backslashEscapes: true })

const made = { schema: 'shop', name: 'e', takesOver: false }
const taken = { ...made, takesOver: true }

describe('readEventStatement', () => {
  it.each([
    'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t',
    'create event if not exists shop.e on schedule at now() do select 1',
    'CREATE DEFINER=`root`@`localhost` EVENT `e` ON SCHEDULE EVERY 1 HOUR DO SELECT 1',
    "CREATE DEFINER = 'a b'@'%' EVENT e ON SCHEDULE EVERY 1 HOUR DO SELECT 1",
    'ALTER DEFINER=`the event team`@`%`\n EVENT `e` ENABLE',
    'CREATE DEFINER=root@db-1.example.org EVENT e ON SCHEDULE EVERY 1 HOUR DO SELECT 1',
    'CREATE DEFINER=CURRENT_USER() EVENT e ON SCHEDULE EVERY 1 HOUR DO SELECT 1',
    'CREATE DEFINER=CURRENT_USER EVENT e ON SCHEDULE EVERY 1 HOUR DO SELECT 1',
    '/*!50106 CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY DO SELECT 1 */',
    '/*!50106 CREATE*/ /*!50117 DEFINER=`root`@`%`*/ /*!50106 EVENT `e` ON SCHEDULE EVERY 1 DAY DO SELECT 1 */',
    '/* nightly */ CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1',
    'CREATE /* a */ /* b */ EVENT /* c */ e ON SCHEDULE EVERY 1 DAY DO SELECT 1',
    '-- nightly\nCREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1',
    '# nightly\nCREATE -- now\nEVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1',
  ])('finds the event in: %s', (statement) => {
    expect(read(statement)).toEqual(made)
  })

  it.each([
    '  ALTER  EVENT e DISABLE',
    '/*!50106 ALTER EVENT `shop`.`e` COMMENT "RENAME TO x" */',
    'ALTER EVENT old.f ON COMPLETION PRESERVE RENAME TO shop.e ENABLE',
    'ALTER EVENT e DO ALTER TABLE t RENAME TO u',
  ])('tells that the event gets another definer by: %s', (statement) => {
    expect(read(statement)).toEqual(taken)
  })

  it.each([
    'CREATE TABLE event (id INT)',
    'CREATE TABLE `event` LIKE other',
    'ALTER TABLE event ADD COLUMN event INT',
    'CREATE INDEX event ON t (c)',
    'CREATE VIEW event AS SELECT 1',
    'CREATE EVENTUALLY',
    'CREATE DEFINER=`a`@`%` TRIGGER t BEFORE INSERT ON x FOR EACH ROW INSERT INTO event VALUES (1)',
    'DROP EVENT e',
    'INSERT INTO t VALUES (1) /* CREATE EVENT e */',
    '/* CREATE EVENT e */ BEGIN',
    '-- CREATE EVENT e\nBEGIN',
    "INSERT INTO t VALUES ('CREATE EVENT e')",
    'BEGIN',
    '',
  ])('finds nothing in: %s', (statement) => {
    expect(read(statement)).toBeUndefined()
  })
})
