// The floors of the house, as data. A file of src imports only from floors below its own;
// eslint.config.js makes one set of rules per room from this table. docs/architecture.md draws the same picture.

/**
 * From the ground up. Rooms on one floor never import each other.
 * `duty` is what the linter answers to whoever breaks a rule of the room, so it says why the rule exists.
 */
const floors = [
  [
    { room: 'errors', duty: 'src/errors.ts is known to everybody, so it knows nobody' },
    { room: 'report', duty: 'src/report is known to everybody, so it knows nobody' },
  ],
  [
    {
      room: 'system',
      duty: 'src/system knows files and processes but not MySQL, so that it is tested without a server',
    },
    {
      room: 'innodb',
      duty: 'src/innodb turns bytes into values and back; it does no I/O, so that every format rule can be tested on a buffer',
      pure: true,
    },
    {
      room: 'codec',
      duty: 'src/codec knows compressed files and nothing of servers or backups, so that it can be measured alone',
    },
    {
      room: 'cipher',
      duty: 'src/cipher knows keys and encrypted files and nothing of servers or backups, so that it is judged alone',
    },
    {
      room: 'config',
      duty: 'src/config turns given text into checked options; it fetches nothing, so that precedence can be tested as a table',
    },
  ],
  [
    {
      room: 'mysql',
      duty: 'src/mysql speaks to servers and their programs; it does not know what a backup is, so that both use cases can stand on it',
    },
  ],
  [
    {
      room: 'chain',
      duty: 'src/chain decides; it never touches a disk or a server, so that every decision can be tested as a table',
      pure: true,
      // These rooms do I/O, but their types are harmless, and a GTID set is only text.
      typesOnlyFrom: String.raw`system/|codec/|mysql/(?!gtid-set\.ts$)`,
    },
  ],
  [
    {
      room: 'repository',
      duty: 'src/repository keeps what is on disk; it does not know how backups are made or brought back, so that both use cases see one truth',
    },
  ],
  [
    {
      room: 'binlog',
      duty: 'src/binlog keeps and proves the binlogs of a repository; it does not know who replays them',
    },
  ],
  [
    {
      room: 'clone',
      duty: 'src/clone takes backups and knows nothing of restoring them: what both need belongs on a floor below',
    },
    {
      room: 'restore',
      duty: 'src/restore brings backups back and knows nothing of taking them: what both need belongs on a floor below',
    },
  ],
  [
    {
      room: 'cli',
      duty: 'src/cli is the top: it alone knows the command line and the terminal, so nothing imports it',
    },
  ],
]

const namesOf = (list) => list.flat().map(({ room }) => room)

/** Every room with the rooms it may import from and those it may not. */
export const rooms = floors.flatMap((floor, index) =>
  floor.map(({ room, duty, pure = false, typesOnlyFrom }) => ({
    room,
    duty,
    pure,
    typesOnlyFrom,
    files: [room === 'errors' ? 'src/errors.ts' : `src/${room}/**/*.ts`],
    below: namesOf(floors.slice(0, index)),
    closed: namesOf(floors.slice(index)).filter((name) => name !== room),
  })),
)
