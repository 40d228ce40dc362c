import type { Client } from '@parley/client'
import type { CompletionReference, Json, JsonObject, Tool } from '@parley/core'
import { writeFileSync } from 'node:fs'
import { exitCodes, Failure, usage } from '../failure.ts'
import { bold, dim } from '../paint.ts'
import { readArguments, readObject, readStdin, readTexts } from './arguments.ts'
import type { TalkFlags } from './flags.ts'
import { renderBlock, renderContents, renderOffer, tame } from './render.ts'
import type { Offer } from './render.ts'
import type { Talk } from './session.ts'

/** What a command prints: text for people, JSON for scripts, and a failure that it ends with all the same. */
export type Said = { readonly text: string; readonly json: Json | object; readonly failure?: Failure }

const kinds = ['tools', 'prompts', 'resources', 'templates'] as const

type Kind = (typeof kinds)[number]

const isKind = (word: string): word is Kind => kinds.some((kind) => kind === word)

const offers = (client: Client, kind: Kind): boolean =>
  client.capabilities[kind === 'templates' ? 'resources' : kind] !== undefined

const offerOf = async ({ client, signal }: Talk, wanted: readonly Kind[]): Promise<Offer> => {
  const asked = (kind: Kind): boolean => wanted.includes(kind) && offers(client, kind)
  return {
    ...(asked('tools') ? { tools: await client.listTools({ signal }) } : {}),
    ...(asked('prompts') ? { prompts: await client.listPrompts({ signal }) } : {}),
    ...(asked('resources') ? { resources: await client.listResources({ signal }) } : {}),
    ...(asked('templates') ? { templates: await client.listResourceTemplates({ signal }) } : {}),
  }
}

const noMore = (words: readonly string[], most: number): void => {
  const extra = words[most]
  if (extra !== undefined) throw usage(`${JSON.stringify(extra)} is one word too many.`)
}

/** Lists what a server offers, all of it or one kind. */
export const list = async (talk: Talk, words: readonly string[]): Promise<Said> => {
  const [word] = words
  noMore(words, 1)
  if (word !== undefined && !isKind(word)) throw usage(`list takes ${kinds.join(', ')}, not ${JSON.stringify(word)}.`)
  if (word !== undefined && !offers(talk.client, word))
    throw new Failure(`The server offers no ${word}.`, exitCodes.refused)
  const offer = await offerOf(talk, word === undefined ? kinds : [word])
  return { text: renderOffer(offer), json: offer }
}

// What the common tokenizers come to for JSON in English, roughly.
const bytesInToken = 4

/** What the list of tools costs whoever reads it. */
const weightOf = (tools: readonly Tool[]): { bytes: number; tokens: number } => {
  const bytes = Buffer.byteLength(JSON.stringify(tools))
  return { bytes, tokens: Math.round(bytes / bytesInToken) }
}

/** Shows what a server is, and what it offers. */
export const inspect = async (talk: Talk, words: readonly string[]): Promise<Said> => {
  noMore(words, 0)
  const { info, version, era, capabilities, instructions } = talk.client
  const offer = await offerOf(talk, kinds)
  const toolList = offer.tools === undefined ? undefined : weightOf(offer.tools)
  const lines = [
    `${bold(info?.title ?? info?.name ?? 'A server that does not say its name')} ${info?.version ?? ''}`.trimEnd(),
    dim(`revision ${version} (${era}); offers ${Object.keys(capabilities).join(', ') || 'nothing'}`),
    ...(toolList === undefined
      ? []
      : [dim(`the list of tools has ${toolList.bytes} bytes, about ${toolList.tokens} tokens`)]),
    ...(instructions === undefined ? [] : ['', tame(instructions)]),
    '',
    renderOffer(offer),
  ]
  return { text: lines.join('\n'), json: { info, version, era, capabilities, instructions, toolList, ...offer } }
}

/** A single word that is an object, which is what the inspector copies; undefined for other words. */
const copied = (words: readonly string[], verb: string): JsonObject | undefined => {
  const [first, ...others] = words
  return first?.startsWith('{') === true && others.length === 0 ? readObject(first, verb) : undefined
}

