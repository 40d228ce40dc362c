import ts from 'typescript'

/**
 * @typedef {Record<string, unknown>} Schema
 * @typedef {{ schemas: Map<string, Schema>, definitions: Map<string, Schema> }} Shapes
 */

/** JSON whose inside nobody checks: the specification leaves it open. */
const open = new Map([
  ['Json', {}],
  ['JsonObject', { type: 'object' }],
])

/** Keywords that a property's docstring may carry, and which JSON type each one narrows. */
const keywords = new Set(['minimum', 'maximum'])

const is = (type, flag) => (type.flags & flag) !== 0

const isOptional = (property) => (property.flags & ts.SymbolFlags.Optional) !== 0

/** Whether a type is `string & {}`, which keeps an open set of words from swallowing the known ones in an editor. */
const isOpenString = (type) => type.isIntersection() && type.types.some((part) => is(part, ts.TypeFlags.String))

/** @returns {Schema | undefined} */
const primitive = (type) => {
  // What TypeScript cannot resolve is `any`, and would pass everything in silence.
  if (is(type, ts.TypeFlags.Any)) throw new Error('A wire type is, or cannot be told from, any')
  if (is(type, ts.TypeFlags.Unknown)) return {}
  if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value }
  if (is(type, ts.TypeFlags.BooleanLiteral)) return { const: type.intrinsicName === 'true' }
  if (is(type, ts.TypeFlags.String) || isOpenString(type)) return { type: 'string' }
  if (is(type, ts.TypeFlags.Number)) return { type: 'number' }
  if (is(type, ts.TypeFlags.Boolean)) return { type: 'boolean' }
  if (is(type, ts.TypeFlags.Null)) return { type: 'null' }
  return undefined
}

const byText = (a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

/** TypeScript takes `boolean` in a union apart; this puts it together again. */
const withBoolean = (members) => {
  const others = members.filter((member) => typeof member.const !== 'boolean')
  return members.length - others.length === 2 ? [...others, { type: 'boolean' }] : members
}

/** Joins the members of a union: words to one `enum`, plain types to one `type`, the rest to `anyOf`. */
const union = (parts) => {
  const members = withBoolean(parts)
  const types = members.filter((member) => Object.keys(member).join() === 'type').map((member) => member.type)
  const words = members.filter((member) => 'const' in member && !types.includes(typeof member.const))
  const rest = members.filter((member) => !('const' in member) && Object.keys(member).join() !== 'type')
  const joined = []
  if (words.length > 0) joined.push({ enum: words.map((word) => word.const).toSorted() })
  if (types.length > 0) joined.push({ type: types.length === 1 ? types[0] : [...new Set(types)].toSorted() })
  joined.push(...rest.toSorted(byText))
  return joined.length === 1 ? joined[0] : { anyOf: joined }
}

const narrow = (schema, tags) => {
  const integer = tags.some((tag) => tag.name === 'asType' && tag.text?.[0]?.text === 'integer')
  const swap = (type) => (integer && type === 'number' ? 'integer' : type)
  const narrowed = { ...schema }
  if (schema.type) narrowed.type = Array.isArray(schema.type) ? schema.type.map(swap).toSorted() : swap(schema.type)
  for (const tag of tags) if (keywords.has(tag.name)) narrowed[tag.name] = Number(tag.text?.[0]?.text)
  return narrowed
}

/** Walks the types of one program; a type with a name becomes a definition, once. */
const walker = (checker) => {
  const definitions = new Map()
  const names = new Map()

  /** An optional property's type as written: taking `undefined` off it would also take its name off. */
  const typeOf = (property) => {
    const type = checker.getTypeOfSymbol(property)
    if (!isOptional(property)) return type
    const [declaration, another] = property.declarations ?? []
    const written = declaration?.type && another === undefined && checker.getTypeFromTypeNode(declaration.type)
    return written && !written.isTypeParameter() ? written : checker.getNonOptionalType(type)
  }

  const object = (type) => {
    const schema = { type: 'object' }
    const properties = checker.getPropertiesOfType(type).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    if (properties.length > 0) schema.properties = {}
    const required = []
    for (const property of properties) {
      const inner = visit(typeOf(property))
      schema.properties[property.name] = narrow(inner, property.getJsDocTags(checker))
      if (!isOptional(property)) required.push(property.name)
    }
    if (required.length > 0) schema.required = required
    const values = checker.getIndexInfoOfType(type, ts.IndexKind.String)
    const rest = values === undefined ? {} : visit(values.type)
    if (Object.keys(rest).length > 0) schema.additionalProperties = rest
    return schema
  }

  const structure = (type) => {
    if (type.isUnion()) return union(type.types.filter((part) => !is(part, ts.TypeFlags.Undefined)).map(visit))
    if (checker.isArrayType(type)) return { type: 'array', items: visit(checker.getTypeArguments(type)[0]) }
    return object(type)
  }

  /** The name of an alias declared outside TypeScript's own library, told apart from its namesakes. */
  const nameOf = (type) => {
    const alias = type.aliasSymbol
    if (alias === undefined || type.aliasTypeArguments !== undefined) return undefined
    if (names.has(type)) return names.get(type)
    const taken = new Set(names.values())
    let name = alias.name
    for (let suffix = 2; taken.has(name); suffix += 1) name = `${alias.name}${suffix}`
    names.set(type, name)
    return name
  }

  const visit = (type) => {
    const known = primitive(type) ?? open.get(type.aliasSymbol?.name)
    if (known) return known
    const name = nameOf(type)
    if (name === undefined) return structure(type)
    if (!definitions.has(name)) {
      definitions.set(name, {})
      definitions.set(name, structure(type))
    }
    const schema = definitions.get(name)
    const simple = 'enum' in schema || (Object.keys(schema).join() === 'type' && schema.type !== 'object')
    return simple ? schema : { $ref: `#/$defs/${name}` }
  }

  return { visit, definitions }
}

/**
 * Reads exported type aliases of one file as JSON Schema. Objects are open; `unknown` and JSON are left alone.
 *
 * @param {string} file
 * @param {(name: string) => boolean} wanted
 * @returns {Shapes}
 */
export const readShapes = (file, wanted) => {
  const options = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: ['@parley/source'],
    types: [],
  }
  const program = ts.createProgram([file], options)
  const source = program.getSourceFile(file)
  if (source === undefined) throw new Error(`${file} is not there`)
  const faults = program.getSemanticDiagnostics(source)
  if (faults.length > 0) throw new Error(ts.formatDiagnostics(faults, ts.createCompilerHost(options)))
  const checker = program.getTypeChecker()
  const { visit, definitions } = walker(checker)
  const schemas = new Map()
  for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(source))) {
    if (wanted(symbol.name)) schemas.set(symbol.name, visit(checker.getDeclaredTypeOfSymbol(symbol)))
  }
  return { schemas, definitions }
}
