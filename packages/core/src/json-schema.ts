/**
 * JSON Schema as a plain object, `$schema` saying the dialect (2020-12 when absent).
 *
 * Written as a literal where it is passed, it types what it describes (`FromJsonSchema`).
 */
export type JsonSchema = { readonly [keyword: string]: unknown; readonly '~standard'?: never }

/**
 * The values that a JSON Schema literal accepts, as a type.
 *
 * It reads `type`, `properties`, `required`, `additionalProperties`, `items`, `prefixItems`, `enum`, `const`, `anyOf`,
 * `oneOf` and `allOf`, nine levels deep; whatever else is there, `$ref` included, leaves `unknown`. Members that a
 * schema does not name are admitted by JSON Schema and left out here.
 */
export type FromJsonSchema<S, Depth extends number = 9> =
  // The plain cases first: each step here is paid for every property that the compiler looks at.
  S extends { readonly type: infer Type extends keyof Scalars }
    ? S extends Narrowing
      ? Narrowed<S, Depth>
      : Scalars[Type]
    : S extends Narrowing
      ? Narrowed<S, Depth>
      : S extends { readonly type: unknown } | { readonly properties: object }
        ? Typed<S, Depth>
        : S extends false
          ? never
          : unknown

interface Scalars {
  string: string
  number: number
  integer: number
  boolean: boolean
  null: null
}

type Narrowing =
  | { readonly const: unknown }
  | { readonly enum: unknown }
  | { readonly anyOf: unknown }
  | { readonly oneOf: unknown }
  | { readonly allOf: unknown }

type Narrowed<S, Depth extends number> = S extends { readonly const: infer Value }
  ? Value
  : S extends { readonly enum: readonly (infer Value)[] }
    ? Value
    : Typed<S, Depth> & Combined<S, Below[Depth]>

// How many levels are left below each; at zero everything is `unknown`.
type Below = [0, 0, 1, 2, 3, 4, 5, 6, 7, 8] & { [depth: number]: number }

type Typed<S, Depth extends number> = Depth extends 0
  ? unknown
  : S extends { readonly type: infer Type }
    ? Named<S, Type extends readonly (infer Each)[] ? Each : Type, Below[Depth]>
    : S extends { readonly properties: object }
      ? ObjectOf<S, Below[Depth]>
      : unknown

// Distributes over `Type`, so that a list of types becomes a union.
type Named<S, Type, Depth extends number> = Type extends 'object'
  ? ObjectOf<S, Depth>
  : Type extends 'array'
    ? ArrayOf<S, Depth>
    : Type extends keyof Scalars
      ? Scalars[Type]
      : unknown

type Combined<S, Depth extends number> = Depth extends 0
  ? unknown
  : (S extends { readonly anyOf: readonly (infer Each)[] } ? FromJsonSchema<Each, Depth> : unknown) &
      (S extends { readonly oneOf: readonly (infer Each)[] } ? FromJsonSchema<Each, Depth> : unknown) &
      (S extends { readonly allOf: infer Every } ? AllOf<Every, Depth> : unknown)

type AllOf<Every, Depth extends number> = Every extends readonly [infer Head, ...infer Rest]
  ? FromJsonSchema<Head, Depth> & AllOf<Rest, Depth>
  : unknown

type ObjectOf<S, Depth extends number> = S extends { readonly properties: infer Properties }
  ? Members<Properties, S extends { readonly required: readonly (infer Key)[] } ? Key : never, Depth> &
      (S extends { readonly additionalProperties: true | object } ? { [key: string]: unknown } : unknown)
  : {
      [key: string]: S extends { readonly additionalProperties: infer Rest } ? FromJsonSchema<Rest, Depth> : unknown
    }

type Members<Properties, Required, Depth extends number> = [Required] extends [never]
  ? { -readonly [Key in keyof Properties]?: FromJsonSchema<Properties[Key], Depth> }
  : keyof Properties extends Required
    ? { -readonly [Key in keyof Properties]: FromJsonSchema<Properties[Key], Depth> }
    : Flat<
        {
          -readonly [Key in keyof Properties & Required]: FromJsonSchema<Properties[Key], Depth>
        } & {
          -readonly [Key in Exclude<keyof Properties, Required>]?: FromJsonSchema<Properties[Key], Depth>
        }
      >

type Flat<T> = { [Key in keyof T]: T[Key] }

type ArrayOf<S, Depth extends number> = S extends { readonly prefixItems: infer Prefix extends readonly unknown[] }
  ? [
      ...{ -readonly [Index in keyof Prefix]: FromJsonSchema<Prefix[Index], Depth> },
      ...(S extends { readonly items: false }
        ? []
        : (S extends { readonly items: infer Items } ? FromJsonSchema<Items, Depth> : unknown)[]),
    ]
  : S extends { readonly items: infer Items }
    ? FromJsonSchema<Items, Depth>[]
    : unknown[]
