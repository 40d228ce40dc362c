import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Database } from '../../src/engine/engine.ts'
import { databaseFile, opened, places } from './drivers.ts'

type Group = { readonly title: string; readonly statements: string[] }

const groups: Group[] = []
for (const line of readFileSync(join(import.meta.dirname, 'hostile.txt'), 'utf8').split('\n')) {
  if (line.startsWith('## ')) groups.push({ title: line.slice(3), statements: [] })
  else if (line !== '' && !line.startsWith('#')) {
    groups.at(-1)?.statements.push(line.startsWith('"') && line.length > 1 ? JSON.parse(line) : line)
  }
}

const known = new Set(['SqlError', 'Refused', 'TimedOut', 'TooLarge'])

const outcome = async (database: Database, sql: string): Promise<string> => {
  try {
    const page = await database.query(sql)
    expect(JSON.stringify(page)).not.toContain('films.db')
    return 'answered'
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (!known.has(error.name)) throw error
    expect(error.message).not.toContain('films.db')
    return error.name
  }
}

const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

it('has three hundred hostile statements at least', () => {
  expect(groups.flatMap(({ statements }) => statements).length).toBeGreaterThan(300)
})

describe.for(places.filter(({ isHere }) => isHere))(
  'hostile statements on $title',
  { timeout: 30_000 },
  ({ options }) => {
    it('SEC-SQL-3: are refused or harmless, and leave the file and its folder as they were', async () => {
      const path = await databaseFile()
      const before = hash(path)
      const database = await opened(path, { ...options, timeout: 400 })
      for (const { title, statements } of groups) {
        const answered: string[] = []
        for (const sql of statements) {
          if ((await outcome(database, sql)) === 'answered') answered.push(sql)
          const next = await database.query('SELECT count(*) FROM film', [], { timeout: 400 })
          expect([sql, next.rows]).toEqual([sql, [[3]]])
        }
        if (title.endsWith('(all refused)')) expect(answered).toEqual([])
      }
      await database.close()
      expect(hash(path)).toBe(before)
      expect(readdirSync(dirname(path))).toEqual(['films.db'])
    }, 120_000)
  },
)
