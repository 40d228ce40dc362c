import { parseAst } from 'rolldown/parseAst'
import type { SourceFile } from './tree.ts'

/** One import, export-from or `import()` of a file. */
export type Import = { readonly specifier: string; readonly kind: 'static' | 'dynamic' | 'type' }

/** Something found in a file, with the line where it stands. */
export type Found = { readonly text: string; readonly line: number }

/** What the house reads out of one file's syntax. Comments are no part of it. */
export type Syntax = {
  readonly imports: readonly Import[]
  /** String literals and template texts, module specifiers left out. */
  readonly literals: readonly Found[]
  /** Names that are read as variables, and the properties asked of `globalThis`. */
  readonly names: readonly Found[]
  /** `export default` and `export *`, as they are written. */
  readonly looseExports: readonly Found[]
  /** Every function with a body, by its first line; `text` is its file. */
  readonly functions: readonly (Found & { readonly lines: number })[]
}

type Node = { readonly type: string; readonly start: number; readonly end: number; readonly [key: string]: unknown }

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

const childrenOf = (node: Node): [string, Node][] =>
  Object.entries(node).flatMap(([key, value]): [string, Node][] => {
    if (Array.isArray(value)) return value.filter(isNode).map((child): [string, Node] => [key, child])
    return isNode(value) ? [[key, value]] : []
  })

const stringOf = (node: unknown): string | undefined =>
  isNode(node) && typeof node['value'] === 'string' ? node['value'] : undefined

const importOf = (node: Node): Import | undefined => {
  const specifier = stringOf(node['source'])
  if (specifier === undefined) return undefined
  if (node.type === 'ImportExpression') return { specifier, kind: 'dynamic' }
  if (node.type === 'TSImportType') return { specifier, kind: 'type' }
  const isType = node['importKind'] === 'type' || node['exportKind'] === 'type'
  return { specifier, kind: isType ? 'type' : 'static' }
}

// `a.process` and `{ process: 1 }` name a property; only a variable, or a property of globalThis, reaches the platform.
const isVariable = (key: string, parent: Node | undefined): boolean => {
  if (!parent) return false
  if (key === 'property' && parent['computed'] === false) {
    return isNode(parent['object']) && parent['object']['name'] === 'globalThis'
  }
  return !(key === 'key' && parent['computed'] !== true && parent['shorthand'] !== true)
}

const literalOf = (node: Node): string | undefined => {
  if (node.type === 'Literal') return stringOf(node)
  const value = node.type === 'TemplateElement' ? node['value'] : undefined
  return typeof value === 'object' && value !== null && 'raw' in value ? String(value.raw) : undefined
}

const lineCounter = (text: string): ((offset: number) => number) => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1
}

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

const readSyntax = ({ path, text }: SourceFile): Syntax => {
  const lineAt = lineCounter(text)
  const imports: Import[] = []
  const literals: Found[] = []
  const names: Found[] = []
  const looseExports: Found[] = []
  const functions: (Found & { lines: number })[] = []
  const visit = (node: Node, key: string, parent: Node | undefined): void => {
    const line = lineAt(node.start)
    const found = importOf(node)
    if (found) imports.push(found)
    const literal = key === 'source' ? undefined : literalOf(node)
    if (literal !== undefined) literals.push({ text: literal, line })
    if (node.type === 'Identifier' && isVariable(key, parent)) names.push({ text: String(node['name']), line })
    if (node.type === 'ExportDefaultDeclaration') looseExports.push({ text: 'export default', line })
    if (node.type === 'ExportAllDeclaration') looseExports.push({ text: 'export *', line })
    if (functionTypes.has(node.type)) functions.push({ text: path, line, lines: lineAt(node.end) - line + 1 })
    for (const [childKey, child] of childrenOf(node)) visit(child, childKey, node)
  }
  const program: unknown = parseAst(text, { lang: 'ts' })
  if (isNode(program)) visit(program, 'program', undefined)
  return { imports, literals, names, looseExports, functions }
}

const known = new Map<string, Syntax>()

/** The syntax of a file, parsed once. Throws where the file is no TypeScript. */
export const syntaxOf = (file: SourceFile): Syntax => {
  const seen = known.get(file.path)
  if (seen) return seen
  const syntax = readSyntax(file)
  known.set(file.path, syntax)
  return syntax
}
