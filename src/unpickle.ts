// Python's pickle, as far as numbers and texts need it (protocols 2 to 5; docs.python.org/3/library/pickletools.html).
// A pickle is a program for a stack machine that may name any function of Python and call it. This one calls nothing:
// the few functions that its caller needs are known by name, and all others end it.

import { UserError } from "./errors.ts";

/** What the pickle names and hands to `reduce`. */
export type Unpickling = {
  /** What is read, such as "tensors": the end of messages. */
  readonly what: string;
  /** The meaning of a global such as "collections.OrderedDict"; undefined where it is refused. */
  global(name: string): unknown;
  /** Calls the meaning of a global. */
  reduce(callable: unknown, args: readonly unknown[]): unknown;
  /** What stands outside, by its key; left out where nothing may. */
  persistent?(key: unknown): unknown;
  /** Gives an object its state; left out where only dicts have one, which is passed over. */
  build?(object: unknown, state: unknown): void;
  /** A text of Python 2, which may be bytes; left out where all are UTF-8. `bytes` lies in those that are read. */
  text?(bytes: Buffer): unknown;
};

/** A dict; keys are texts or numbers. */
export type PickledDict = Map<unknown, unknown>;

/** What a value is, in a few words: tuples in tuples may be endless as text. */
export function wordsOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string" && value.length <= 100) return JSON.stringify(value);
  return value === null ? "None" : `a ${Array.isArray(value) ? "list" : typeof value}`;
}

class Mark {}
const mark = new Mark();

