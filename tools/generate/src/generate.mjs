import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { header, lower, namesUsed, printShape, printShapes, printTable, printValidator } from './print.mjs'
import { readShapes } from './schemas.mjs'
import { shapeBook } from './shapes.mjs'

const protocol = fileURLToPath(new URL('../../../packages/protocol/', import.meta.url))
const revisions = join(protocol, 'src/revisions')
const official = join(protocol, 'test/official')

/** What each side's file holds, by the names of the types: tables by method, and shapes that have no method. */
const sides = {
  server: {
    tables: {
      ClientRequests: 'What a client asks with: its params, by method.',
      ClientNotifications: 'What a client tells with: its params, by method.',
      ClientResults: 'What a client answers, by the method that it was asked.',
    },
    single: {
      RequestParams: 'Checks the envelope of a request.',
      RetryParams: 'Checks what a request repeats after `input_required`.',
    },
  },
  client: {
    tables: {
      ServerRequests: 'What a server asks with: its params, by method.',
      ServerNotifications: 'What a server tells with: its params, by method.',
      ServerResults: 'What a server answers, by the method that it was asked.',
    },
    single: {
      InputRequiredResult: 'Checks a result that asks for input.',
      UnsupportedVersionData: 'Checks what an error about the version carries.',
      MissingCapabilityData: 'Checks what an error about a capability carries.',
      UrlElicitationRequiredData: 'Checks what an error about URLs to visit carries.',
    },
  },
}

const pascal = (method) => method.replaceAll(/(?:^|[/_])([a-z])/g, (_, letter) => letter.toUpperCase())

const singular = (name) => lower(name).replace(/s$/, '')

/** One side's tables and validators, before it is known which shapes it shares with other files. */
const readSide = (side, { schemas, definitions }, named) => {
  const shapes = []
  const tables = Object.entries(side.tables).map(([name, doc]) => {
    const methods = Object.entries(definitions.get(name).properties)
    const rows = methods.map(([method, schema]) => {
      const shape = named(pascal(`${method}/${name.endsWith('Results') ? 'result' : 'params'}`), schema)
      shapes.push(shape)
      return [method, printShape(shape)]
    })
    return printTable(singular(name), doc, rows)
  })
  const single = Object.entries(side.single).filter(([name]) => schemas.has(name))
  const exported = single.map(([name, doc]) => ({ name: lower(name), shape: named(name, schemas.get(name)), doc }))
  return { shapes, tables, exported }
}

const shapesOf = ({ shapes, exported }) => [...shapes, ...exported.map(({ shape }) => shape)]

const printSide = (side, names, shared, shapes) => {
  const { tables, exported } = side
  const own = names.filter((name) => !shared.has(name))
  const direct = shapesUsedBy(own, shapes, shapesOf(side))
  const imported = [...direct].filter((name) => shared.has(name)).toSorted()
  return [
    header,
    `import type { Validator } from '../../../fault.ts'\nimport { check } from '../../../shape.ts'\n`,
    `import type { Shape } from '../../../shape.ts'\n`,
    imported.length > 0
      ? `import {\n${imported.map((name) => `  ${name},\n`).join('')}} from '../../shapes.gen.ts'\n`
      : '',
    '\n',
    ...printShapes(own, shapes, false),
    ...exported.map(({ name, shape, doc }) => `\n${printValidator(name, shape, doc)}`),
    ...tables.map((table) => `\n${table}`),
  ].join('')
}

/** The names that some shapes, and some named ones, refer to without going through others. */
const shapesUsedBy = (names, shapes, more) => {
  const found = new Set()
  const visit = (shape) => {
    if (typeof shape !== 'object' || shape === null) return
    if (typeof shape.ref === 'string') found.add(shape.ref)
    else for (const part of Object.values(shape)) visit(part)
  }
  for (const name of names) visit(shapes.get(name))
  for (const shape of more) visit(shape)
  return found
}

/** The committed validators: one file per revision and side, and one for the shapes that several of them need. */
const productFiles = () => {
  const { reader, shapes } = shapeBook()
  const versions = readdirSync(revisions).filter((name) => existsSync(join(revisions, name, 'types.ts')))
  const files = new Map()
  // Newest first, so that a shape is named as the newest revision names it.
  for (const version of versions.toSorted().toReversed()) {
    const read = readShapes(join(revisions, version, 'types.ts'), () => true)
    const { named } = reader(read.definitions)
    for (const [name, side] of Object.entries(sides)) {
      files.set(join(revisions, version, 'validators', `${name}.gen.ts`), readSide(side, read, named))
    }
  }
  const names = new Map([...files].map(([file, parts]) => [file, [...namesUsed(shapesOf(parts), shapes)]]))
  const uses = [...names.values()].flat()
  const shared = new Set(uses.filter((name, index) => uses.indexOf(name) !== index))
  const printed = new Map([...files].map(([file, parts]) => [file, printSide(parts, names.get(file), shared, shapes)]))
  const inOrder = [...shapes.keys()].filter((name) => shared.has(name))
  const start = `${header}import type { Shape } from '../shape.ts'\n\n`
  printed.set(join(revisions, 'shapes.gen.ts'), start + printShapes(inOrder, shapes, true).join(''))
  return printed
}

/** For tests: a validator for every type that the specification gives examples of, by the type's name. */
const testFiles = () => {
  const printed = new Map()
  for (const file of readdirSync(official).filter((name) => name.endsWith('.ts'))) {
    const { schemas, definitions } = readShapes(join(official, file), () => true)
    const { reader, shapes } = shapeBook()
    const { named } = reader(definitions)
    const rows = [...schemas]
      .map(([name, schema]) => [name, named(name, schema)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    const entries = rows.map(
      ([name, shape]) => `  ['${name}', (value) => check(${shape.ref ?? `'${shape}'`}, value)],\n`,
    )
    const text = [
      header,
      `import type { Validator } from '../../src/fault.ts'\nimport { check } from '../../src/shape.ts'\n`,
      `import type { Shape } from '../../src/shape.ts'\n\n`,
      ...printShapes(shapes.keys(), shapes, false),
      `\n/** Validators by the specification's names. */\n`,
      `export const official: ReadonlyMap<string, Validator> = new Map<string, Validator>([\n${entries.join('')}])\n`,
    ]
    printed.set(join(protocol, 'test/generated', file.replace(/\.ts$/, '.gen.ts')), text.join(''))
  }
  return printed
}

/** @returns {Map<string, string>} the text of every generated file, by its path */
export const generate = () => new Map([...productFiles(), ...testFiles()])

/** @returns {string[]} the generated files that are not what the wire types say */
export const staleFiles = () => {
  const isStale = ([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text
  return [...generate()].filter(isStale).map(([file]) => file)
}

/** Writes every generated file. */
export const writeFiles = () => {
  for (const [file, text] of generate()) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}