const argumentsOf = async (tool: Tool, words: readonly string[], flags: TalkFlags): Promise<JsonObject> => {
  const base = flags.args === undefined ? {} : readObject(flags.args === '-' ? await readStdin() : flags.args, '--args')
  return { ...base, ...(copied(words, 'call') ?? readArguments(words, tool.inputSchema)) }
}

const offered = (tools: readonly Tool[]): string => {
  const names = tools.map((tool) => tool.name)
  return names.length === 0
    ? 'It has none.'
    : `It has ${names.slice(0, 20).join(', ')}${names.length > 20 ? ' and more' : ''}.`
}

/** Calls a tool. */
export const call = async (talk: Talk, words: readonly string[], flags: TalkFlags): Promise<Said> => {
  const [name, ...given] = words
  if (name === undefined) throw usage('Name the tool to call; parley list shows them.')
  const { client, progress, signal } = talk
  const tools = await client.listTools({ signal })
  const tool = tools.find((each) => each.name === name)
  if (tool === undefined) throw usage(`The server has no tool ${name}. ${offered(tools)}`)
  const args = await argumentsOf(tool, given, flags)
  const { content, structured, isError, meta } = await client.callTool(name, args, {
    signal,
    onProgress: (step) => progress.show(step),
  })
  const shown = content.map(renderBlock)
  if (shown.length === 0 && structured !== undefined) shown.push(JSON.stringify(structured, undefined, 2))
  return {
    text: shown.join('\n'),
    json: { content, structuredContent: structured, isError, _meta: meta },
    ...(isError ? { failure: new Failure(`The tool ${name} failed.`, exitCodes.tool) } : {}),
  }
}

/** Reads a resource, onto the terminal or into a file. */
export const read = async ({ client, signal }: Talk, words: readonly string[], flags: TalkFlags): Promise<Said> => {
  const [uri] = words
  noMore(words, 1)
  if (uri === undefined) throw usage('Name the URI to read; parley list TARGET resources shows some.')
  const { contents, meta } = await client.readResource(uri, { signal })
  const json = { contents, _meta: meta }
  if (flags.output === undefined) return { text: renderContents(contents), json }
  const parts = contents.map((each) => ('text' in each ? Buffer.from(each.text) : Buffer.from(each.blob, 'base64')))
  writeFileSync(flags.output, Buffer.concat(parts))
  return { text: `${flags.output} is written.`, json }
}

/** Shows a prompt, filled in. */
export const prompt = async ({ client, signal }: Talk, words: readonly string[]): Promise<Said> => {
  const [name, ...given] = words
  if (name === undefined) throw usage('Name the prompt; parley list TARGET prompts shows them.')
  const object = copied(given, 'prompt')
  const args = object === undefined ? readTexts(given) : textsIn(object)
  const result = await client.getPrompt(name, args, { signal })
  const text = result.messages.map(({ role, content }) => `${bold(`${role}:`)} ${renderBlock(content)}`).join('\n\n')
  return { text, json: result }
}

const textsIn = (value: JsonObject): { [name: string]: string } =>
  Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, typeof each === 'string' ? each : JSON.stringify(each)]),
  )

/** Shows what an argument of a prompt, or a variable of a template, may become. */
export const complete = async ({ client, signal }: Talk, words: readonly string[]): Promise<Said> => {
  const [reference, argument, ...more] = words
  if (reference === undefined || argument === undefined)
    throw usage('Name a prompt or a URI template, and its argument.')
  const [first] = more
  const hasStart = first !== undefined && !/^[^=]+=/.test(first)
  const chosen = readTexts(hasStart ? more.slice(1) : more)
  const ref: CompletionReference =
    reference.includes('://') || reference.includes('{')
      ? { type: 'ref/resource', uri: reference }
      : { type: 'ref/prompt', name: reference }
  const context = Object.keys(chosen).length === 0 ? undefined : chosen
  const completion = await client.complete(ref, { name: argument, value: hasStart ? first : '' }, context, { signal })
  return { text: completion.values.map((value) => tame(value)).join('\n'), json: completion }
}
