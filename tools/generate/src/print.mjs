const width = 120

const isIdentifier = /^[A-Za-z_$][\w$]*$/

const quote = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const key = (name) => (isIdentifier.test(name) ? name : quote(name))

/** Wraps what does not fit the line in `open` and `close`, one part a line. */
const wrap = (open, parts, close, indent, used) => {
  const flat = open === '{' ? `{ ${parts('').join(', ')} }` : `[${parts('').join(', ')}]`
  if (!flat.includes('\n') && indent.length + used + flat.length + 1 <= width) return flat
  const inner = `${indent}  `
  return `${open}\n${parts(inner)
    .map((part) => `${inner}${part},\n`)
    .join('')}${indent}${close}`
}

/** Prints a shape as a TypeScript literal; a `ref` becomes the name of the constant that holds it. */
export const printShape = (shape, indent = '', used = 0) => {
  if (typeof shape === 'string') return quote(shape)
  if (typeof shape !== 'object') return String(shape)
  if (typeof shape.ref === 'string') return shape.ref
  if (Array.isArray(shape)) {
    return wrap('[', (inner) => shape.map((part) => printShape(part, inner)), ']', indent, used)
  }
  const entries = Object.entries(shape).filter(([, part]) => part !== undefined)
  const part = (inner) =>
    entries.map(([name, value]) => `${key(name)}: ${printShape(value, inner, key(name).length + 2)}`)
  return wrap('{', part, '}', indent, used)
}

export const lower = (name) => name[0].toLowerCase() + name.slice(1)

/** Every name that a shape refers to, itself or through others. */
export const namesUsed = (shape, shapes, found = new Set()) => {
  if (typeof shape !== 'object' || shape === null) return found
  if (typeof shape.ref === 'string') {
    if (found.has(shape.ref)) return found
    namesUsed(shapes.get(shape.ref), shapes, found)
    return found.add(shape.ref)
  }
  for (const part of Object.values(shape)) namesUsed(part, shapes, found)
  return found
}

export const header = `// Generated from the wire types by tools/generate; change those and run \`pnpm --filter @parley/generate generate\`.\n`

/** Prints constants, each after those it refers to. */
export const printShapes = (names, shapes, exported) =>
  [...names].map((name) => {
    const start = `${exported ? 'export ' : ''}const ${name}: Shape = `
    return `${start}${printShape(shapes.get(name), '', start.length)}\n`
  })

const groups = (rows) => {
  const found = new Map()
  for (const row of rows) found.set(row[1], [...(found.get(row[1]) ?? []), row])
  return found
}

/** Prints a lookup of shapes by method, as a `switch`: methods are chosen by the peer. */
export const printTable = (name, doc, rows) => {
  const cases = groups(rows)
  const lines = [...cases].flatMap(([shape, group]) => [
    ...group.map(([method]) => `    case ${quote(method)}:\n`),
    `      return ${shape}\n`,
  ])
  return (
    `/** ${doc} */\nexport const ${lower(name)} = (method: string): Shape | undefined => {\n  switch (method) {\n` +
    `${lines.join('')}    default:\n      return undefined\n  }\n}\n`
  )
}

/** Prints one validator: a function and nothing else, so that importing it costs nothing. */
export const printValidator = (name, shape, doc) =>
  `${doc ? `/** ${doc} */\nexport ` : ''}const ${name}: Validator = (value) => check(${printShape(shape)}, value)\n`