/** Throws UserError, which begins with `file`. */
export function unpickle(bytes: Buffer, file: string, unpickling: Unpickling): unknown {
  const { what, global, reduce, persistent, build, text: textOf } = unpickling;
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();
  let at = 0;

  const broken = (why: string) => new UserError(`${file}: not a pickle that can be read: ${why}`);
  const take = (length: number): Buffer => {
    if (length < 0 || at + length > bytes.length) throw broken("it ends too early");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const byte = () => take(1)[0]!;
  const whole = (length: number) => take(length).readUIntLE(0, length);
  const long = () => {
    const length = Number(take(8).readBigUInt64LE());
    if (!Number.isSafeInteger(length)) throw broken("a length is too large");
    return length;
  };
  const line = () => {
    const end = bytes.indexOf(10, at);
    if (end < 0) throw broken("it ends too early");
    const text = bytes.toString("utf8", at, end);
    at = end + 1;
    return text;
  };
  const pop = (): unknown => {
    if (stack.length === 0) throw broken("its stack is empty");
    return stack.pop();
  };
  const toMark = (): unknown[] => {
    const from = stack.lastIndexOf(mark);
    if (from < 0) throw broken("it has no mark");
    const items = stack.splice(from);
    items.shift();
    return items;
  };
  const top = () => stack.at(-1);
  const named = (module: unknown, name: unknown) => {
    // What else it may be, such as tuples in tuples, may be endless as text.
    if (typeof module !== "string" || typeof name !== "string") throw broken("a name that is no text");
    const full = `${module}.${name}`;
    const meaning = global(full);
    if (meaning === undefined)
      throw new UserError(
        `${file}: refused: its pickle names ${full}, which no ${what} need; only ${what} are read`,
      );
    return meaning;
  };
  const set = (items: readonly unknown[]) => {
    const dict = top();
    if (!(dict instanceof Map) || items.length % 2 !== 0) throw broken("items of what is no dict");
    for (let index = 0; index < items.length; index += 2) dict.set(items[index], items[index + 1]);
  };
  const append = (items: readonly unknown[]) => {
    const list = top();
    if (!Array.isArray(list)) throw broken("items of what is no list");
    for (const item of items) list.push(item);
  };
  const recall = (key: number) => {
    if (!memo.has(key)) throw broken("it recalls what it never kept");
    stack.push(memo.get(key));
  };
  const text = (length: number) => stack.push(take(length).toString("utf8"));
  const oldText = (length: number) => {
    const taken = take(length);
    stack.push(textOf === undefined ? taken.toString("utf8") : textOf(taken));
  };
  const tuple = (length: number) => {
    if (stack.length < length) throw broken("its stack is empty");
    stack.push(stack.splice(stack.length - length));
  };

  for (;;) {
    const code = byte();
    switch (code) {
      case 0x80: {
        const protocol = byte();
        if (protocol > 5) throw broken(`protocol ${protocol}`);
        break;
      }
      case 0x95: // FRAME
        take(8);
        break;
      case 0x28: // MARK
        stack.push(mark);
        break;
      case 0x2e: // STOP
        return pop();
      case 0x30: // POP
        pop();
        break;
      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88:
        stack.push(true);
        break;
      case 0x89:
        stack.push(false);
        break;
      case 0x4b: // BININT1
        stack.push(byte());
        break;
      case 0x4d: // BININT2
        stack.push(whole(2));
        break;
      case 0x4a: // BININT
        stack.push(take(4).readInt32LE());
        break;
      case 0x8a: // LONG1
        stack.push(wholeOf(take(byte()), broken));
        break;
      case 0x47: // BINFLOAT
        stack.push(take(8).readDoubleBE());
        break;
      case 0x58: // BINUNICODE
        text(whole(4));
        break;
      case 0x8c: // SHORT_BINUNICODE
        text(byte());
        break;
      case 0x8d: // BINUNICODE8
        text(long());
        break;
      case 0x54: // BINSTRING
        oldText(whole(4));
        break;
      case 0x55: // SHORT_BINSTRING
        oldText(byte());
        break;
      case 0x5d: // EMPTY_LIST
        stack.push([]);
        break;
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        break;
      case 0x29: // EMPTY_TUPLE
        stack.push([]);
        break;
      case 0x85:
      case 0x86:
      case 0x87: // TUPLE1 to TUPLE3
        tuple(code - 0x84);
        break;
      case 0x74: // TUPLE
        stack.push(toMark());
        break;
      case 0x61: // APPEND
        append([pop()]);
        break;
      case 0x65: // APPENDS
        append(toMark());
        break;
      case 0x73: {
        // SETITEM
        const value = pop();
        set([pop(), value]);
        break;
      }
      case 0x75: // SETITEMS
        set(toMark());
        break;
      case 0x71: // BINPUT
        memo.set(byte(), top());
        break;
      case 0x72: // LONG_BINPUT
        memo.set(whole(4), top());
        break;
      case 0x94: // MEMOIZE
        memo.set(memo.size, top());
        break;
      case 0x68: // BINGET
        recall(byte());
        break;
      case 0x6a: // LONG_BINGET
        recall(whole(4));
        break;
      case 0x63: {
        // GLOBAL
        const module = line();
        stack.push(named(module, line()));
        break;
      }
      case 0x93: {
        // STACK_GLOBAL
        const name = pop();
        stack.push(named(pop(), name));
        break;
      }
      case 0x51: // BINPERSID
        if (persistent === undefined) throw broken("something that stands outside");
        stack.push(persistent(pop()));
        break;
      case 0x52: {
        // REDUCE
        const args = pop();
        if (!Array.isArray(args)) throw broken("a call without arguments");
        stack.push(reduce(pop(), args));
        break;
      }
      case 0x62: {
        // BUILD: attributes of an object, such as the versions that PyTorch keeps with a state dict
        const state = pop();
        if (build !== undefined) build(top(), state);
        else if (!(top() instanceof Map)) throw broken("attributes of what has none");
        break;
      }
      default:
        throw broken(`operation 0x${code.toString(16)} at byte ${at - 1}, which ${what} do not need`);
    }
  }
}

/** Two's complement, little-endian. */
function wholeOf(bytes: Buffer, broken: (why: string) => Error): number {
  if (bytes.length > 8) throw broken("a whole number is too large");
  let value = 0n;
  for (const [place, each] of bytes.entries()) value |= BigInt(each) << BigInt(8 * place);
  return Number(BigInt.asIntN(8 * Math.max(1, bytes.length), value));
}
