import { isObject, mimeFromExtension, sniffMime, toBase64 } from '@parley/core'
import type {
  Annotations,
  AudioContent,
  ContentBlock,
  EmbeddedResource,
  ImageContent,
  JsonObject,
  PromptMessage,
  ResourceContents,
  ResourceLink,
  Role,
  TextContent,
} from '@parley/core'
import { checkDeclared, isTextual, take } from './content-source.ts'
import type { ContentSource } from './content-source.ts'

/** What a block says beside its content. */
export type BlockOptions = {
  annotations?: Annotations
  _meta?: JsonObject
}

/** How bytes become content. */
export type ContentOptions = BlockOptions & {
  /** What the bytes are. @default what they begin with says */
  mimeType?: string
  /** The most bytes that are taken. @default 5_000_000 */
  maxBytes?: number
}

/** How bytes become a file. */
export type FileOptions = ContentOptions & {
  /** @default `attachment:///` and the name */
  uri?: string
  /** @default a `File`'s own name, else `file` */
  name?: string
}

/**
 * An image, from bytes.
 * @throws TypeError (by rejection) for bytes that are no image or not the one declared, for too many, for more than one source
 */
export const image = async (source: ContentSource, options: ContentOptions = {}): Promise<ImageContent> => ({
  type: 'image',
  ...(await media('image', source, options)),
})

/**
 * Sound, from bytes.
 * @throws TypeError (by rejection) for bytes that are no sound or not the one declared, for too many, for more than one source
 */
export const audio = async (source: ContentSource, options: ContentOptions = {}): Promise<AudioContent> => ({
  type: 'audio',
  ...(await media('audio', source, options)),
})

/**
 * A file's contents, embedded; as text where its type is one of text, in base64 otherwise.
 * @throws TypeError (by rejection) for bytes that are not what was declared, for too many, for more than one source
 */
export const file = async (source: ContentSource, options: FileOptions = {}): Promise<EmbeddedResource> => {
  const { bytes, mimeType, name } = await take(source, options.maxBytes)
  const called = options.name ?? name ?? 'file'
  const declared = options.mimeType ?? mimeType ?? mimeFromExtension(called)
  const found = sniffMime(bytes)
  if (declared !== undefined && /^(?:image|audio)\//.test(declared)) checkDeclared(declared, found)
  const known = declared ?? found ?? 'application/octet-stream'
  const uri = options.uri ?? `attachment:///${encodeURIComponent(called)}`
  const contents = isTextual(known)
    ? { uri, mimeType: known, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
    : { uri, mimeType: known, blob: toBase64(bytes) }
  return embedded(contents, options)
}

/** Text. */
export const text = (content: string, options: BlockOptions = {}): TextContent => ({
  type: 'text',
  text: content,
  ...beside(options),
})

/** A resource that the client may read, by its URI. The name is the URI unless one is given. */
export const link = (resource: Omit<ResourceLink, 'type' | 'name'> & { name?: string }): ResourceLink => ({
  type: 'resource_link',
  ...resource,
  name: resource.name ?? resource.uri,
})

/** A resource's contents, in place. */
export const embedded = (contents: ResourceContents, options: BlockOptions = {}): EmbeddedResource => ({
  type: 'resource',
  resource: contents,
  ...beside(options),
})

/** What a message is made of: text, a block, or a block still being made. */
export type MessageSource = string | ContentBlock | Promise<ContentBlock>

/** Makes a message; at once, unless its content is still being made. */
export interface MessageMaker {
  (content: string | ContentBlock): PromptMessage
  (content: MessageSource): PromptMessage | Promise<PromptMessage>
}

const speaker = (role: Role): MessageMaker => {
  const say = (content: string | ContentBlock): PromptMessage => ({
    role,
    content: typeof content === 'string' ? text(content) : content,
  })
  function make(content: string | ContentBlock): PromptMessage
  function make(content: MessageSource): PromptMessage | Promise<PromptMessage>
  function make(content: MessageSource): PromptMessage | Promise<PromptMessage> {
    return content instanceof Promise ? content.then(say) : say(content)
  }
  return make
}

/** A message of the user's. */
export const user: MessageMaker = speaker('user')

/** A message of the assistant's. */
export const assistant: MessageMaker = speaker('assistant')

/** Whether a value is the contents of a resource. */
export const isResourceContents = (value: unknown): value is ResourceContents =>
  isObject(value) && typeof value['uri'] === 'string' && typeof (value['text'] ?? value['blob']) === 'string'

/** Whether a value is a block of content, whole and of a known type. */
export const isContentBlock = (value: unknown): value is ContentBlock => {
  if (!isObject(value)) return false
  switch (value['type']) {
    case 'text':
      return typeof value['text'] === 'string'
    case 'image':
    case 'audio':
      return typeof value['data'] === 'string' && typeof value['mimeType'] === 'string'
    case 'resource_link':
      return typeof value['uri'] === 'string' && typeof value['name'] === 'string'
    case 'resource':
      return isResourceContents(value['resource'])
    default:
      return false
  }
}

const beside = ({ annotations, _meta }: BlockOptions): BlockOptions => ({
  ...(annotations !== undefined && { annotations }),
  ...(_meta !== undefined && { _meta }),
})

const media = async (
  family: 'image' | 'audio',
  source: ContentSource,
  options: ContentOptions,
): Promise<BlockOptions & { data: string; mimeType: string }> => {
  const { bytes, mimeType } = await take(source, options.maxBytes)
  const declared = options.mimeType ?? mimeType
  const found = sniffMime(bytes)
  if (declared !== undefined) checkDeclared(declared, found)
  const known = declared ?? found
  // A missing or wrong type would reach the model as bytes it cannot see, far from here.
  if (known === undefined) throw new TypeError(`These bytes begin like no known ${family}`)
  if (!known.startsWith(`${family}/`)) throw new TypeError(`Expected ${family} content, found ${known}`)
  return { data: toBase64(bytes), mimeType: known, ...beside(options) }
}
