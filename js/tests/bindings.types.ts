/**
 * Holds what wasm-bindgen wrote to what `bindings.ts` says of it, member by member. The assignment in `load.ts`
 * cannot: it lets a function take fewer parameters than it is given, lets a class have more members than are
 * declared, and is content with `any`.
 */
import type * as generated from "../generated/strongroom_bg.js";
import type * as ours from "../src/engine/wasm/bindings.js";

type Module = Omit<typeof generated, "__wbg_set_wasm" | keyof Classes | "StandaloneKeys">;

/** Those that the module exports for their types alone. */
type Classes = Pick<typeof generated, "WasmBody" | "WasmContentCheck" | "WasmRanges" | "WasmVault">;

/** The members of either that are not the same in both; `never` when there are none. */
type Drift<Generated, Ours> = Exclude<
  {
    [Name in keyof Generated | keyof Ours]: Name extends keyof Generated & keyof Ours
      ? Member<Generated[Name], Ours[Name]> extends true
        ? never
        : Name
      : Name;
  }[keyof Generated | keyof Ours],
  undefined
>;

type Member<Generated, Ours> = Generated extends (...given: infer Taken) => infer Result
  ? Ours extends (...given: infer Given) => infer Expected
    ? Both<Arguments<Given, Taken>, Value<Awaited<Result>, Awaited<Expected>>>
    : false
  : Value<Generated, Ours>;

/** As many parameters, and each takes what we give. */
type Arguments<Given extends unknown[], Taken extends unknown[]> = Both<
  Same<Required<Given>["length"], Required<Taken>["length"]>,
  Given extends { [At in keyof Taken]: Taken[At] | undefined } ? true : false
>;

/** What comes back is what we expect, and says so. Of a plain object it does not: `samples.types.ts` holds those. */
type Value<Generated, Expected> =
  IsAny<Generated> extends true
    ? false
    : Same<Generated, object> extends true
      ? Both<Expected extends object ? true : false, Expected extends Uint8Array ? false : true>
      : Same<Generated, generated.WasmVault> extends true
        ? Same<Expected, ours.WasmVault>
        : [Generated] extends [Expected]
          ? true
          : false;

/** Only `any` makes a type out of `1` that takes `0`. */
type IsAny<T> = 0 extends 1 & T ? true : false;

type Both<One, Other> = One extends true ? (Other extends true ? true : false) : false;
type Same<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

/** Fails to compile with the names of what drifted. */
function none<Drifted extends never>(): Drifted[] {
  return [];
}

none<Drift<Module, Omit<ours.Bindings, "StandaloneKeys">>>();
none<Drift<generated.StandaloneKeys, ours.StandaloneKeys>>();
none<Drift<generated.WasmBody, ours.WasmBody>>();
none<Drift<generated.WasmContent, ours.WasmContent>>();
none<Drift<generated.WasmContentCheck, ours.WasmContentCheck>>();
none<Drift<generated.WasmRanges, ours.WasmRanges>>();
none<Drift<generated.WasmVault, ours.WasmVault>>();
