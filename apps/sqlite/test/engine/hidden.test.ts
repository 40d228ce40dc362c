import { describe, expect, it } from 'vitest'
import { databaseFile, opened, outcomeOf, places } from './drivers.ts'

const users = `
  CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT, secret TEXT, shout TEXT AS (upper(secret)));
  CREATE TABLE visit (user INTEGER REFERENCES user, at TEXT);
  CREATE INDEX by_secret ON user (secret);
  CREATE INDEX by_expression ON user (lower(secret));
  CREATE VIEW everything AS SELECT name, secret FROM user;
  CREATE TRIGGER copy AFTER UPDATE ON user BEGIN INSERT INTO visit VALUES (1, old.secret); END;
  INSERT INTO user (name, secret) VALUES ('ann', 'hunter2');
  ANALYZE;
`

const leaks = [
  'SELECT * FROM user',
  'SELECT secret FROM user',
  'SELECT SECRET FROM main.USER u',
  'SELECT "secret" FROM user',
  'SELECT u.[secret] FROM user u',
  'SELECT 1 FROM user WHERE secret = ?1 OR ?1 IS NULL',
  'SELECT 1 FROM user ORDER BY secret',
  'SELECT 1 FROM user GROUP BY secret',
  'SELECT count(*) FROM user HAVING max(secret) > 0',
  'SELECT (SELECT secret FROM user)',
  'SELECT 1 WHERE EXISTS (SELECT 1 FROM user WHERE secret > 0)',
  'WITH s AS (SELECT * FROM user) SELECT name FROM s',
  'SELECT name FROM (SELECT * FROM user)',
  'SELECT secret FROM everything',
  'SELECT name FROM everything',
  'SELECT shout FROM user',
  'SELECT json_group_array(secret) FROM user',
  'SELECT (id, secret) = (1, 2) FROM user',
  'SELECT 1 FROM user AS u(a)',
  "SELECT g.guess FROM user NATURAL JOIN (SELECT 'hunter2' AS secret, 1 AS guess) AS g",
  "SELECT g.guess FROM user JOIN (SELECT 'hunter2' AS secret, 1 AS guess) AS g USING (secret)",
  'SELECT g.guess FROM user JOIN (SELECT \'hunter2\' AS secret, 1 AS guess) AS g USING ("SECRET")',
  'SELECT sum(1) OVER (PARTITION BY secret) FROM user',
  'SELECT id FROM user UNION SELECT secret FROM user',
  'SELECT sql FROM sqlite_schema',
  'SELECT * FROM sqlite_master',
  'SELECT sql FROM sqlite_temp_schema',
  'SELECT sample FROM sqlite_stat4',
  "SELECT name FROM pragma_table_info('user')",
  "SELECT name FROM pragma_table_xinfo('user')",
  "SELECT name FROM pragma_index_info('by_secret')",
  'SELECT * FROM sqlite_dbpage',
]

const watched = places.filter(({ isHere, isWatched }) => isHere && isWatched)

describe.for(watched)('hidden columns on $title', { timeout: 30_000 }, ({ options }) => {
  it('come out by no statement', async () => {
    const database = await opened(await databaseFile(users), { ...options, deny: ['user.Secret'] })
    for (const sql of leaks) {
      const params = sql.includes('?1') ? [null] : []
      expect([sql, await outcomeOf(database.query(sql, params))]).toEqual([
        sql,
        expect.stringMatching(/^(Refused|SqlError)$/),
      ])
    }
    await expect(database.query('SELECT * FROM user')).rejects.toMatchObject({ name: 'Refused', rule: 'hidden' })
    await expect(database.explain('SELECT secret FROM user')).rejects.toMatchObject({ rule: 'hidden' })
  })

  it('leave the others to be read', async () => {
    const database = await opened(await databaseFile(users), { ...options, deny: ['user.secret'] })
    expect((await database.query('SELECT id, name FROM user')).rows).toEqual([[1, 'ann']])
    expect((await database.query('SELECT count(*), rowid FROM user')).rows).toEqual([[1, 1]])
    expect((await database.query('SELECT 1 FROM user JOIN visit USING (id) LIMIT 1').catch(() => null))?.rows).toBe(
      undefined,
    )
  })

  it('are in no part of the catalogue', async () => {
    const database = await opened(await databaseFile(users), { ...options, deny: ['user.secret'] })
    const catalogue = await database.catalogue()
    expect(JSON.stringify(catalogue)).not.toMatch(/secret|hunter|shout/)
    const user = catalogue.tables.find(({ name }) => name === 'user')
    expect(user?.columns.map(({ name }) => name)).toEqual(['id', 'name'])
    expect(user?.ddl).toContain('"name" TEXT')
    await expect(database.query('SELECT secrt FROM user')).rejects.toMatchObject({ near: [] })
  })

  it('must be there, in an ordinary table', async () => {
    const path = await databaseFile(users)
    for (const deny of ['user.password', 'nobody.secret', 'everything.secret', 'secret']) {
      await expect(opened(path, { ...options, deny: [deny] })).rejects.toMatchObject({ trouble: 'hidden' })
    }
  })
})

describe.for(places.filter(({ isHere, isWatched }) => isHere && !isWatched))(
  'hidden columns on $title',
  ({ options }) => {
    it('are refused when the database is opened, for nothing could hide them', async () => {
      const path = await databaseFile(users)
      await expect(opened(path, { ...options, deny: ['user.secret'] })).rejects.toMatchObject({ trouble: 'hidden' })
    })
  },
)
