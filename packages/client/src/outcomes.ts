import { compileLater, describeIssues, InvalidResult } from '@parley/core'
import type {
  ContentBlock,
  InferOutput,
  Json,
  JsonObject,
  ResourceContents,
  Schema,
  SchemaValidator,
} from '@parley/core'

/** What a tool gave back. */
export type ToolOutcome<Structured = Json | undefined> = {
  content: ContentBlock[]
  meta: JsonObject | undefined
} & (
  | { isError: false; structured: Structured }
  /** The tool failed; `content` tells a model how. */
  | { isError: true; structured: Json | undefined }
)

/** What a resource holds. */
export type ResourceOutcome = {
  contents: ResourceContents[]
  meta: JsonObject | undefined
  /** The text of all contents, joined by line breaks. Throws TypeError when one of them is not text. */
  text(): string
}

/** The text of all contents, joined by line breaks. Throws TypeError when one of them is not text. */
export const textOf = (contents: readonly ResourceContents[]): string =>
  contents
    .map((content) => {
      if ('text' in content) return content.text
      throw new TypeError(`${content.uri} is not text`)
    })
    .join('\n')

/** Checks a value from the server with a schema of the caller's own; rejects with `InvalidResult` that names it. */
export const checkedWith = async <S extends Schema>(
  schema: S,
  value: unknown,
  where: { method: string; name: string; validator: SchemaValidator | undefined },
): Promise<InferOutput<S>> => {
  const checked = await compileLater(schema, { validator: where.validator })(value)
  if (!checked.ok) throw new InvalidResult(where.method, `${where.name}: ${describeIssues(checked.issues)}`)
  // The schema has just made it.
  return checked.value as InferOutput<S>
}
