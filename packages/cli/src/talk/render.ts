import { isObject } from '@parley/core'
import type { ContentBlock, Prompt, Resource, ResourceContents, ResourceTemplate, Tool } from '@parley/core'
import { bold, cyan, dim } from '../paint.ts'

const sizeOf = (base64: string): string => {
  const bytes = Math.floor((base64.length * 3) / 4) - (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0)
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} kB`
}

// Line breaks and tabs are how text is laid out; the rest may move the cursor, or worse.
const harmless = new Set(['\n', '\t'])

const escaped = (unit: string): string =>
  harmless.has(unit) ? unit : `\\x${(unit.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`

/** A terminal obeys control characters, so those that a server sends are shown there and not passed on. */
export const tame = (text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  stream.isTTY ? text.replace(/\p{Cc}/gu, escaped) : text

const contentsOf = (contents: ResourceContents): string =>
  'text' in contents
    ? tame(contents.text)
    : dim(`[${contents.mimeType ?? 'binary'}, ${sizeOf(contents.blob)}: ${contents.uri}]`)

/** One block of content, as text for a terminal. */
export const renderBlock = (block: ContentBlock): string => {
  switch (block.type) {
    case 'text':
      return tame(block.text)
    case 'image':
    case 'audio':
      return dim(`[${block.type} ${block.mimeType}, ${sizeOf(block.data)}]`)
    case 'resource_link':
      return `${cyan(block.uri)} ${tame(block.title ?? block.name)}`
    case 'resource':
      return contentsOf(block.resource)
    default:
      // A server of a later revision may send what we have no name for.
      return JSON.stringify(block)
  }
}

/** What a resource holds, as text for a terminal. */
export const renderContents = (contents: readonly ResourceContents[]): string => contents.map(contentsOf).join('\n')

const line = (name: string, title: string | undefined, description: string | undefined): string => {
  const [first = ''] = (description ?? title ?? '').split('\n')
  return `  ${cyan(name)}${first === '' ? '' : `  ${tame(first)}`}`
}

const argumentNames = (tool: Tool): string => {
  const { properties, required } = tool.inputSchema
  const names = Object.keys(isObject(properties) ? properties : {}).map((name) =>
    Array.isArray(required) && required.includes(name) ? name : `[${name}]`,
  )
  return names.length === 0 ? '' : ` ${names.join(' ')}`
}

/** What a server offers. */
export type Offer = {
  readonly tools?: readonly Tool[]
  readonly prompts?: readonly Prompt[]
  readonly resources?: readonly Resource[]
  readonly templates?: readonly ResourceTemplate[]
}

const section = (title: string, lines: readonly string[] | undefined): string[] =>
  lines === undefined ? [] : [bold(`${title} (${lines.length})`), ...lines]

/** What a server offers, a line each. */
export const renderOffer = (offer: Offer): string =>
  [
    ...section(
      'Tools',
      offer.tools?.map((tool) => line(`${tool.name}${dim(argumentNames(tool))}`, tool.title, tool.description)),
    ),
    ...section(
      'Prompts',
      offer.prompts?.map((prompt) => {
        const names = (prompt.arguments ?? []).map((each) => (each.required === true ? each.name : `[${each.name}]`))
        return line(`${prompt.name}${dim(names.map((name) => ` ${name}`).join(''))}`, prompt.title, prompt.description)
      }),
    ),
    ...section(
      'Resources',
      offer.resources?.map((each) => line(each.uri, each.title ?? each.name, each.description)),
    ),
    ...section(
      'Resource templates',
      offer.templates?.map((each) => line(each.uriTemplate, each.title ?? each.name, each.description)),
    ),
  ].join('\n')
